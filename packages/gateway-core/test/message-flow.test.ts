import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hangingScript, sayParts, ScriptedAgent } from "./support/scripted-agent.ts";
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

describe("the walk of a message", () => {
  it("goes from a channel through inbox, policy, session, agent and outbox back to the channel", async () => {
    await using walk = await openWalk({ databaseFile });
    const delivery = walk.platform.say({ chatId: "ada", senderName: "Ada", text: "hello" });
    const sent = await walk.platform.waitForSent();
    expect(sent).toMatchObject({ to: { chatId: "ada" }, text: "Echo: hello" });
    await delivery.acknowledged;
    expect(await walk.sessions.list()).toMatchObject([
      {
        key: "agent:main:memory:dm:ada",
        route: { channel: "memory", account: "default", chatId: "ada" },
        totalTokens: 8,
      },
    ]);
    const [row] = await eventually("the receipt", async () => {
      const rows = await walk.outbox.list({ limit: 10 });
      return rows[0]?.state === "sent" && rows;
    });
    expect(row).toMatchObject({ messageId: sent.messageId, attempts: 1 });
  });

  it("R6.11 publishes the agent stream numbered per run, and the chat view of it", async () => {
    await using walk = await openWalk({ databaseFile });
    walk.platform.say({ chatId: "ada", text: "hello" });
    await walk.platform.waitForSent();
    const agent = walk.published
      .filter(({ event }) => event === "agent")
      .map(({ payload }) => payload as { seq: number; stream: string; data: { phase?: string } });
    expect(agent.map(({ seq }) => seq)).toEqual(agent.map((_event, index) => index + 1));
    expect(agent.map(({ stream, data }) => data.phase ?? stream)).toEqual([
      "start",
      "model",
      "assistant",
      "assistant",
      "end",
    ]);
    const chat = walk.published.filter(({ event }) => event === "chat").map(({ payload }) => payload);
    expect(chat.at(-1)).toMatchObject({
      state: "final",
      message: { content: [{ type: "text", text: "Echo: hello" }] },
    });
    expect(chat.slice(0, -1).every((payload) => (payload as { state: string }).state === "delta")).toBe(true);
  });

  it("F7 answers a message once, however often the platform delivers it", async () => {
    await using walk = await openWalk({ databaseFile });
    const delivery = walk.platform.say({ chatId: "ada", text: "hello" });
    await walk.platform.waitForSent();
    walk.platform.deliverAgain(delivery.eventId);
    await eventually("the repeat to be acknowledged", () => walk.platform.isAcknowledged(delivery.eventId));
    walk.platform.say({ chatId: "ada", text: "next" });
    await walk.platform.waitForSent(({ text }) => text === "Echo: next");
    expect(walk.platform.sent.map(({ text }) => text)).toEqual(["Echo: hello", "Echo: next"]);
    expect(walk.agent.turns).toHaveLength(2);
  });

  it("F8 acknowledges nothing that it could not store", async () => {
    await using walk = await openWalk({ databaseFile });
    await walk.stop();
    await expect(walk.flow.accept({ channel: "memory", account: "default" }, { events: [] })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
    });
  });

  it("F36 leaves the account's own messages alone", async () => {
    await using walk = await openWalk({ databaseFile });
    const own = walk.platform.say({ chatId: "ada", text: "from my phone", isSelf: true });
    await own.acknowledged;
    walk.platform.say({ chatId: "ada", text: "hello" });
    await walk.platform.waitForSent();
    expect(walk.agent.turns.map(({ prompt }) => prompt)).toEqual(["hello"]);
  });

  it("gives the agent the history of the session, without the prompt", async () => {
    await using walk = await openWalk({ databaseFile });
    walk.platform.say({ chatId: "ada", text: "one" });
    await walk.platform.waitForSent();
    walk.platform.say({ chatId: "ada", text: "two" });
    await walk.platform.waitForSent(({ text }) => text === "Echo: two");
    const texts = walk.agent.turns[1]?.history.map((message) =>
      message.content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    );
    expect(texts).toEqual(["one", "Echo: one"]);
  });

  it("runs one turn at a time per session, in order, and several sessions at once", async () => {
    const agent = new ScriptedAgent();
    const gate = Promise.withResolvers<void>();
    const running = new Set<string>();
    let most = 0;
    agent.script = async function* (turn) {
      expect(running.has(turn.sessionKey)).toBe(false);
      running.add(turn.sessionKey);
      most = Math.max(most, running.size);
      if (running.size === 2) gate.resolve();
      await gate.promise;
      running.delete(turn.sessionKey);
      yield* sayParts(turn.prompt);
    };
    await using walk = await openWalk({ databaseFile, agent });
    for (const text of ["a1", "a2", "a3"]) walk.platform.say({ chatId: "ada", text });
    for (const text of ["b1", "b2"]) walk.platform.say({ chatId: "bob", text });
    await eventually("five answers", () => walk.platform.sent.length === 5);
    const of = (chatId: string) => walk.platform.sent.filter(({ to }) => to.chatId === chatId).map(({ text }) => text);
    expect([of("ada"), of("bob"), most]).toEqual([["a1", "a2", "a3"], ["b1", "b2"], 2]);
  });

  it("keeps to agents.defaults.maxConcurrent over all sessions", async () => {
    const agent = new ScriptedAgent();
    let running = 0;
    let most = 0;
    agent.script = async function* (turn) {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      yield* sayParts(turn.prompt);
    };
    await using walk = await openWalk({ databaseFile, agent, maxConcurrent: 2 });
    for (let chat = 0; chat < 8; chat += 1) walk.platform.say({ chatId: `chat${chat}`, text: "hi" });
    await eventually("eight answers", () => walk.platform.sent.length === 8);
    expect(most).toBe(2);
  });

  it("sends nothing for a silent reply, and ends the chat without a message", async () => {
    const agent = new ScriptedAgent();
    agent.script = (turn) => sayParts(turn.prompt === "quiet" ? "NO_REPLY" : "spoken");
    await using walk = await openWalk({ databaseFile, agent });
    walk.platform.say({ chatId: "ada", text: "quiet" });
    walk.platform.say({ chatId: "ada", text: "loud" });
    await walk.platform.waitForSent();
    expect(walk.platform.sent.map(({ text }) => text)).toEqual(["spoken"]);
    const final = walk.published.find(
      ({ event, payload }) => event === "chat" && (payload as { state: string }).state === "final",
    );
    expect(final?.payload).not.toHaveProperty("message");
  });

  it("tells the person in the chat when the agent fails", async () => {
    const agent = new ScriptedAgent();
    agent.script = async function* () {
      yield { type: "text", delta: "I was about to" };
      throw new Error("socket hang up: secret detail");
    };
    await using walk = await openWalk({ databaseFile, agent });
    walk.platform.say({ chatId: "ada", text: "hello" });
    const sent = await walk.platform.waitForSent();
    expect(sent.text).toMatch(/^⚠️ The agent failed on an internal error/);
    expect(sent.text).not.toContain("secret detail");
  });

  it("R5.7 stops a turn that takes too long with AGENT_TIMEOUT", async () => {
    const agent = new ScriptedAgent();
    agent.script = hangingScript().script;
    await using walk = await openWalk({ databaseFile, agent, turnTimeoutMs: 50 });
    const { turn } = await walk.flow.submit("test", submission("k1", "hello"));
    expect(await walk.flow.wait(turn.runId, 5_000)).toMatchObject({
      state: "aborted",
      error: { code: "AGENT_TIMEOUT", retryable: true },
    });
  });

  it("shows that it is writing while a turn runs, and not after", async () => {
    const agent = new ScriptedAgent();
    const { script, begun } = hangingScript();
    agent.script = script;
    await using walk = await openWalk({ databaseFile, agent });
    walk.platform.say({ chatId: "ada", text: "hello" });
    await begun;
    expect(walk.platform.typing).toMatchObject([{ chatId: "ada" }]);
  });
});

