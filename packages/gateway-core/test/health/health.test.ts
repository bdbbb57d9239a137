import type { ChannelAccountStatus, HealthProblem, HealthSnapshot } from "@openclaw/protocol";
import { ManualClock } from "@openclaw/testkit/clock";
import { eventually } from "@openclaw/testkit/eventually";
import { describe, expect, it } from "vitest";

import type { AccountHealth } from "../../src/health/channels-part.ts";
import { EventLoopMonitor } from "../../src/health/event-loop.ts";
import { type AgentSessions, HealthMonitor } from "../../src/health/health.ts";
import { recordingLog } from "../support/silent-log.ts";

const CALM = { degraded: false, reasons: [], intervalMs: 0, delayP99Ms: 0, delayMaxMs: 0, utilization: 0 };

function account(
  state: ChannelAccountStatus["state"],
  changes: Partial<ChannelAccountStatus> = {},
  channel = "telegram",
): AccountHealth {
  const status = {
    accountId: "default",
    enabled: true,
    configured: true,
    running: true,
    connected: state === "online",
    ...changes,
  };
  return {
    channel,
    label: channel === "telegram" ? "Telegram" : channel,
    status: state === undefined ? status : { ...status, state },
  };
}

function room(parts: { accounts?: AccountHealth[]; agents?: AgentSessions[]; problems?: HealthProblem[] } = {}) {
  const clock = new ManualClock();
  const published: HealthSnapshot[] = [];
  const probes: AbortSignal[] = [];
  const state = {
    accounts: parts.accounts ?? [],
    agents: parts.agents ?? [],
    problems: parts.problems ?? [],
    failing: false,
    reads: 0,
  };
  const log = recordingLog();
  const health = new HealthMonitor({
    version: "1.2.3",
    clock,
    log,
    eventLoop: { sample: () => CALM },
    publish: (snapshot) => void published.push(snapshot),
    sources: {
      accounts: (probe) => {
        if (probe) probes.push(probe);
        return state.accounts;
      },
      sessions: async () => {
        state.reads += 1;
        if (state.failing) throw new Error("SQLITE_FULL /home/me");
        return state.agents;
      },
      heartbeat: () => ({ enabled: true, every: "30m", everyMs: 1_800_000, target: "last", ackMaxChars: 300 }),
      databaseFile: "/state/openclaw.sqlite",
      config: () => ({ hotReloadStatus: "off" }),
      problems: () => state.problems,
    },
  });
  return { clock, published, probes, state, log, health };
}

describe("R6.1 the snapshot", () => {
  it("has what clients of both generations read", async () => {
    const { health, clock } = room({
      accounts: [account("online", { identity: { id: "1", username: "my_bot" } })],
      agents: [
        {
          agentId: "main",
          isDefault: true,
          count: 7,
          recent: [{ key: "agent:main:main", updatedAt: Date.UTC(2025, 11, 31) }],
        },
        {
          agentId: "other",
          isDefault: false,
          count: 1,
          recent: [{ key: "agent:other:main", updatedAt: Date.UTC(2026, 0, 1) }],
        },
      ],
    });
    await health.start();
    expect(health.current).toMatchObject({
      ok: true,
      ts: clock.now(),
      durationMs: 0,
      version: "1.2.3",
      channels: {
        telegram: { accountId: "default", configured: true, linked: true, connected: true, state: "online" },
      },
      channelOrder: ["telegram"],
      channelLabels: { telegram: "Telegram" },
      linkChannel: { id: "telegram", label: "Telegram", linked: true, authAgeMs: null },
      heartbeatSeconds: 1_800,
      defaultAgentId: "main",
      agents: [
        {
          agentId: "main",
          isDefault: true,
          heartbeat: { enabled: true, every: "30m", everyMs: 1_800_000, target: "last", ackMaxChars: 300 },
          sessions: { count: 7 },
        },
        { agentId: "other", isDefault: false, sessions: { count: 1 } },
      ],
      sessions: {
        path: "/state/openclaw.sqlite",
        count: 8,
        recent: [
          { key: "agent:other:main", age: 0 },
          { key: "agent:main:main", age: 86_400_000 },
        ],
      },
      problems: [],
    });
    expect(health.failing).toEqual([]);
  });

  it("is there, and says nothing wrong, before anything was computed", () => {
    expect(room().health.current).toMatchObject({ ok: true, channels: {}, agents: [], sessions: { count: 0 } });
  });

  it.each([
    ["unauthorized", { detail: "401: the token was revoked." }, "Telegram: 401: the token was revoked.", false],
    ["conflict", { detail: "Another process polls this bot." }, "Telegram: Another process polls this bot.", true],
    ["backoff", { lastError: "no route" }, "Telegram: no route", true],
    ["unlinked", {}, "Telegram: the connection is in state unlinked", false],
    ["failed", { accountId: "work" }, "Telegram (work): the connection is in state failed", false],
    ["stopped", { configured: false, lastError: "no token" }, "Telegram is on, but not configured: no token", false],
    ["online", { probe: { ok: false, error: "timeout" } }, "Telegram did not answer a check: timeout", true],
  ] as const)("names what an operator must look at when an account is %s", async (state, changes, message, linked) => {
    const { health } = room({ accounts: [account(state, changes)] });
    await health.start();
    expect(health.current).toMatchObject({
      ok: false,
      problems: [{ component: "telegram", message }],
      linkChannel: { linked },
    });
    expect(health.failing).toEqual(["telegram"]);
  });

  it.each(["online", "connecting", "stopped"] as const)(
    "finds nothing wrong with an account that is %s",
    async (state) => {
      const { health } = room({ accounts: [account(state)] });
      await health.start();
      expect(health.current).toMatchObject({ ok: true, problems: [] });
    },
  );

  it("calls a channel what the worst of its accounts is, and leaves out those that are off", async () => {
    const { health } = room({
      accounts: [
        account("online"),
        account("backoff", { accountId: "b" }),
        account("failed", { accountId: "c", enabled: false }),
      ],
    });
    await health.start();
    expect(health.current.channels["telegram"]).toMatchObject({ state: "backoff", connected: true });
    expect(Object.keys(health.current.channels["telegram"]?.accounts ?? {})).toEqual(["default", "b", "c"]);
    expect(health.current.problems).toHaveLength(1);
  });

  it("F38 is served, with the reason, when storage fails", async () => {
    const { health, state, log } = room();
    state.failing = true;
    await health.start();
    expect(health.current).toMatchObject({ ok: false, problems: [{ component: "storage" }] });
    expect(JSON.stringify(health.current)).not.toContain("/home/me");
    expect(log.lines).toContainEqual(expect.objectContaining({ level: "warn" }));
  });
});

