import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { GatewayConfigInput } from "../../src/config/schema.ts";
import { startGateway } from "../support/running-gateway.ts";
import { hangingScript, sayParts } from "../support/scripted-agent.ts";
import { WallClock } from "../support/wall-clock.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LEASE_MS = MINUTE;

let directory: TempDirectory;
let clock: WallClock;
beforeEach(async () => {
  directory = await createTempDirectory();
  clock = new WallClock(Date.now());
});
afterEach(() => directory[Symbol.asyncDispose]());

const open = (queue: NonNullable<GatewayConfigInput["messages"]>["queue"] = { mode: "followup" }) =>
  startGateway(directory.path, {
    clock,
    config: {
      gateway: { mode: "local" },
      channels: { memory: {} },
      messages: { queue },
      agents: { defaults: { heartbeat: { every: "0m" } } },
    },
  });

/** Lets fake time pass until something holds; sockets and files take real time in between. */
async function within(fakeMs: number, holds: () => boolean): Promise<boolean> {
  for (let passed = 0; passed <= fakeMs; passed += 500) {
    if (holds()) return true;
    await clock.advance(500);
  }
  return holds();
}

describe("F40 a clock that is set while the gateway runs", () => {
  for (const [direction, jump] of [
    ["back", -6 * HOUR],
    ["forward", 20 * MINUTE],
  ] as const) {
    it(`does not hold up a message that waits to be tried again, when it is set ${direction}`, async () => {
      await using gateway = await open();
      gateway.platform.script({ outcome: { outcome: "retry", reason: "busy", retryAfterMs: 30_000 } });
      gateway.platform.say({ chatId: "ada", text: "hello" });
      const waits = () => gateway.log.lines.some(({ message }) => message === "outbound message queued");
      expect(await within(5_000, waits)).toBe(true);
      clock.jump(jump);
      expect(await within(2 * MINUTE, () => gateway.platform.sent.length === 1)).toBe(true);
      // And what comes afterwards is answered at once, the once.
      gateway.platform.say({ chatId: "ada", text: "again", sentAt: clock.now() });
      expect(await within(MINUTE, () => gateway.platform.sent.length === 2)).toBe(true);
      await clock.advance(10 * MINUTE);
      expect(gateway.platform.sent.map(({ text }) => text)).toEqual(["Echo: hello", "Echo: again"]);
    });

    it(`does not hold up messages that wait for a chat to become quiet, when it is set ${direction}`, async () => {
      await using gateway = await open({ mode: "collect", debounceMs: 3_000 });
      const { script, begun } = hangingScript();
      gateway.agent.script = script;
      gateway.platform.say({ chatId: "ada", text: "first" });
      await clock.advance(1_000);
      await begun;
      gateway.platform.say({ chatId: "ada", text: "second" });
      gateway.platform.say({ chatId: "ada", text: "third" });
      await clock.advance(100);
      gateway.agent.script = (turn) => sayParts(`Echo: ${turn.prompt}`);
      clock.jump(jump);
      const stopped = gateway.call("chat.abort", { sessionKey: "main", runId: gateway.agent.turns[0]?.runId ?? "" });
      await clock.advance(100);
      await stopped;
      expect(
        await within(MINUTE, () => gateway.platform.sent.some(({ text }) => text === "Echo: second\n\nthird")),
      ).toBe(true);
    });

    it(`neither repeats nor loses a turn that runs, when it is set ${direction}`, async () => {
      await using gateway = await open();
      const held = Promise.withResolvers<void>();
      gateway.agent.script = async function* (turn) {
        await held.promise;
        yield* sayParts(`Echo: ${turn.prompt}`);
      };
      gateway.platform.say({ chatId: "ada", text: "hello" });
      expect(await within(5_000, () => gateway.agent.turns.length === 1)).toBe(true);
      clock.jump(jump);
      await clock.advance(3 * LEASE_MS);
      held.resolve();
      expect(await within(MINUTE, () => gateway.platform.sent.length === 1)).toBe(true);
      await clock.advance(10 * MINUTE);
      expect(gateway.agent.turns.length).toBe(1);
      expect(gateway.platform.sent.map(({ text }) => text)).toEqual(["Echo: hello"]);
    });
  }
});

describe("F40 a machine that slept", () => {
  it("goes on with the turn it was at, and with what waited, once each", async () => {
    await using gateway = await open();
    const held = Promise.withResolvers<void>();
    gateway.agent.script = async function* (turn) {
      if (turn.prompt === "one") await held.promise;
      yield* sayParts(`Echo: ${turn.prompt}`);
    };
    for (const text of ["one", "two", "three"]) gateway.platform.say({ chatId: "ada", text });
    expect(await within(5_000, () => gateway.agent.turns.length === 1)).toBe(true);
    // Several leases go by, and no timer fires meanwhile.
    clock.jump(5 * LEASE_MS);
    held.resolve();
    expect(await within(2 * MINUTE, () => gateway.platform.sent.length === 3)).toBe(true);
    await clock.advance(10 * MINUTE);
    expect(gateway.platform.sent.map(({ text }) => text)).toEqual(["Echo: one", "Echo: two", "Echo: three"]);
    expect(gateway.agent.turns.length).toBe(3);
  });
});