describe("the door of the control plane", () => {
  it("DESIGN promise 7: the same key gets the same turn, also after a restart", async () => {
    const first = await openWalk({ databaseFile });
    const begun = await first.flow.submit("client-a", submission("k1", "hello"));
    const ended = await first.flow.wait(begun.turn.runId, 5_000);
    expect(begun).toMatchObject({ isNew: true, turn: { runId: "k1" } });
    await first.stop();
    await using second = await openWalk({ databaseFile });
    const again = await second.flow.submit("client-a", submission("k1", "hello"));
    expect(again).toMatchObject({ isNew: false, turn: { runId: "k1", state: "done", answer: ended?.answer } });
    expect(second.agent.turns).toHaveLength(0);
  });

  it("takes up every request, however they overlap", async () => {
    await using walk = await openWalk({ databaseFile });
    const wait = async (ticks: number) => {
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    };
    const submitted = Array.from({ length: 120 }, async (_submit, index) => {
      // Spread over the microtasks in which a pass ends, where a wish for another one could get lost.
      await wait(index);
      return walk.flow.submit("test", submission(`k${index}`, `message ${index}`));
    });
    const turns = await Promise.all(submitted);
    const ended = await Promise.all(turns.map(({ turn }) => walk.flow.wait(turn.runId, 10_000)));
    expect(ended.filter((turn) => turn?.state === "done")).toHaveLength(120);
  });

  it("refuses the same key for another request, and keeps clients apart", async () => {
    await using walk = await openWalk({ databaseFile });
    await walk.flow.submit("client-a", submission("k1", "hello"));
    await expect(walk.flow.submit("client-a", submission("k1", "goodbye"))).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining('idempotencyKey "k1"') as string,
    });
    const other = await walk.flow.submit("client-b", submission("k1", "goodbye"));
    expect(other).toMatchObject({ isNew: true });
    expect(other.turn.runId).not.toBe("k1");
  });

  it("R6.12 aborts what runs and what waits, and says so before it answers", async () => {
    const agent = new ScriptedAgent();
    const { script, begun } = hangingScript();
    agent.script = script;
    await using walk = await openWalk({ databaseFile, agent });
    await walk.flow.submit("test", submission("k1", "first"));
    await walk.flow.submit("test", submission("k2", "second"));
    await begun;
    const runIds = await walk.flow.stop("agent:main:main");
    expect(runIds).toEqual(["k1", "k2"]);
    const aborted = walk.published.filter(
      ({ event, payload }) => event === "chat" && (payload as { state: string }).state === "aborted",
    );
    expect(aborted.map(({ payload }) => (payload as { runId: string }).runId)).toEqual(["k1", "k2"]);
    expect(aborted[0]?.payload).toMatchObject({ stopReason: "rpc", message: { content: [{ text: "So far" }] } });
    expect(await walk.flow.stop("agent:main:main")).toEqual([]);
  });
});

