import { MemoryPlatform } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { hangingScript, ScriptedAgent } from "../support/scripted-agent.ts";
import { openWalk, type WalkOptions } from "../support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const KEY = "agent:main:memory:dm:ada";
const MODELS = [
  { reference: "scripted/test", contextWindow: 8_000 },
  { reference: "scripted/large", alias: "big", contextWindow: 200_000 },
  { reference: "other/small", contextWindow: 4_000 },
];

const open = (options: Partial<WalkOptions> = {}) =>
  openWalk({ databaseFile: `${directory.path}/gateway.sqlite`, models: MODELS, ...options });
type Walk = Awaited<ReturnType<typeof open>>;

/** Says something and waits for the next message out. */
async function ask(walk: Walk, text: string, more: object = {}): Promise<string> {
  const before = walk.platform.sent.length;
  walk.platform.say({ chatId: "ada", text, ...more });
  return eventually(`an answer to ${text}`, () => walk.platform.sent[before]?.text);
}

describe("chat commands in a chat", () => {
  it("answers a command itself, once, without asking the agent", async () => {
    await using walk = await open();
    expect(await ask(walk, "/whoami", { senderName: "Ada" })).toBe(
      `Channel: memory\nYour id: ada\nYour name: Ada\nSession: ${KEY}\nOwner: no`,
    );
    expect(await ask(walk, "/id")).toContain("Your id: ada");
    expect(walk.agent.turns).toEqual([]);
  });

  it("shows the model, the tokens and the settings with /status", async () => {
    await using walk = await open();
    await ask(walk, "hello");
    await ask(walk, "/think high");
    const card = await ask(walk, "/status");
    expect(card).toContain("Model: scripted/test");
    expect(card).toContain("Tokens: 3 in / 5 out");
    expect(card).toContain(`Session: ${KEY}`);
    expect(card).toContain("Think: high");
  });

  it("lists what there is with /help and /commands", async () => {
    await using walk = await open();
    expect(await ask(walk, "/help")).toContain("/new");
    const list = await ask(walk, "/commands");
    for (const name of ["/status", "/whoami, /id", "/new, /reset", "/send", "/queue", "(owner)"])
      expect(list).toContain(name);
  });

  it("leaves unknown commands, and sentences that begin like one, to the agent", async () => {
    await using walk = await open();
    expect(await ask(walk, "/frobnicate now")).toBe("Echo: /frobnicate now");
    expect(await ask(walk, "/usr/bin/env is a path")).toBe("Echo: /usr/bin/env is a path");
  });

  it("begins anew with /new: another transcript, counts from zero, the rest of the text as the first message", async () => {
    await using walk = await open();
    await ask(walk, "one");
    const before = await walk.sessions.get(KEY);
    expect(await ask(walk, "/new two")).toBe("Echo: two");
    const after = await walk.sessions.get(KEY);
    expect(after?.sessionId).not.toBe(before?.sessionId);
    expect(after?.totalTokens).toBe(8);
    expect(walk.agent.turns[1]?.history).toEqual([]);
    expect(await walk.sessions.history(before?.sessionId ?? "", 10)).toHaveLength(2);
  });

  it("greets after /reset alone, and takes a model named behind /new", async () => {
    await using walk = await open();
    await ask(walk, "one");
    expect(await ask(walk, "/reset")).toContain("A new conversation begins here");
    expect(await ask(walk, "/new big hello")).toBe("Echo: hello");
    expect(walk.agent.turns.at(-1)?.model).toBe("scripted/large");
    expect(await ask(walk, "/new bigger hello")).toBe("Echo: bigger hello");
  });

  it("takes configured words for /new", async () => {
    await using walk = await open({ resetTriggers: ["fresh start"] });
    await ask(walk, "one");
    expect(await ask(walk, "Fresh start two")).toBe("Echo: two");
    expect(walk.agent.turns[1]?.history).toEqual([]);
    expect(await ask(walk, "fresh starters")).toBe("Echo: fresh starters");
  });

  it("does not let a turn that began before /new count for the new conversation", async () => {
    const agent = new ScriptedAgent();
    const { script, begun } = hangingScript();
    agent.script = script;
    await using walk = await open({ agent });
    walk.platform.say({ chatId: "ada", text: "long" });
    await begun;
    walk.platform.say({ chatId: "ada", text: "/new" });
    await eventually("the new session", async () => (await walk.turnQueue.open(KEY)).length === 2);
    const fresh = await walk.sessions.get(KEY);
    await walk.flow.stop(KEY);
    expect(await walk.sessions.get(KEY)).toMatchObject({ sessionId: fresh?.sessionId, totalTokens: 0 });
  });

  it("stops what runs and waits with /stop, past the queue, and with a bare word while something runs", async () => {
    for (const word of ["/stop", "stop"]) {
      const agent = new ScriptedAgent();
      const { script, begun } = hangingScript();
      agent.script = script;
      await using walk = await open({ agent, databaseFile: `${directory.path}/${word.length}.sqlite` });
      walk.platform.say({ chatId: "ada", text: "long" });
      await begun;
      walk.platform.say({ chatId: "ada", text: "later" });
      await eventually("both turns", async () => (await walk.turnQueue.open(KEY)).length === 2);
      expect(await ask(walk, word)).toBe("Stopped what was running, and 1 that waited.");
      expect(await walk.turnQueue.open(KEY)).toEqual([]);
      agent.script = new ScriptedAgent().script;
      expect(await ask(walk, "stop")).toBe("Echo: stop");
      expect(await ask(walk, "/stop")).toBe("Nothing is running here.");
    }
  });

  it("lists and sets the model by number, alias, name and part of a name, and goes back to the default", async () => {
    await using walk = await open();
    const list = await ask(walk, "/models");
    expect(list).toContain("2. scripted/large (big)");
    for (const [wanted, model] of [
      ["2", "scripted/large"],
      ["other/small", "other/small"],
      ["BIG", "scripted/large"],
      ["small", "other/small"],
      ["lar", "scripted/large"],
    ] as const) {
      expect(await ask(walk, `/model ${wanted}`)).toBe(`This conversation now uses ${model}.`);
      await ask(walk, "hello");
      expect(walk.agent.turns.at(-1)?.model).toBe(model);
    }
    expect(await ask(walk, "/model scripted")).toContain("no model here, or more than one");
    expect(await ask(walk, "/model default")).toContain("default model again: scripted/test");
    await ask(walk, "hello");
    expect(walk.agent.turns.at(-1)?.model).toBeUndefined();
  });

  it("keeps a directive that stands alone, and takes one inside a message for that message only", async () => {
    await using walk = await open();
    expect(await ask(walk, "/think high")).toBe("Thinking set to high.");
    expect(await ask(walk, "please /think low answer /model big this")).toBe("Echo: please answer this");
    expect(walk.agent.turns[0]).toMatchObject({ thinking: "low", model: "scripted/large" });
    await ask(walk, "next");
    expect(walk.agent.turns[1]).toMatchObject({ thinking: "high" });
    expect(walk.agent.turns[1]?.model).toBeUndefined();
    expect(await ask(walk, "/think low /verbose full")).toBe("Thinking set to low.\nVerbose set to full.");
    expect(await walk.sessions.get(KEY)).toMatchObject({ thinkingLevel: "low", verboseLevel: "full" });
  });

  it("shows a level when none is given, and changes nothing for one it does not know", async () => {
    await using walk = await open();
    expect(await ask(walk, "/think")).toBe("Thinking: off. Levels: off, minimal, low, medium, high, xhigh, default.");
    expect(await ask(walk, "/think: medium")).toBe("Thinking set to medium.");
    expect(await ask(walk, "/think enormous")).toContain('"enormous" is no level of /think');
    expect(await walk.sessions.get(KEY)).toMatchObject({ thinkingLevel: "medium" });
    expect(await ask(walk, "/think default")).toContain("back to its default");
    expect(await walk.sessions.get(KEY)).not.toHaveProperty("thinkingLevel");
    expect(await ask(walk, "I wonder what /think enormous thoughts does")).toContain("/think enormous");
  });

  it("treats what comes during a turn as the session's own queue says", async () => {
    const agent = new ScriptedAgent();
    const { script, begun } = hangingScript();
    agent.script = script;
    await using walk = await open({ agent });
    await ask(walk, "/queue interrupt");
    walk.platform.say({ chatId: "ada", text: "long" });
    await begun;
    agent.script = new ScriptedAgent().script;
    expect(await ask(walk, "instead")).toBe("Echo: instead");
    expect(await walk.turnQueue.open(KEY)).toEqual([]);
  });

  it("answers questions inside a longer message beside the agent, which does not see them", async () => {
    await using walk = await open();
    walk.platform.say({ chatId: "ada", text: "/status and /think high what time is it? /whoami /nonsense" });
    await eventually("both answers", () => walk.platform.sent[1]);
    const [card, answer] = walk.platform.sent.map(({ text }) => text);
    expect(card).toMatch(/Model: scripted\/test[\s\S]*Your id: ada/u);
    expect(answer).toBe("Echo: and what time is it? /nonsense");
    expect(walk.agent.turns[0]?.thinking).toBe("high");
    await using group = await openWalk({
      databaseFile: `${directory.path}/group.sqlite`,
      section: { groups: { "*": { requireMention: false } }, allowFrom: ["boss"], groupPolicy: "open" },
    });
    group.platform.say({ chatId: "g", chatType: "group", senderId: "bob", text: "what says /status now" });
    await eventually("an answer", () => group.platform.sent[0]);
    expect(group.platform.sent.map(({ text }) => text)).toEqual(["Echo: bob: what says /status now"]);
  });

  it("reads only what a menu writes where text commands are off and people have a menu", async () => {
    const platform = new MemoryPlatform({ commandMenu: true });
    await using walk = await open({ textCommands: false, platform });
    expect(await ask(walk, "/whoami")).toContain("Your id: ada");
    expect(await ask(walk, "/id")).toBe("Echo: /id");
    expect(await ask(walk, "/think high why?")).toContain("is no level of /think");
    expect(await ask(walk, "why? /think high")).toBe("Echo: why? /think high");
    await using without = await openWalk({ databaseFile: `${directory.path}/without.sqlite`, textCommands: false });
    expect(await ask(without, "/id")).toContain("Your id: ada");
  });

  it("says that thoughts are not shown while they are thought", async () => {
    await using walk = await open();
    expect(await ask(walk, "/reasoning stream")).toMatch(/not shown while they are thought.*Levels: off, on/su);
  });

  it("has the conversation summarised with /compact, once whatever it says besides", async () => {
    await using walk = await open();
    expect(await ask(walk, "/compact")).toBe("There is nothing to summarise here yet.");
    await ask(walk, "hello");
    expect(await ask(walk, "/compact keep the names")).toContain("Summarised");
    expect(walk.agent.compacted?.wish).toEqual({ instructions: "keep the names" });
    expect(walk.agent.turns).toHaveLength(1);
  });

  it("stores how the queue behaves for the session", async () => {
    await using walk = await open();
    expect(await ask(walk, "/queue steer debounce:2s cap:25 drop:old")).toBe(
      "Queue set to steer debounce:2000ms cap:25 drop:old.",
    );
    expect(await walk.sessions.get(KEY)).toMatchObject({
      queue: { mode: "steer", debounceMs: 2_000, cap: 25, drop: "old" },
    });
    expect(await ask(walk, "/queue sideways")).toContain("nothing was changed");
    await ask(walk, "/queue default");
    expect(await walk.sessions.get(KEY)).not.toHaveProperty("queue");
  });
});

