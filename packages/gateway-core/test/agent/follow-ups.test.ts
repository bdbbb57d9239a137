import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { AgentTurn } from "../../src/ports.ts";
import { AgentError } from "../../src/ports.ts";
import { startGateway } from "../support/running-gateway.ts";
import { hangingScript, sayParts, ScriptedAgent } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const ADA = "agent:main:memory:dm:ada";
const CHILD = "agent:main:subagent:one";
const CONFIG = {
  gateway: { mode: "local" as const },
  session: { dmScope: "per-channel-peer" as const },
  channels: { memory: {} },
};

/** A gateway in which Ada has said hello, so that her session has a chat. */
async function startWithAda(more: object = {}) {
  const gateway = await startGateway(directory.path, { config: { ...CONFIG, ...more } });
  gateway.platform.say({ chatId: "ada", text: "hello" });
  await eventually("the greeting", () => gateway.platform.sent[0]);
  return gateway;
}

/** Answers by the session the turn runs in. */
function answering(answers: (turn: AgentTurn) => string) {
  return (turn: AgentTurn) => sayParts(answers(turn));
}

const spawn = { sessionKey: CHILD, spawnedBy: ADA, lane: "subagent", label: "Counting", message: "count to 3" };

describe("a sub-agent", () => {
  it("reports to the session that started it, whose agent tells the chat, once", async () => {
    await using gateway = await startWithAda();
    gateway.agent.script = answering(({ sessionKey }) => (sessionKey === CHILD ? "1 2 3" : "It counted to 3."));
    await gateway.call("agent", { ...spawn, idempotencyKey: "s1" });
    await gateway.call("agent", { ...spawn, idempotencyKey: "s1" });
    expect((await eventually("the report", () => gateway.platform.sent[1])).text).toBe("It counted to 3.");
    const report = gateway.agent.turns.at(-1);
    expect(report?.sessionKey).toBe(ADA);
    expect(report?.prompt).toMatch(/sub-agent has ended: Counting\]\nStatus: success\nResult: 1 2 3\nStats: 8 tokens/u);
    expect(gateway.agent.turns).toHaveLength(3);
    const { sessions } = await gateway.call("sessions.list", { spawnedBy: ADA });
    expect(sessions).toMatchObject([{ key: CHILD, label: "Counting", spawnedBy: ADA }]);
  });

  it("that fails or takes too long says so, and its session is forgotten where that is wanted", async () => {
    await using gateway = await startWithAda();
    gateway.agent.script = async function* ({ sessionKey }) {
      if (sessionKey === CHILD) throw new AgentError("overloaded", "The model is busy.");
      yield* sayParts("NO_REPLY");
    };
    await expect(gateway.call("agent", { ...spawn, cleanup: "delete", idempotencyKey: "s1" })).rejects.toThrow(
      "The model is busy.",
    );
    await eventually("the report", () => gateway.agent.turns[2]);
    expect(gateway.agent.turns[2]?.prompt).toContain("Status: error\nResult: none\nNotes: The model is busy.");
    expect((await gateway.call("sessions.list", { spawnedBy: ADA })).sessions).toEqual([]);
    expect(gateway.platform.sent).toHaveLength(1);
  });

  it("is stopped with the session that started it, and then reports nothing", async () => {
    await using gateway = await startWithAda();
    const { script, begun } = hangingScript();
    gateway.agent.script = script;
    const running = gateway.call("agent", { ...spawn, idempotencyKey: "s1" });
    await begun;
    gateway.platform.say({ chatId: "ada", text: "/stop" });
    await expect(running).rejects.toThrow("stopped");
    await eventually("the answer to /stop", () => gateway.platform.sent[1]);
    expect(gateway.agent.turns).toHaveLength(2);
  });

  it("has lanes of its own: a person does not wait for it", async () => {
    await using gateway = await startWithAda({
      agents: { defaults: { maxConcurrent: 1, subagents: { maxConcurrent: 1 } } },
    });
    const { script, begun } = hangingScript();
    gateway.agent.script = script;
    const running = gateway.call("agent", { ...spawn, idempotencyKey: "s1" }).catch(() => {});
    await begun;
    gateway.agent.script = new ScriptedAgent().script;
    const other = { ...spawn, sessionKey: "agent:main:subagent:two" };
    void gateway.call("agent", { ...other, idempotencyKey: "s2" }).catch(() => {});
    gateway.platform.say({ chatId: "ada", text: "are you there?" });
    expect((await eventually("an answer", () => gateway.platform.sent[1])).text).toBe("Echo: are you there?");
    expect(await gateway.call("agent.wait", { runId: "s2", timeoutMs: 1 })).toMatchObject({ status: "timeout" });
    await gateway.stop({ drainMs: 0 });
    await running;
  });

  it("that was at work when the gateway stopped reports after the next start", async () => {
    const stopped = await startWithAda();
    const { script, begun } = hangingScript();
    stopped.agent.script = script;
    const running = stopped.call("agent", { ...spawn, idempotencyKey: "s1" }).catch(() => {});
    await begun;
    await stopped.stop({ drainMs: 0 });
    await running;
    await using gateway = await startGateway(directory.path, { config: CONFIG });
    gateway.agent.script = answering(({ sessionKey }) => (sessionKey === CHILD ? "1 2 3" : "It counted to 3."));
    expect((await eventually("the report", () => gateway.platform.sent[0])).text).toBe("It counted to 3.");
  });
});