describe("pairing", () => {
  it("gives a stranger one code, answers nothing else, and answers once approved", async () => {
    await using walk = await openWalk({ databaseFile, section: { dmPolicy: "pairing", allowFrom: [] } });
    walk.platform.say({ chatId: "eve", text: "hello" });
    const { text } = await walk.platform.waitForSent();
    const code = /Pairing code: ([A-HJ-NP-Z2-9]{8})/.exec(text)?.[1] ?? "";
    const repeat = walk.platform.say({ chatId: "eve", text: "hello?" });
    await repeat.acknowledged;
    expect(await walk.pairing.list({})).toMatchObject([{ senderId: "eve", code }]);
    expect(await walk.store.transaction((sql) => walk.pairing.approve(sql, "memory", "WRONGONE"))).toBeUndefined();
    expect(
      await walk.store.transaction((sql) => walk.pairing.approve(sql, "memory", code.toLowerCase())),
    ).toMatchObject({ senderId: "eve" });
    walk.platform.say({ chatId: "eve", text: "now?" });
    await walk.platform.waitForSent((sent) => sent.text === "Echo: now?");
    expect(walk.platform.sent).toHaveLength(2);
  });

  it("keeps at most three open requests per account", async () => {
    await using walk = await openWalk({ databaseFile, section: { dmPolicy: "pairing", allowFrom: [] } });
    const deliveries = ["a", "b", "c", "d", "e"].map((chatId) => walk.platform.say({ chatId, text: "hi" }));
    await Promise.all(deliveries.map(({ acknowledged }) => acknowledged));
    await eventually("three codes", () => walk.platform.sent.length === 3);
    await walk.flow.route();
    expect(await walk.pairing.list({})).toHaveLength(3);
    expect(walk.platform.sent).toHaveLength(3);
  });
});