describe("freshness", () => {
  it("is computed once a minute and told each time", async () => {
    const { health, clock, published } = room();
    await health.start();
    const version = health.version;
    await clock.advance(60_000);
    await eventually("the next snapshot", () => published.length === 2);
    expect(health.version).toBe(version + 1);
    expect(published[1]).toBe(health.current);
  });

  it("a reader gets what is there, and a new one when that is older than two seconds", async () => {
    const { health, clock, state, published } = room();
    await health.start();
    const first = health.current;
    expect(health.read()).toBe(first);
    await clock.advance(2_001);
    const second = await health.read();
    expect(second).not.toBe(first);
    expect(second.ts).toBe(clock.now());
    expect(state.reads).toBe(2);
    // Nothing that matters has changed, so nobody is told.
    expect(published).toHaveLength(1);
  });

  it("many readers of an old snapshot cause one computation", async () => {
    const { health, clock, state } = room();
    await health.start();
    await clock.advance(5_000);
    const answers = await Promise.all(Array.from({ length: 50 }, async () => health.read()));
    expect(new Set(answers).size).toBe(1);
    expect(state.reads).toBe(2);
  });

  it("a change is told soon, and changes that come together are told once", async () => {
    const { health, clock, state, published } = room({ accounts: [account("connecting")] });
    await health.start();
    state.accounts = [account("online")];
    for (let n = 0; n < 10; n += 1) health.changed();
    expect(published).toHaveLength(1);
    await clock.advance(100);
    await eventually("the news", () => published.length === 2);
    expect(published[1]?.channels["telegram"]).toMatchObject({ state: "online" });
    health.changed();
    await clock.advance(100);
    await eventually("another look", () => state.reads === 3);
    expect(published).toHaveLength(2);
  });

  it("a probe asks every channel, and what it finds is kept", async () => {
    const { health, probes, state, published } = room({ accounts: [account("online")] });
    await health.start();
    state.accounts = [account("online", { probe: { ok: false, error: "timeout" } })];
    const controller = new AbortController();
    expect(await health.probe(controller.signal)).toMatchObject({ ok: false });
    expect(probes).toEqual([controller.signal]);
    expect(published).toHaveLength(2);
  });

  it("the text of the current snapshot is made once, and no other payload has one", async () => {
    const { health } = room();
    await health.start();
    const text = health.encodedPayload(health.current);
    expect(JSON.parse(text ?? "")).toEqual(health.current);
    expect(health.encodedPayload({ ...health.current })).toBeUndefined();
    const old = health.current;
    await health.probe(new AbortController().signal);
    expect(health.encodedPayload(old)).toBeUndefined();
  });
});

it("the event loop is measured in lateness", () => {
  using monitor = new EventLoopMonitor();
  const sample = monitor.sample(1_000);
  expect(sample.degraded).toBe(false);
  expect(sample.delayP99Ms).toBeGreaterThanOrEqual(0);
  expect(sample.utilization).toBeGreaterThanOrEqual(0);
  expect(sample.utilization).toBeLessThanOrEqual(1);
});