describe("who may give commands", () => {
  const group = { chatId: "g1", chatType: "group", chatTitle: "Friends" } as const;

  it("lets the owner alone use what is the owner's", async () => {
    await using walk = await open({ section: { allowFrom: ["ada"], dmPolicy: "allowlist" } });
    expect(await ask(walk, "/send off")).toContain("no longer delivered");
    expect(await walk.sessions.get(KEY)).toMatchObject({ sendPolicy: "deny" });
    await using other = await open({ databaseFile: `${directory.path}/other.sqlite` });
    expect(await ask(other, "/send off")).toBe("/send is for the owner of this assistant.");
  });

  it("passes over commands in a group from someone who is not listed, and obeys those who are without a mention", async () => {
    await using walk = await open({
      section: { groupPolicy: "open", allowFrom: ["ada"], groups: { "*": { requireMention: true } } },
    });
    const rejected = walk.platform.say({ ...group, senderId: "bob", text: "/new" });
    await rejected.acknowledged;
    expect(await ask(walk, "/whoami", { ...group, senderId: "ada" })).toContain("Owner: yes");
    expect(walk.platform.sent).toHaveLength(1);
    expect(walk.agent.turns).toEqual([]);
  });

  it("leaves a command that names another bot to that bot", async () => {
    await using walk = await open({ section: { groupPolicy: "open" } });
    const other = walk.platform.say({ ...group, senderId: "ada", text: "/status@otherbot" });
    await other.acknowledged;
    expect(await ask(walk, "/status@mybot", { ...group, senderId: "ada", mentionsSelf: true })).toContain("OpenClaw");
    expect(walk.platform.sent).toHaveLength(1);
  });
});
