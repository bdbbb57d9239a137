import { writeFile, mkdir } from "node:fs/promises";

import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { GatewayConfigInput } from "../../src/config/schema.ts";
import { isChecklistEmpty } from "../../src/heartbeat/checklist.ts";
import { readHeartbeatReply } from "../../src/heartbeat/reply.ts";
import { isActive, parseEvery } from "../../src/heartbeat/settings.ts";
import { startGateway } from "../support/running-gateway.ts";
import { sayParts } from "../support/scripted-agent.ts";
import { WallClock } from "../support/wall-clock.ts";

const containing = (text: string): unknown => expect.stringContaining(text);

const MINUTE = 60_000;

describe("the answer to a heartbeat", () => {
  it.each([
    [{ text: "", isAck: true }, 300, { kind: "ok-token" }],
    [{ text: "all quiet", isAck: true }, 300, { kind: "ok-token" }],
    [{ text: "all quiet", isAck: true }, 5, { kind: "alert", text: "all quiet" }],
    [{ text: "HEARTBEAT_OK is a word", isAck: false }, 300, { kind: "alert", text: "HEARTBEAT_OK is a word" }],
    [{ text: " ", isAck: false }, 300, { kind: "ok-empty" }],
    [{ text: "The cellar is wet.", isAck: false }, 300, { kind: "alert", text: "The cellar is wet." }],
  ])("%j with %i characters allowed beside the word", (answer, ackMaxChars, expected) => {
    expect(readHeartbeatReply(answer, ackMaxChars)).toEqual(expected);
  });
});

it("intervals are minutes unless they say otherwise", () => {
  expect(["30m", "1h", "90s", "1.5h", 5, "0m", 0, "2d", "10"].map(parseEvery)).toEqual([
    30 * MINUTE,
    60 * MINUTE,
    90_000,
    90 * MINUTE,
    5 * MINUTE,
    0,
    0,
    2_880 * MINUTE,
    10 * MINUTE,
  ]);
});

it("active hours are of the person's day, over midnight as well", () => {
  const at = (iso: string) => Date.parse(iso);
  const day = { from: 8 * 60, until: 22 * 60, timeZone: "Europe/Berlin" };
  expect(isActive(day, at("2026-01-05T06:59:00Z"))).toBe(false);
  expect(isActive(day, at("2026-01-05T07:00:00Z"))).toBe(true);
  expect(isActive(day, at("2026-01-05T21:00:00Z"))).toBe(false);
  const night = { from: 22 * 60, until: 6 * 60, timeZone: "UTC" };
  expect([23, 3, 12].map((hour) => isActive(night, Date.UTC(2026, 0, 5, hour)))).toEqual([true, true, false]);
  expect(isActive({ from: 0, until: 24 * 60, timeZone: "UTC" }, at("2026-01-05T23:59:00Z"))).toBe(true);
});

it("a checklist of headings, blank lines and comments is empty", () => {
  expect(isChecklistEmpty("# Look at\n\n  \n<!-- nothing\nyet -->\n")).toBe(true);
  expect(isChecklistEmpty("# Look at\n- the cellar")).toBe(false);
});

