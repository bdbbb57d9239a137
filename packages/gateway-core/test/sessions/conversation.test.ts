import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { finishPart, ScriptedAgent } from "../support/scripted-agent.ts";
import { openWalk, type WalkOptions } from "../support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const KEY = "agent:main:memory:dm:ada";
const GROUP = { chatId: "g1", chatType: "group", chatTitle: "Friends" } as const;
const open = (options: Partial<WalkOptions> = {}) =>
  openWalk({ databaseFile: `${directory.path}/gateway.sqlite`, ...options });
type Walk = Awaited<ReturnType<typeof open>>;

async function ask(walk: Walk, text: string, more: object = {}): Promise<string> {
  const before = walk.platform.sent.length;
  walk.platform.say({ chatId: "ada", text, ...more });
  return eventually(`an answer to ${text}`, () => walk.platform.sent[before]?.text);
}

/** Makes the last word of a session as old as that. */
const age = (walk: Walk, milliseconds: number) =>
  walk.store.run("UPDATE sessions SET interacted_at = interacted_at - ?", milliseconds);

describe("a session that is over", () => {
  it("begins anew at the next message: new id, nothing counted, the old transcript and the settings kept", async () => {
    await using walk = await open({ resetRule: { idleMs: 60_000 } });
    await ask(walk, "/think high");
    await ask(walk, "one");
    const before = await walk.sessions.get(KEY);
    await ask(walk, "two");
    expect(await walk.sessions.get(KEY)).toMatchObject({ sessionId: before?.sessionId, totalTokens: 16 });
    await age(walk, 61_000);
    await ask(walk, "three");
    const after = await walk.sessions.get(KEY);
    expect(after?.sessionId).not.toBe(before?.sessionId);
    expect(after).toMatchObject({ totalTokens: 8, thinkingLevel: "high" });
    expect(walk.agent.turns.at(-1)?.history).toEqual([]);
    expect(await walk.sessions.history(before?.sessionId ?? "", 10)).toHaveLength(4);
    const past = await walk.store.all("SELECT session_id FROM past_sessions WHERE key = ?", KEY);
    expect(past).toEqual([{ session_id: before?.sessionId }]);
  });

  it("is not kept alive by turns that nobody asked for", async () => {
    await using walk = await open({ resetRule: { idleMs: 60_000 } });
    await ask(walk, "one");
    const before = await walk.sessions.get(KEY);
    await age(walk, 61_000);
    const scheduled = { source: "agent", sessionKey: KEY, agentId: "main", isScheduled: true } as const;
    const { turn } = await walk.flow.submit("cron", {
      ...scheduled,
      idempotencyKey: "c1",
      request: { prompt: "tick" },
    });
    expect(await walk.flow.wait(turn.runId, 5_000)).toMatchObject({ state: "done" });
    expect(await walk.sessions.get(KEY)).toMatchObject({ sessionId: before?.sessionId });
    await ask(walk, "two");
    expect((await walk.sessions.get(KEY))?.sessionId).not.toBe(before?.sessionId);
  });

  it("remembers where it began", async () => {
    await using walk = await open();
    await ask(walk, "one", { senderName: "Ada" });
    expect((await walk.sessions.get(KEY))?.origin).toEqual({
      provider: "memory",
      surface: "memory",
      chatType: "direct",
      from: "ada",
      to: "ada",
      accountId: "default",
      label: "Ada",
    });
  });
});

