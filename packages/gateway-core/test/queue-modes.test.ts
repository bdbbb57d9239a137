import { readFile } from "node:fs/promises";

import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { mergePrompts, parseQueueMode, withLeftOut } from "../src/sessions/queue-mode.ts";
import { sayParts, ScriptedAgent } from "./support/scripted-agent.ts";
import { openWalk, type WalkOptions } from "./support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

/** A walk whose first turn holds its lane until it is let go. */
async function busyWalk(options: Omit<WalkOptions, "databaseFile">) {
  const agent = new ScriptedAgent();
  const release = Promise.withResolvers<void>();
  const steered: string[] = [];
  agent.script = async function* (turn, signal) {
    if (turn.prompt === "first") {
      const aborted = new Promise<never>((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
      await Promise.race([release.promise, aborted]);
      steered.push(...((await turn.takeSteering?.()) ?? []));
    }
    yield* sayParts(`Echo: ${turn.prompt}`);
  };
  const walk = await openWalk({ databaseFile: `${directory.path}/gateway.sqlite`, agent, ...options });
  walk.platform.say({ chatId: "ada", text: "first" });
  await eventually("the first turn to run", () => agent.turns.length === 1);
  const say = async (...texts: readonly string[]) => {
    for (const text of texts) {
      const count =
        (await walk.store.get<{ n: number }>("SELECT count(*) AS n FROM inbox WHERE state <> 'received'"))?.n ?? 0;
      walk.platform.say({ chatId: "ada", text });
      await eventually("the message to be decided about", async () => {
        const row = await walk.store.get<{ n: number }>("SELECT count(*) AS n FROM inbox WHERE state <> 'received'");
        return (row?.n ?? 0) > count;
      });
    }
  };
  return Object.assign(walk, { release: () => release.resolve(), say, steered });
}

const sentTexts = (walk: { platform: { sent: readonly { text: string }[] } }) =>
  walk.platform.sent.map(({ text }) => text);

describe("messages that come while their session is busy", () => {
  it("collect: become one turn, in order, once the session is quiet", async () => {
    await using walk = await busyWalk({ queue: { mode: "collect", debounceMs: 50 } });
    await walk.say("second", "third");
    walk.release();
    await walk.platform.waitForSent(({ text }) => text === "Echo: second\n\nthird");
    expect(sentTexts(walk)).toEqual(["Echo: first", "Echo: second\n\nthird"]);
  });

  it("collect: keeps the messages of different chats apart, even in one session", async () => {
    await using walk = await busyWalk({ queue: { mode: "collect", debounceMs: 0 }, dmScope: "main" });
    await walk.say("second");
    walk.platform.say({ chatId: "bob", text: "other" });
    await eventually("bob's message to wait", async () => (await walk.turnQueue.open("agent:main:main")).length === 3);
    walk.release();
    await eventually("three answers", () => walk.platform.sent.length === 3);
    expect(walk.platform.sent.map(({ to, text }) => `${to.chatId}: ${text}`)).toEqual([
      "ada: Echo: first",
      "ada: Echo: second",
      "bob: Echo: other",
    ]);
  });

  it("followup: each gets a turn of its own", async () => {
    await using walk = await busyWalk({ queue: { mode: "followup" } });
    await walk.say("second", "third");
    walk.release();
    await eventually("three answers", () => walk.platform.sent.length === 3);
    expect(sentTexts(walk)).toEqual(["Echo: first", "Echo: second", "Echo: third"]);
  });

  it("steer: are told to the turn that runs, and stand in its transcript", async () => {
    await using walk = await busyWalk({ queue: { mode: "steer" } });
    await walk.say("also this", "and that");
    walk.release();
    await walk.platform.waitForSent();
    expect(walk.steered).toEqual(["also this", "and that"]);
    expect(await walk.turnQueue.open("agent:main:memory:dm:ada")).toEqual([]);
    const [session] = await walk.sessions.list();
    const history = await walk.sessions.history(session?.sessionId ?? "", 10);
    expect(
      history.map(({ content }) => content.map((block) => (block.type === "text" ? block.text : "")).join("")),
    ).toEqual(["first", "also this", "and that", "Echo: first"]);
  });

  it("steer: come with their files, in the transcript too", async () => {
    await using walk = await busyWalk({ queue: { mode: "steer" } });
    const photo = { kind: "image" as const, data: Buffer.from("png"), fileName: "cat.png", mimeType: "image/png" };
    walk.platform.say({ chatId: "ada", text: "what is this?", files: [photo] });
    await eventually("the message to wait", async () => (await walk.turnQueue.countOpen()).queued === 1);
    walk.release();
    await walk.platform.waitForSent();
    const [told] = walk.steered;
    const path = /^<media:image> (\S+) \(image\/png\)\nwhat is this\?$/u.exec(told ?? "")?.[1] ?? "";
    expect(await readFile(path, "utf8")).toBe("png");
    const [session] = await walk.sessions.list();
    const history = await walk.sessions.history(session?.sessionId ?? "", 10);
    expect(history[1]?.content).toEqual([{ type: "text", text: told }]);
  });

  it("steer: get a turn of their own when the one that ran has ended", async () => {
    await using walk = await busyWalk({ queue: { mode: "steer" } });
    walk.agent.script = (turn) => sayParts(`Echo: ${turn.prompt}`);
    walk.release();
    await walk.platform.waitForSent();
    await walk.say("second");
    await walk.platform.waitForSent(({ text }) => text === "Echo: second");
  });

  it("interrupt: stop what runs, and the newest runs", async () => {
    await using walk = await busyWalk({ queue: { mode: "interrupt" } });
    await walk.say("forget it, this");
    await walk.platform.waitForSent(({ text }) => text === "Echo: forget it, this");
    expect(sentTexts(walk)).toEqual(["Echo: forget it, this"]);
  });
});

describe("more messages than may wait", () => {
  const queue = { mode: "followup", cap: 2 } as const;

  it("old: the oldest goes", async () => {
    await using walk = await busyWalk({ queue: { ...queue, drop: "old" } });
    await walk.say("second", "third", "fourth");
    walk.release();
    await eventually("the last answer", () => sentTexts(walk).includes("Echo: fourth"));
    expect(sentTexts(walk)).toEqual(["Echo: first", "Echo: third", "Echo: fourth"]);
  });

  it("new: the new one goes, and its entry says why", async () => {
    await using walk = await busyWalk({ queue: { ...queue, drop: "new" } });
    await walk.say("second", "third", "fourth");
    walk.release();
    await eventually("the last answer", () => sentTexts(walk).includes("Echo: third"));
    expect(sentTexts(walk)).toEqual(["Echo: first", "Echo: second", "Echo: third"]);
    expect(await walk.store.get("SELECT reason FROM inbox WHERE state = 'ignored'")).toEqual({
      reason: "too many messages wait in its session",
    });
  });

  it("summarize: the oldest goes, and a line about it stays", async () => {
    await using walk = await busyWalk({ queue: { ...queue, drop: "summarize" } });
    await walk.say("second", "third", "fourth");
    walk.release();
    await eventually("the last answer", () => sentTexts(walk).includes("Echo: fourth"));
    expect(sentTexts(walk)[1]).toBe("Echo: [Earlier messages that were left out]\n- second\n\nthird");
  });
});

it("waits for a quiet moment before the first turn, when told to, and answers all of it at once", async () => {
  await using walk = await openWalk({ databaseFile: `${directory.path}/gateway.sqlite`, inboundDebounceMs: 150 });
  walk.platform.say({ chatId: "ada", text: "one" });
  walk.platform.say({ chatId: "ada", text: "two" });
  await walk.platform.waitForSent();
  expect(sentTexts(walk)).toEqual(["Echo: one\n\ntwo"]);
});

it("F3 what was told to a turn that died is not lost: the turn is run again with it", async () => {
  const databaseFile = `${directory.path}/gateway.sqlite`;
  const dead = await busyWalk({ queue: { mode: "steer" } });
  await dead.say("also this");
  const [turn] = await dead.turnQueue.open("agent:main:memory:dm:ada");
  if (!turn) throw new Error("No turn runs.");
  await dead.store.transaction((sql) => dead.backlog.takeSteering(sql, turn));
  await dead.store.run("UPDATE turns SET lease_owner = 'a dead process' WHERE state = 'running'");
  await dead.stop();
  await using walk = await openWalk({ databaseFile, platform: dead.platform });
  await walk.platform.waitForSent();
  expect(sentTexts(walk)).toEqual(["Echo: first\n\nalso this"]);
});

describe("queue-mode", () => {
  it.each([
    ["collect", "collect"],
    ["Queue", "steer"],
    ["steer+backlog", "steer"],
    ["interrupt ", "interrupt"],
    ["loud", undefined],
  ])("reads %s as %s", (text, mode) => {
    expect(parseQueueMode(text)).toBe(mode);
  });

  it("keeps the newest twenty lines of what was left out, above the prompt", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { minLength: 1, maxLength: 40 }), (dropped) => {
        const prompt = dropped.reduce(withLeftOut, "the rest");
        const expected = dropped.slice(-20).map((line) => `- ${line}`);
        expect(prompt).toBe(["[Earlier messages that were left out]", ...expected, "", "the rest"].join("\n"));
      }),
    );
    expect(mergePrompts(["a", "b"])).toBe("a\n\nb");
  });
});