describe("a gateway's heartbeat", () => {
  let directory: TempDirectory;
  let clock: WallClock;
  beforeEach(async () => {
    directory = await createTempDirectory();
    clock = new WallClock(Date.UTC(2026, 0, 5, 12));
  });
  afterEach(() => directory[Symbol.asyncDispose]());

  const workspace = () => `${directory.path}/workspace`;
  const start = (heartbeat: NonNullable<NonNullable<GatewayConfigInput["agents"]>["defaults"]>["heartbeat"] = {}) =>
    startGateway(directory.path, {
      clock,
      config: {
        gateway: { mode: "local" },
        channels: { memory: { dmPolicy: "open" } },
        agents: { defaults: { workspace: workspace(), heartbeat } },
        session: { dmScope: "main" },
      },
    });
  type Running = Awaited<ReturnType<typeof start>>;
  const reports = (gateway: Running) => {
    const seen: Record<string, unknown>[] = [];
    gateway.events.on("heartbeat", (report) => seen.push(report));
    return seen;
  };
  const pass = async (gateway: Running, milliseconds: number, seen: readonly unknown[], count: number) => {
    await clock.advance(milliseconds);
    await eventually(`${count} heartbeats`, () => seen.length >= count);
    return gateway;
  };
  const withRoute = async (gateway: Running) => {
    gateway.platform.say({ chatId: "ada", text: "hello" });
    await eventually("the answer", () => gateway.platform.sent.length === 1);
  };

  it("shows in a chat what the account, the channel or the defaults say, and is left out where nothing is shown", async () => {
    const running = (memory: object, defaults: object) =>
      startGateway(directory.path, {
        clock,
        config: {
          gateway: { mode: "local" },
          channels: { defaults: { heartbeat: defaults }, memory },
          agents: { defaults: { workspace: workspace() } },
          session: { dmScope: "main" },
        },
      });
    {
      const accounts = { default: { heartbeat: { showOk: true } } };
      await using gateway = await running({ accounts }, { showOk: false, showAlerts: false, useIndicator: false });
      const seen = reports(gateway);
      await withRoute(gateway);
      gateway.agent.script = () => sayParts("HEARTBEAT_OK");
      await pass(gateway, 30 * MINUTE + 1_000, seen, 1);
      await eventually("the line in the chat", () => gateway.platform.sent[1]?.text === "HEARTBEAT_OK");
      gateway.agent.script = () => sayParts("The cellar is wet.");
      await pass(gateway, 30 * MINUTE, seen, 2);
      expect(seen).toMatchObject([{ status: "ok-token" }, { status: "skipped", reason: "alerts-off", silent: true }]);
      expect(seen.some((report) => "indicatorType" in report)).toBe(false);
      expect(gateway.platform.sent).toHaveLength(2);
    }
    await using gateway = await running({ heartbeat: { showAlerts: false } }, { useIndicator: false });
    const seen = reports(gateway);
    await pass(gateway, 30 * MINUTE + 1_000, seen, 1);
    expect(seen).toMatchObject([{ status: "skipped", reason: "nothing-to-show" }]);
    expect(gateway.agent.turns).toEqual([]);
  });

  it("comes every 30 minutes, and an answer that says all is well is told to nobody and leaves no mark", async () => {
    await using gateway = await start();
    const seen = reports(gateway);
    await gateway.call("agent", { message: "hi", sessionKey: "main", idempotencyKey: "k" });
    const before = (await gateway.call("sessions.list", {})).sessions[0]?.updatedAt;
    gateway.agent.script = () => sayParts("HEARTBEAT_OK");
    await pass(gateway, 30 * MINUTE + 1_000, seen, 1);
    expect(seen).toMatchObject([{ status: "ok-token", agentId: "main" }]);
    expect(gateway.agent.turns.at(-1)).toMatchObject({
      sessionKey: "agent:main:main",
      prompt: containing("HEARTBEAT_OK"),
    });
    expect((await gateway.call("sessions.list", {})).sessions[0]?.updatedAt).toBe(before);
    expect((await gateway.call("chat.history", { sessionKey: "main" })).messages).toHaveLength(2);
    expect(gateway.platform.sent).toEqual([]);
    expect(await gateway.call("last-heartbeat", {})).toMatchObject({ status: "ok-token" });
    expect((await gateway.call("health", {})).agents[0]?.heartbeat).toEqual({
      enabled: true,
      every: "30m",
      everyMs: 30 * MINUTE,
      prompt: expect.stringContaining("HEARTBEAT") as string,
      target: "last",
      ackMaxChars: 300,
    });
  });

  it("tells the chat that last wrote what needs attention", async () => {
    await using gateway = await start({ every: "10m" });
    const seen = reports(gateway);
    await withRoute(gateway);
    gateway.agent.script = () => sayParts("The cellar is wet.");
    await pass(gateway, 10 * MINUTE + 1_000, seen, 1);
    expect(seen).toMatchObject([{ status: "sent", channel: "memory", preview: "The cellar is wet." }]);
    await eventually("the message", () => gateway.platform.sent.length === 2);
    await eventually("the alert in the chat", () => gateway.platform.sent.length > 1);
    expect(JSON.stringify(gateway.platform.sent[1])).toContain("The cellar is wet.");
  });

  it.each([
    { name: "a target of none", heartbeat: { target: "none" }, reason: "no-target" },
    { name: "nowhere to go", heartbeat: {}, reason: "no-route" },
  ])("with $name runs and sends nothing", async ({ heartbeat, reason }) => {
    await using gateway = await start(heartbeat);
    const seen = reports(gateway);
    gateway.agent.script = () => sayParts("The cellar is wet.");
    await pass(gateway, 31 * MINUTE, seen, 1);
    expect(seen).toMatchObject([{ status: "skipped", reason, preview: "The cellar is wet." }]);
    expect(gateway.platform.sent).toEqual([]);
  });

  it("is skipped outside of its hours and while there is nothing on its list, with the reason; a wake is not", async () => {
    await mkdir(workspace(), { recursive: true });
    await writeFile(`${workspace()}/HEARTBEAT.md`, "# Later\n");
    await using gateway = await start({ activeHours: { start: "00:00", end: "24:00" } });
    const seen = reports(gateway);
    await pass(gateway, 31 * MINUTE, seen, 1);
    expect(seen).toMatchObject([{ status: "skipped", reason: "empty-heartbeat-file" }]);
    expect(gateway.agent.turns).toEqual([]);
    await gateway.call("wake", { text: "The door bell rang.", mode: "now" });
    await eventually("the wake", () => seen.length === 2);
    expect(gateway.agent.turns[0]?.prompt).toMatch(/^System: The door bell rang\.\n/);
    await writeFile(`${workspace()}/HEARTBEAT.md`, "- look at the cellar\n");
    await pass(gateway, 30 * MINUTE, seen, 3);
    expect(gateway.agent.turns[1]).toMatchObject({
      extraSystemPrompt: containing("- look at the cellar"),
    });
    expect((await gateway.call("cron.runs", { id: "heartbeat:main" })).entries.map(({ slot }) => slot)).toEqual([
      "done",
      "done",
      "skipped",
    ]);
  });

  it("is skipped in quiet hours", async () => {
    await using gateway = await start({ activeHours: { start: "00:00", end: "00:01" } });
    const seen = reports(gateway);
    await pass(gateway, 31 * MINUTE, seen, 1);
    expect(seen).toMatchObject([{ status: "skipped", reason: "quiet-hours" }]);
  });

  it("is off for the offline model, for 0m, and once it is switched off, across restarts", async () => {
    const offline = await start();
    offline.agent.defaultModel = () => "offline/echo";
    await offline.call("set-heartbeats", { enabled: true });
    await clock.advance(3 * 60 * MINUTE);
    expect(await offline.call("last-heartbeat", {})).toBeNull();
    expect((await offline.call("status", {})).heartbeat.agents[0]).toMatchObject({
      enabled: false,
      every: "disabled",
      everyMs: null,
    });
    await offline[Symbol.asyncDispose]();
    const off = await start();
    expect(await off.call("set-heartbeats", { enabled: false })).toEqual({ ok: true, enabled: false });
    await off[Symbol.asyncDispose]();
    await using again = await start();
    await clock.advance(3 * 60 * MINUTE);
    expect(again.agent.turns).toEqual([]);
    await again.call("wake", { text: "x", mode: "now" });
    expect(await eventually("the wake to be skipped", () => again.call("last-heartbeat", {}))).toMatchObject({
      status: "skipped",
      reason: "disabled",
    });
  });

  it("a line left for the next heartbeat survives a restart and is told once", async () => {
    const first = await start();
    await first.call("wake", { text: "The backup is done.", mode: "next-heartbeat" });
    await first[Symbol.asyncDispose]();
    await using second = await start();
    expect((await second.call("status", {})).queuedSystemEvents).toEqual(["The backup is done."]);
    await second.call("agent", { message: "hi", sessionKey: "main", idempotencyKey: "k1" });
    await second.call("agent", { message: "hi", sessionKey: "main", idempotencyKey: "k2" });
    expect(second.agent.turns.map(({ prompt }) => prompt)).toEqual(["System: The backup is done.\nhi", "hi"]);
  });

  it("a job for the main session leaves its line and wakes the agent when it says now", async () => {
    await using gateway = await start({ every: "0m" });
    const seen = reports(gateway);
    const job = {
      name: "tea",
      schedule: { kind: "at" as const, atMs: clock.now() + MINUTE },
      wakeMode: "now" as const,
      payload: { text: "Time for tea." },
    };
    await withRoute(gateway);
    gateway.agent.script = () => sayParts("Drink your tea!");
    await gateway.call("cron.add", job);
    await pass(gateway, 2 * MINUTE, seen, 1);
    expect(gateway.agent.turns.at(-1)?.prompt).toMatch(/^System: Time for tea\.\n/);
    await eventually("the reminder", () => gateway.platform.sent.length === 2);
  });
});