describe("two sessions that write to each other", () => {
  const send = { sessionKey: ADA, spawnedBy: "agent:main:main", lane: "nested", message: "When is dinner?" };
  const seen = (turns: readonly AgentTurn[]) => turns.slice(2).map(({ sessionKey, prompt }) => [sessionKey, prompt]);

  it("go on until one has nothing to say, and then the chat of the one that was asked is told", async () => {
    await using gateway = await startWithAda();
    await gateway.call("agent", { message: "hi", idempotencyKey: "main" });
    const said = ["At six.", "Thank you!", "REPLY_SKIP", "Dinner is at six."];
    gateway.agent.script = () => sayParts(said.shift() ?? "too many");
    const answer = await gateway.call("agent", { ...send, idempotencyKey: "x1" });
    expect(answer.result?.payloads).toEqual([{ text: "At six.", mediaUrl: null }]);
    expect((await eventually("the announcement", () => gateway.platform.sent[1])).text).toBe("Dinner is at six.");
    const [question, first, second, announcement] = seen(gateway.agent.turns);
    expect([question, first, second]).toEqual([
      [ADA, "When is dinner?"],
      ["agent:main:main", "At six."],
      [ADA, "Thank you!"],
    ]);
    expect(announcement?.[0]).toBe(ADA);
    expect(gateway.agent.turns[3]?.extraSystemPrompt).toContain(ADA);
    expect(said).toEqual([]);
  });

  it("write as often as the configuration says, and tell nothing where they do not want to", async () => {
    await using gateway = await startWithAda({
      session: { dmScope: "per-channel-peer", agentToAgent: { maxPingPongTurns: 0 } },
    });
    await gateway.call("agent", { message: "hi", idempotencyKey: "main" });
    const said = ["At six.", "ANNOUNCE_SKIP"];
    gateway.agent.script = () => sayParts(said.shift() ?? "too many");
    await gateway.call("agent", { ...send, idempotencyKey: "x1" });
    await eventually("the last word", () => said.length === 0);
    await eventually("the end of it", async () => {
      const { messages } = await gateway.call("chat.history", { sessionKey: ADA });
      return JSON.stringify(messages).includes("ANNOUNCE_SKIP");
    });
    expect(gateway.agent.turns).toHaveLength(4);
    expect(gateway.platform.sent).toHaveLength(1);
  });
});
