import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AnyFrame, RawClient } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";
import { sayParts } from "../support/scripted-agent.ts";

const containing = (text: string): unknown => expect.stringContaining(text);
const matching = (pattern: string): unknown => expect.stringMatching(pattern);
const A_NUMBER: unknown = expect.any(Number);

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const LINE = {
  name: "tea",
  schedule: { kind: "every", everyMs: 3_600_000 },
  payload: { kind: "systemEvent", text: "Time for tea." },
};
const TURN = {
  name: "news",
  schedule: { kind: "cron", expr: "0 5 * * *", tz: "UTC" },
  sessionTarget: "isolated",
  payload: { kind: "agentTurn", message: "What is new?" },
};

const payloadOf = (frame: AnyFrame) => {
  expect(frame.error).toBeUndefined();
  return frame.payload as Readonly<Record<string, unknown>> & {
    id: string;
    jobs: Record<string, unknown>[];
    entries: Record<string, unknown>[];
  };
};
const finished = (client: RawClient, jobId: string) =>
  client.event("cron", ({ payload }) => payload?.["action"] === "finished" && payload["jobId"] === jobId);

describe("cron over the wire", () => {
  it("adds, lists, changes and removes, with an event before each answer, for clients of either generation", async () => {
    await using gateway = await startGateway(directory.path);
    for (const protocol of [3, 4] as const) {
      await using client = await gateway.connect({ protocol });
      const schedule =
        protocol === 3
          ? { kind: "at", atMs: Date.now() + 3_600_000 }
          : { kind: "at", at: new Date(Date.now() + 3_600_000).toISOString() };
      const added = payloadOf(await client.request("cron.add", { ...LINE, schedule, deleteAfterRun: true }));
      expect(added).toMatchObject({
        name: "tea",
        enabled: true,
        sessionTarget: "main",
        wakeMode: "next-heartbeat",
        schedule: { kind: "at" },
      });
      expect(added["schedule"]).toHaveProperty("atMs");
      expect(added["schedule"]).toHaveProperty("at");
      const names = client.frames
        .filter(({ type, event }) => type === "res" || event === "cron")
        .map(({ type, payload }) => [type, payload?.["action"]]);
      expect(names.slice(-2)).toEqual([
        ["event", "added"],
        ["res", undefined],
      ]);
      expect(payloadOf(await client.request("cron.list", {})).jobs).toMatchObject([{ id: added.id }]);
      const changed = payloadOf(
        await client.request("cron.update", { id: added.id, patch: { enabled: false, name: "coffee" } }),
      );
      expect(changed).toMatchObject({ id: added.id, name: "coffee", enabled: false, state: {} });
      expect(payloadOf(await client.request("cron.list", {})).jobs).toEqual([]);
      expect(payloadOf(await client.request("cron.list", { includeDisabled: true })).jobs).toHaveLength(1);
      expect(payloadOf(await client.request("cron.status", {}))).toMatchObject({
        enabled: true,
        jobs: 1,
        nextWakeAtMs: null,
      });
      expect(payloadOf(await client.request("cron.remove", { jobId: added.id }))).toEqual({ ok: true, removed: true });
    }
  });

  it("reads the wrapped and the shortened forms that clients send", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    const wrapped = payloadOf(
      await client.request("cron.add", {
        job: { name: "a", schedule: { expr: "0 5 * * *" }, payload: { message: "hi" } },
      }),
    );
    expect(wrapped).toMatchObject({
      schedule: { kind: "cron" },
      payload: { kind: "agentTurn" },
      sessionTarget: "isolated",
    });
    const old = payloadOf(
      await client.request("cron.add", {
        data: {
          ...TURN,
          payload: { ...TURN.payload, deliver: true, channel: "memory", to: "7", bestEffortDeliver: true },
        },
      }),
    );
    expect(old).toMatchObject({
      delivery: { mode: "announce", channel: "memory", to: "7", bestEffort: true },
      payload: { deliver: true, channel: "memory", to: "7", bestEffortDeliver: true },
    });
    const targetAlone = payloadOf(await client.request("cron.add", { ...TURN, payload: { ...TURN.payload, to: "7" } }));
    expect(targetAlone).toMatchObject({ delivery: { mode: "announce", to: "7" } });
    const patched = payloadOf(
      await client.request("cron.update", { id: old.id, data: { payload: { message: "other" }, agentId: null } }),
    );
    expect(patched).toMatchObject({
      payload: { message: "other", deliver: true },
      delivery: { mode: "announce", to: "7" },
    });
  });

  it.each([
    ["cron.add", { ...LINE, schedule: { kind: "cron", expr: "nonsense" } }, "invalid cron.add params: CronPattern: "],
    ["cron.add", { ...LINE, schedule: { kind: "every", everyMs: 0 } }, "at /schedule/everyMs: must be >= 1000"],
    ["cron.add", { ...LINE, schedule: { kind: "at", at: "tomorrow" } }, '"tomorrow" is no time'],
    ["cron.add", { ...TURN, sessionTarget: "main" }, 'main cron jobs require payload.kind="systemEvent"'],
    ["cron.add", { schedule: LINE.schedule, payload: LINE.payload }, "must have required property 'name'"],
    ["cron.add", { ...LINE, nonsense: 1 }, "unexpected property 'nonsense'"],
    ["cron.run", { mode: "force" }, "invalid cron.run params: must have required property 'id'"],
    ["wake", { text: "x", mode: "bogus" }, "invalid wake params: at /mode"],
    ["set-heartbeats", {}, "invalid set-heartbeats params: enabled (boolean) required"],
  ])("refuses %s %j", async (method, params, message) => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    const { error } = await client.request(method, params);
    expect(error).toMatchObject({ code: "INVALID_REQUEST", message: containing(message) });
    expect(payloadOf(await client.request("cron.list", { includeDisabled: true })).jobs).toEqual([]);
  });

  it("tells each generation of an unknown job in its own words", async () => {
    await using gateway = await startGateway(directory.path);
    await using old = await gateway.connect({ protocol: 3 });
    await using current = await gateway.connect({ protocol: 4 });
    for (const [method, params] of [
      ["cron.update", { id: "nope", patch: {} }],
      ["cron.run", { id: "nope" }],
    ] as const) {
      expect((await old.request(method, params)).error).toMatchObject({
        code: "UNAVAILABLE",
        message: "Error: unknown cron job id: nope",
      });
      expect((await current.request(method, params)).error).toMatchObject({
        code: "INVALID_REQUEST",
        details: { code: "CRON_JOB_NOT_FOUND", jobId: "nope" },
      });
    }
    expect(payloadOf(await old.request("cron.runs", { id: "nope" })).entries).toEqual([]);
    expect((await current.request("cron.runs", { id: "nope" })).error).toMatchObject({
      details: { code: "CRON_JOB_NOT_FOUND" },
    });
    expect(payloadOf(await old.request("cron.remove", { id: "nope" }))).toEqual({ ok: true, removed: false });
    expect((await current.request("cron.remove", { id: "nope" })).error).toMatchObject({
      details: { code: "CRON_JOB_NOT_FOUND" },
    });
  });

  it("needs admin to change jobs and read to see them", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect({ scopes: ["operator.write"] });
    expect((await client.request("cron.add", LINE)).error).toMatchObject({ code: "FORBIDDEN" });
    expect(payloadOf(await client.request("cron.list", {})).jobs).toEqual([]);
  });
});

