import type { CronJob } from "@openclaw/protocol";
import { FakeGateway } from "@openclaw/testkit/fake-gateway";
import { describe, expect, it } from "vitest";

import { EXIT } from "../src/index.ts";
import { parseDuration, parseInstant } from "../src/command-line/time.ts";
import { run } from "./memory-host.ts";

const containing = (text: string): unknown => expect.stringContaining(text);

const job: CronJob = {
  id: "job-1",
  name: "tea",
  enabled: true,
  createdAtMs: 1,
  updatedAtMs: 1,
  schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
  sessionTarget: "isolated",
  wakeMode: "next-heartbeat",
  payload: { kind: "agentTurn", message: "What is new?" },
  state: { lastRunAtMs: 1, lastStatus: "error", lastError: "no key" },
};

const echo = () =>
  FakeGateway.start({
    answers: {
      "cron.add": () => job,
      "cron.update": () => job,
      "cron.remove": () => ({ ok: true, removed: true }),
      "cron.run": ({ params }) =>
        params["mode"] === "force"
          ? { ok: true, enqueued: true, runId: "manual:1" }
          : { ok: true, ran: false, reason: "not-due" },
      "cron.list": () => ({ jobs: [job] }),
      "cron.status": () => ({ enabled: false, storePath: "/state/gateway.sqlite", jobs: 1, nextWakeAtMs: null }),
      "cron.runs": () => ({
        entries: [
          {
            ts: 2,
            jobId: "job-1",
            action: "finished",
            status: "skipped",
            slot: "missed",
            count: 1_440,
            scheduledAtMs: 1,
            error: "the gateway was not there",
          },
        ],
      }),
      wake: () => ({ ok: true }),
      "last-heartbeat": () => ({ ts: 1, status: "skipped", reason: "no-route", message: "Nowhere to go." }),
      "set-heartbeats": ({ params }) => ({ ok: true, enabled: params["enabled"] }),
      "system-presence": () => [{ host: "studio", mode: "gateway", ts: 1 }],
    },
  });

describe("cron", () => {
  it("add passes the whole job on", async () => {
    await using gateway = await echo();
    const target = "--channel telegram --to 7 --best-effort-deliver --wake now --post-prefix News --post-mode full";
    const turn = "--agent a --model p/m --thinking low --timeout-seconds 60";
    const words = ["cron", "add", "--name", "news", "--cron", "0 7 * * *", "--tz", "Europe/Berlin"].concat(
      ["--message", "What is new?", "--post-max-chars", "100", "--missed", "1h", "--disabled", "--description", "d"],
      turn.split(" "),
      target.split(" "),
    );
    const ran = await run(words, { url: gateway.url });
    expect(ran.stderr).toBe("");
    expect(gateway.callsOf("cron.add")).toEqual([
      {
        name: "news",
        description: "d",
        enabled: false,
        schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
        payload: { kind: "agentTurn", message: "What is new?", model: "p/m", thinking: "low", timeoutSeconds: 60 },
        agentId: "a",
        wakeMode: "now",
        delivery: { mode: "announce", channel: "telegram", to: "7", bestEffort: true },
        isolation: { postToMainPrefix: "News", postToMainMode: "full", postToMainMaxChars: 100 },
        missed: { withinMs: 3_600_000 },
      },
    ]);
    expect(gateway.connects[0]).toMatchObject({ scopes: ["operator.admin"] });
  });

  it("add takes a time from now, and a line for the main session", async () => {
    await using gateway = await echo();
    const before = Date.now();
    await run(
      ["cron", "add", "--name", "tea", "--at", "20m", "--system-event", "The tea is ready.", "--delete-after-run"],
      { url: gateway.url },
    );
    const [added] = gateway.callsOf("cron.add") as { schedule: { atMs: number } }[];
    expect(added).toMatchObject({
      payload: { kind: "systemEvent", text: "The tea is ready." },
      deleteAfterRun: true,
      enabled: true,
    });
    expect(added?.schedule.atMs).toBeGreaterThanOrEqual(before + 20 * 60_000);
  });

  it.each([
    [["--at", "20m", "--every", "1h", "--message", "x"], "A job has one schedule."],
    [["--every", "1h"], "What is it to do?"],
    [["--message", "x"], "When is it to run?"],
    [["--every", "1h", "--message", "x", "--system-event", "y"], "A job does one thing."],
    [["--every", "1h", "--tz", "UTC", "--message", "x"], "--tz is the time zone of --cron."],
    [["--every", "soon", "--message", "x"], "Expected a length of time"],
    [["--at", "tomorrow", "--message", "x"], "Expected ISO 8601"],
    [["--every", "1h", "--message", "x", "--missed", "maybe"], '--missed is "maybe".'],
  ])("add %j is a usage error", async (words, message) => {
    const ran = await run(["cron", "add", "--name", "n", ...words]);
    expect(ran).toMatchObject({ exitCode: EXIT.usage });
    expect(ran.stderr).toContain(message);
  });

  it("edit changes what is named, and nothing else", async () => {
    await using gateway = await echo();
    const edit = (...words: string[]) => run(["cron", "edit", "job-1", ...words], { url: gateway.url });
    await edit(
      "--name",
      "coffee",
      "--disable",
      "--keep-after-run",
      "--clear-agent",
      "--no-deliver",
      "--no-best-effort-deliver",
    );
    await edit("--model", "p/m", "--enable", "--deliver");
    expect(gateway.callsOf("cron.update")).toEqual([
      {
        id: "job-1",
        patch: {
          name: "coffee",
          enabled: false,
          deleteAfterRun: false,
          agentId: null,
          delivery: { mode: "none", bestEffort: false },
        },
      },
      {
        id: "job-1",
        patch: { payload: { kind: "agentTurn", model: "p/m" }, enabled: true, delivery: { mode: "announce" } },
      },
    ]);
    expect(await edit()).toMatchObject({ exitCode: EXIT.usage, stderr: containing("Nothing to change.") });
    expect(await edit("--enable", "--disable")).toMatchObject({ exitCode: EXIT.usage });
  });

  it("list, status and runs show what there is, what is off, and what was missed", async () => {
    await using gateway = await echo();
    const list = await run(["cron", "list", "--all"], { url: gateway.url });
    expect(list.stdout).toMatch(/job-1\s+tea\s+0 7 \* \* \* \(Europe\/Berlin\)\s+-\s+error .* ago\s+isolated/u);
    expect(gateway.callsOf("cron.list")).toEqual([{ includeDisabled: true, limit: 1000 }]);
    expect((await run(["cron", "status"], { url: gateway.url })).stdout).toMatch(/cron\s+off/u);
    expect((await run(["cron", "runs", "--id", "job-1"], { url: gateway.url })).stdout).toMatch(
      /missed x1440\s+-\s+-\s+job-1\s+the gateway was not there/u,
    );
    expect(gateway.callsOf("cron.runs")).toEqual([{ limit: 50, id: "job-1" }]);
  });

  it("run, enable, disable and rm name their job", async () => {
    await using gateway = await echo();
    expect((await run(["cron", "run", "job-1"], { url: gateway.url })).stdout).toContain(
      "not due; openclaw cron run job-1 --force runs it now",
    );
    expect((await run(["cron", "run", "job-1", "--force"], { url: gateway.url })).stdout).toBe("runs manual:1\n");
    for (const word of ["enable", "disable", "rm"])
      expect(await run(["cron", word, "job-1"], { url: gateway.url })).toMatchObject({ exitCode: EXIT.ok });
    expect(gateway.callsOf("cron.update")).toEqual([
      { id: "job-1", patch: { enabled: true } },
      { id: "job-1", patch: { enabled: false } },
    ]);
    expect(gateway.callsOf("cron.remove")).toEqual([{ id: "job-1" }]);
  });
});

