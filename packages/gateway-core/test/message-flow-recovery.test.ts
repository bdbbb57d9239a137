import { MemoryPlatform } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Tool } from "../src/ports.ts";
import { finishPart, hangingScript, sayParts, ScriptedAgent } from "./support/scripted-agent.ts";
import { openWalk } from "./support/walk.ts";

let directory: TempDirectory;
let databaseFile: string;
beforeEach(async () => {
  directory = await createTempDirectory();
  databaseFile = `${directory.path}/gateway.sqlite`;
});
afterEach(() => directory[Symbol.asyncDispose]());

const submission = (idempotencyKey: string, prompt: string) => ({
  idempotencyKey,
  source: "chat" as const,
  sessionKey: "agent:main:main",
  agentId: "main",
  request: { prompt },
});

describe("a gateway that died", () => {
  it("F11 takes up a message that was acknowledged and not yet decided about", async () => {
    const platform = new MemoryPlatform();
    const dead = await openWalk({ databaseFile, platform, start: false });
    await dead.inbox.record(
      { channel: "memory", account: "default" },
      {
        events: [
          {
            eventId: "e1",
            origin: "live",
            raw: {
              type: "message",
              messageId: "m1",
              chatId: "ada",
              chatType: "direct",
              senderId: "ada",
              text: "hello",
              sentAt: Date.now(),
            },
          },
        ],
      },
    );
    await dead.store[Symbol.asyncDispose]();
    await using walk = await openWalk({ databaseFile, platform });
    await walk.platform.waitForSent();
    expect(platform.sent.map(({ text }) => text)).toEqual(["Echo: hello"]);
  });

  it("F3 begins a turn again that changed nothing outside, and answers exactly once", async () => {
    const platform = new MemoryPlatform();
    const dead = await openWalk({ databaseFile, platform });
    const { script, begun } = hangingScript();
    dead.agent.script = script;
    platform.say({ chatId: "ada", text: "hello" });
    await begun;
    // The lane stays as a killed process leaves it: running, held by an owner that is gone.
    await dead.store.run("UPDATE turns SET lease_owner = 'a dead process'");
    dead.channels.stopIntake();
    await dead.stop();
    await using walk = await openWalk({ databaseFile, platform });
    await platform.waitForSent();
    expect(platform.sent.map(({ text }) => text)).toEqual(["Echo: hello"]);
    const history = await walk.sessions.list().then(([session]) => walk.sessions.history(session?.sessionId ?? "", 10));
    expect(history.map(({ role }) => role)).toEqual(["user", "assistant"]);
  });

  it("reports a turn that had begun to act, and does not repeat it", async () => {
    const platform = new MemoryPlatform();
    let executions = 0;
    const tool: Tool = {
      name: "launch",
      description: "Launches.",
      parameters: { type: "object" },
      sideEffects: true,
      execute: async () => ({ text: `launched ${++executions}` }),
    };
    const dead = await openWalk({ databaseFile, platform, tools: [tool] });
    const acted = Promise.withResolvers<void>();
    dead.agent.script = async function* (turn, signal) {
      await turn.tools[0]?.execute({}, "call-1", signal);
      acted.resolve();
      await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
      yield finishPart([]);
    };
    platform.say({ chatId: "ada", text: "go" });
    await acted.promise;
    await dead.store.run("UPDATE turns SET lease_owner = 'a dead process'");
    await dead.stop();
    await using walk = await openWalk({ databaseFile, platform, tools: [tool] });
    const sent = await platform.waitForSent();
    expect(sent.text).toContain("I was interrupted while working on this");
    expect([executions, walk.agent.turns.length]).toEqual([1, 0]);
  });

  it("does not begin a turn for the fourth time", async () => {
    const platform = new MemoryPlatform();
    const dead = await openWalk({ databaseFile, platform, start: false });
    await dead.flow.submit("test", submission("k1", "poison")).catch(() => {});
    await dead.store.run("UPDATE turns SET attempts = 3");
    await dead.store[Symbol.asyncDispose]();
    await using walk = await openWalk({ databaseFile, platform });
    expect(await walk.flow.wait("k1", 5_000)).toMatchObject({
      state: "failed",
      error: { message: expect.stringContaining("not begun again") as string },
    });
    expect(walk.agent.turns).toHaveLength(0);
  });
});

describe("stopping", () => {
  it("R1.3 lets a running turn end within the deadline", async () => {
    const agent = new ScriptedAgent();
    const release = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    agent.script = async function* (turn) {
      begun.resolve();
      await release.promise;
      yield* sayParts(`Echo: ${turn.prompt}`);
    };
    const walk = await openWalk({ databaseFile, agent });
    walk.platform.say({ chatId: "ada", text: "hello" });
    await begun.promise;
    const drained = walk.turns.lanes.drain(5_000);
    release.resolve();
    await drained;
    await walk.platform.waitForSent();
    await walk.stop();
    expect(walk.platform.sent.map(({ text }) => text)).toEqual(["Echo: hello"]);
  });

  it("gives back the lane of a turn that does not end, for the next start", async () => {
    const platform = new MemoryPlatform();
    const walk = await openWalk({ databaseFile, platform });
    const { script, begun } = hangingScript();
    walk.agent.script = script;
    platform.say({ chatId: "ada", text: "hello" });
    await begun;
    await walk.stop();
    await using next = await openWalk({ databaseFile, platform });
    await next.platform.waitForSent();
    expect(platform.sent.map(({ text }) => text)).toEqual(["Echo: hello"]);
  });
});