describe("a job with a turn of its own", () => {
  it("runs in a session of its own under its prefix, reports, and leaves a line in the main session", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.agent.script = (turn) =>
      sayParts(turn.sessionKey.includes(":cron:") ? "Nothing new." : `You said: ${turn.prompt}`);
    await using client = await gateway.connect({ protocol: 3 });
    const job = payloadOf(await client.request("cron.add", TURN));
    expect(payloadOf(await client.request("cron.run", { id: job.id, mode: "due" }))).toEqual({
      ok: true,
      ran: false,
      reason: "not-due",
    });
    expect(payloadOf(await client.request("cron.run", { id: job.id, mode: "force" }))).toEqual({ ok: true, ran: true });
    const [turn] = gateway.agent.turns;
    expect(turn).toMatchObject({
      sessionKey: `agent:main:cron:${job.id}`,
      prompt: `[cron:${job.id} news] What is new?`,
      history: [],
    });
    const { payload } = await finished(client, job.id);
    expect(payload).toMatchObject({
      status: "ok",
      summary: "Nothing new.",
      nextRunAtMs: A_NUMBER,
      durationMs: A_NUMBER,
    });
    expect(payloadOf(await client.request("cron.runs", { id: job.id })).entries).toMatchObject([
      { jobId: job.id, action: "finished", status: "ok", slot: "done", trigger: "manual", summary: "Nothing new." },
    ]);
    const answer = await gateway.call("agent", { message: "hello", sessionKey: "main", idempotencyKey: "k1" });
    expect(answer).toMatchObject({
      result: { payloads: [{ text: "You said: System: Cron (news): Nothing new.\nhello" }] },
    });
    // The line was told once; and a second run knows nothing of the first.
    await gateway.call("agent", { message: "again", sessionKey: "main", idempotencyKey: "k2" });
    await client.request("cron.run", { id: job.id });
    expect(gateway.agent.turns.slice(-2)).toMatchObject([{ prompt: "again" }, { history: [] }]);
  });

  it("answers a client of protocol 4 at once, with the id of the run", async () => {
    await using gateway = await startGateway(directory.path);
    const release = Promise.withResolvers<void>();
    gateway.agent.script = async function* (turn) {
      await release.promise;
      yield* sayParts(turn.prompt);
    };
    await using client = await gateway.connect({ protocol: 4 });
    const job = payloadOf(await client.request("cron.add", TURN));
    const run = payloadOf(await client.request("cron.run", { id: job.id, mode: "force" }));
    expect(run).toMatchObject({ ok: true, enqueued: true, runId: matching(`^manual:${job.id}:`) });
    await client.event("cron", ({ payload }) => payload?.["action"] === "started");
    expect(payloadOf(await client.request("cron.list", {})).jobs[0]).toMatchObject({
      state: { runningAtMs: A_NUMBER },
    });
    release.resolve();
    expect((await finished(client, job.id)).payload).toMatchObject({ runId: run["runId"], status: "ok" });
    expect(payloadOf(await client.request("cron.runs", { runId: run["runId"] })).entries).toHaveLength(1);
  });

  it("delivers to the named chat, once, and to the last chat when none is named", async () => {
    await using gateway = await startGateway(directory.path, {
      config: { gateway: { mode: "local" }, channels: { memory: { dmPolicy: "open" } } },
    });
    gateway.agent.script = () => sayParts("The news.");
    await using client = await gateway.connect({ protocol: 3 });
    const named = payloadOf(
      await client.request("cron.add", { ...TURN, delivery: { mode: "announce", channel: "memory", to: "chat-1" } }),
    );
    await client.request("cron.run", { id: named.id });
    await eventually("the delivery", () => gateway.platform.sent.length === 1);
    expect(JSON.stringify(gateway.platform.sent)).toContain("chat-1");
    const last = payloadOf(await client.request("cron.add", { ...TURN, payload: { ...TURN.payload, deliver: true } }));
    await client.request("cron.run", { id: last.id });
    expect((await finished(client, last.id)).payload).toMatchObject({
      status: "error",
      error: containing("nowhere to deliver"),
    });
    const bestEffort = payloadOf(
      await client.request("cron.add", { ...TURN, delivery: { mode: "announce", bestEffort: true } }),
    );
    await client.request("cron.run", { id: bestEffort.id });
    expect((await finished(client, bestEffort.id)).payload).toMatchObject({ status: "ok" });
  });

  it("that fails says why, in its record and in the main session", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.agent.script = () => {
      throw new Error("no such luck");
    };
    await using client = await gateway.connect({ protocol: 3 });
    const job = payloadOf(
      await client.request("cron.add", {
        ...TURN,
        payload: { ...TURN.payload, model: "x/y", thinking: "low", timeoutSeconds: 5 },
      }),
    );
    await client.request("cron.run", { id: job.id });
    expect((await finished(client, job.id)).payload).toMatchObject({
      status: "error",
      error: containing("internal error"),
    });
    expect(gateway.agent.turns[0]).toMatchObject({ model: "x/y", thinking: "low" });
    expect(payloadOf(await client.request("cron.list", {})).jobs[0]).toMatchObject({
      state: { lastStatus: "error", consecutiveErrors: 1 },
    });
    expect(payloadOf(await client.request("status", {}))["queuedSystemEvents"]).toEqual([
      containing("Cron (news): failed: "),
    ]);
  });
});

it("OPENCLAW_SKIP_CRON and cron.enabled keep jobs from running by themselves", async () => {
  await using gateway = await startGateway(directory.path, {
    config: { gateway: { mode: "local" }, cron: { enabled: false } },
  });
  await using client = await gateway.connect();
  await client.request("cron.add", { ...LINE, schedule: { kind: "at", atMs: Date.now() - 1_000 } });
  expect(payloadOf(await client.request("cron.status", {}))).toMatchObject({
    enabled: false,
    jobs: 1,
    nextWakeAtMs: null,
  });
  expect(payloadOf(await client.request("cron.runs", {})).entries).toEqual([]);
});