describe("system", () => {
  it("event leaves a line, for the next heartbeat unless it says now", async () => {
    await using gateway = await echo();
    await run(["system", "event", "--text", "The backup failed."], { url: gateway.url });
    await run(["system", "event", "--text", "x", "--mode", "now"], { url: gateway.url });
    expect(gateway.callsOf("wake")).toEqual([
      { text: "The backup failed.", mode: "next-heartbeat" },
      { text: "x", mode: "now" },
    ]);
  });

  it("heartbeat shows the last one, and switches them", async () => {
    await using gateway = await echo();
    expect((await run(["system", "heartbeat", "last"], { url: gateway.url })).stdout).toMatch(
      /skipped .*ago\s+reason\s+Nowhere to go\./u,
    );
    await run(["system", "heartbeat", "disable"], { url: gateway.url });
    await run(["system", "heartbeat", "enable"], { url: gateway.url });
    expect(gateway.callsOf("set-heartbeats")).toEqual([{ enabled: false }, { enabled: true }]);
    expect(await run(["system", "heartbeat", "sometimes"], { url: gateway.url })).toMatchObject({
      exitCode: EXIT.usage,
    });
  });

  it("presence lists who is there", async () => {
    await using gateway = await echo();
    expect((await run(["system", "presence"], { url: gateway.url })).stdout).toMatch(/studio\s+gateway/u);
  });
});

it("times are read as people write them", () => {
  expect(["30s", "20m", "1.5h", "2d"].map(parseDuration)).toEqual([30_000, 1_200_000, 5_400_000, 172_800_000]);
  const now = 1_000;
  expect(parseInstant("20m", now)).toBe(1_201_000);
  expect(parseInstant("2026-12-24T18:00", now)).toBe(Date.UTC(2026, 11, 24, 18));
  expect(parseInstant("2026-12-24", now)).toBe(Date.UTC(2026, 11, 24));
  expect(parseInstant("2026-12-24T18:00:00+01:00", now)).toBe(Date.UTC(2026, 11, 24, 17));
  expect(parseInstant("1795410000000", now)).toBe(1_795_410_000_000);
});