describe("what is shown besides the answer", () => {
  const agent = () => {
    const scripted = new ScriptedAgent();
    scripted.script = async function* () {
      yield { type: "reasoning", delta: "Let me think." };
      const content = [
        { type: "toolCall", id: "1", name: "look", arguments: { at: "sky" } },
        { type: "text", text: "It is blue." },
      ] as const;
      const result = { role: "toolResult", toolCallId: "1", toolName: "look", isError: false, timestamp: 1 } as const;
      yield finishPart([
        { role: "assistant", content, timestamp: 1 },
        { ...result, content: [{ type: "text", text: "blue" }] },
      ]);
    };
    return scripted;
  };

  it("is nothing unless it was asked for", async () => {
    await using walk = await open({ agent: agent() });
    expect(await ask(walk, "what colour?")).toBe("It is blue.");
  });

  it("is thoughts, tools and tokens, each in its place, when it was", async () => {
    await using walk = await open({ agent: agent() });
    await ask(walk, "/reasoning on");
    await ask(walk, "/usage tokens");
    walk.platform.say({ chatId: "ada", text: "/verbose full what colour?" });
    await eventually("all of it", () => walk.platform.sent.length === 5);
    expect(walk.platform.sent.slice(2).map(({ text }) => text)).toEqual([
      "Reasoning:\nLet me think.",
      '🔧 look: {"at":"sky"}\nblue',
      "It is blue.\n\nUsage: 3 in / 5 out",
    ]);
    await ask(walk, "/reasoning off");
    expect(await ask(walk, "and now?")).toBe("It is blue.\n\nUsage: 3 in / 5 out");
  });

  it("is not even the answer where nothing may be delivered, though the turn runs", async () => {
    await using walk = await open({ sendPolicy: { rules: [{ action: "deny", match: { chatType: "direct" } }] } });
    walk.platform.say({ chatId: "ada", text: "hello" });
    await eventually("the turn to end", async () => (await walk.sessions.get(KEY))?.totalTokens === 8);
    expect(await walk.outbox.list({ limit: 10 })).toEqual([]);
    expect(await ask(walk, "hello", { ...GROUP, mentionsSelf: true })).toContain("hello");
  });
});

describe("groups", () => {
  it("tells the agent what was said since its last answer, once, no more than the limit", async () => {
    await using walk = await open({ groupHistoryLimit: 2 });
    for (const text of ["first", "second", "third"]) {
      await walk.platform.say({ ...GROUP, senderId: "bob", senderName: "Bob", text }).acknowledged;
    }
    await ask(walk, "what do you say?", { ...GROUP, senderId: "ada", senderName: "Ada", mentionsSelf: true });
    expect(walk.agent.turns[0]?.prompt).toBe(
      [
        "[Chat messages since your last reply - for context]",
        "Bob: second",
        "Bob: third",
        "",
        "[Current message - respond to this]",
        "Ada: what do you say?",
      ].join("\n"),
    );
    await ask(walk, "and you?", { ...GROUP, senderId: "ada", senderName: "Ada", mentionsSelf: true });
    expect(walk.agent.turns[1]?.prompt).toBe("Ada: and you?");
  });

  it("keeps what it overheard across a restart, and nothing when the limit is 0", async () => {
    const first = await open();
    await first.platform.say({ ...GROUP, senderId: "bob", senderName: "Bob", text: "before" }).acknowledged;
    await eventually("the decision", async () => (await first.inbox.countWaiting()) === 0);
    await first.stop();
    await using walk = await open({ platform: first.platform });
    await ask(walk, "well?", { ...GROUP, senderId: "ada", mentionsSelf: true });
    expect(walk.agent.turns[0]?.prompt).toContain("Bob: before");
    await using deaf = await open({ databaseFile: `${directory.path}/deaf.sqlite`, groupHistoryLimit: 0 });
    await deaf.platform.say({ ...GROUP, senderId: "bob", text: "before" }).acknowledged;
    await ask(deaf, "well?", { ...GROUP, senderId: "ada", mentionsSelf: true });
    expect(deaf.agent.turns[0]?.prompt).toBe("ada: well?");
  });

  it("answers to its name, and to everything once activation is always", async () => {
    await using walk = await open({
      section: { allowFrom: ["ada"], groupPolicy: "open" },
      mentionPatterns: ["\\bclaw\\b"],
    });
    expect(await ask(walk, "hey Claw", { ...GROUP, senderId: "bob" })).toContain("hey Claw");
    expect(walk.agent.turns[0]?.extraSystemPrompt).toContain('a group chat on memory, "Friends"');
    expect(walk.agent.turns[0]?.extraSystemPrompt).not.toContain("NO_REPLY");
    expect(await ask(walk, "/activation always", { ...GROUP, senderId: "ada" })).toContain("I read every message");
    expect(await ask(walk, "nobody in particular", { ...GROUP, senderId: "bob" })).toContain("nobody");
    expect(walk.agent.turns[1]?.extraSystemPrompt).toContain("NO_REPLY");
    await ask(walk, "/activation mention", { ...GROUP, senderId: "ada" });
    await walk.platform.say({ ...GROUP, senderId: "bob", text: "again nobody" }).acknowledged;
    await eventually("the decision", async () => (await walk.inbox.countWaiting()) === 0);
    expect(walk.agent.turns).toHaveLength(2);
  });
});
