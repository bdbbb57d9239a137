import { MemoryPlatform } from "@openclaw/channels-contract/memory";
import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { draftLength } from "../src/flow/turn/drafts.ts";
import { finishPart, ScriptedAgent } from "./support/scripted-agent.ts";
import { openWalk, type WalkOptions } from "./support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

/** A walk whose agent writes what it is given, one delta at a time, and ends when there is no more. */
async function writingWalk(options: Omit<WalkOptions, "databaseFile"> = {}) {
  const agent = new ScriptedAgent();
  /** What is written next; undefined ends it. */
  const deltas: (string | undefined)[] = [];
  let wake = Promise.withResolvers<void>();
  agent.script = async function* () {
    let text = "";
    for (;;) {
      if (deltas.length === 0) await wake.promise;
      wake = Promise.withResolvers();
      const delta = deltas.shift();
      if (delta === undefined) break;
      text += delta;
      // Chat events come at most every 150 ms.
      await new Promise((resolve) => setTimeout(resolve, 160));
      yield { type: "text", delta };
    }
    yield finishPart([{ role: "assistant", content: [{ type: "text", text }], timestamp: 1, stopReason: "stop" }]);
  };
  const walk = await openWalk({ databaseFile: `${directory.path}/gateway.sqlite`, agent, ...options });
  const push = (delta: string | undefined) => {
    deltas.push(delta);
    wake.resolve();
  };
  const write = (delta: string) => push(delta);
  const end = () => push(undefined);
  return Object.assign(walk, { write, end });
}

const inThread = { chatId: "ada", threadId: "7", text: "hello" };

describe("drafts of replies", () => {
  it("grow in threads while the reply is written, and the reply is one message after them", async () => {
    await using walk = await writingWalk();
    walk.platform.say(inThread);
    for (const [index, text] of ["One", "One two", "One two three"].entries()) {
      walk.write(["One", " two", " three"][index] ?? "");
      await eventually("the draft", () => walk.platform.drafts.at(-1)?.text === text);
    }
    expect(walk.platform.sent).toEqual([]);
    walk.end();
    await walk.platform.waitForSent();
    const shown = walk.platform.drafts.length;
    expect(walk.platform.drafts.map(({ to, id }) => [to.threadId, id])).toEqual(
      Array.from({ length: shown }, () => ["7", walk.platform.drafts[0]?.id]),
    );
    expect(walk.platform.sent.map(({ text }) => text)).toEqual(["One two three"]);
    expect(await walk.outbox.countByState()).toMatchObject({ queued: 0 });
    expect(walk.platform.drafts).toHaveLength(shown);
  });

  it.each([
    ["outside of threads", { chatId: "ada", text: "hello" }, {}],
    ["where replies are not delivered", inThread, { sendPolicy: { default: "deny" } }],
  ] as const)("are not shown %s", async (_where, message, options) => {
    await using walk = await writingWalk(options);
    walk.platform.say(message);
    walk.write("One");
    await eventually("the delta", () => walk.published.some(({ event }) => event === "chat"));
    walk.write(" two");
    walk.end();
    await eventually("the end", async () => (await walk.turnQueue.countOpen()).running === 0);
    expect(walk.platform.drafts).toEqual([]);
  });

  it("are not shown for a reply that wants to stay silent", async () => {
    const platform = new MemoryPlatform();
    await using walk = await writingWalk({ platform });
    platform.say(inThread);
    walk.write("NO_REPLY");
    walk.end();
    await eventually(
      "the end",
      async () => (await walk.turnQueue.countOpen()).running === 0 && walk.agent.turns.length === 1,
    );
    expect(platform.drafts).toEqual([]);
    expect(platform.sent).toEqual([]);
  });

  it("grow in blocks where that is wanted", () => {
    const blocks = { minChars: 10, maxChars: 30, breakPreference: "paragraph" } as const;
    const text = "First sentence here. Second one.\n\nA paragraph that goes on and on";
    expect(draftLength("Too short", 0, blocks)).toBe(0);
    expect(text.slice(0, draftLength(text.slice(0, 25), 0, blocks))).toBe("First sentence here. ");
    expect(draftLength("x".repeat(31), 0, blocks)).toBe(30);
    expect(draftLength(text, 34, { ...blocks, maxChars: 20 })).toBe(54);
    expect(text.slice(0, draftLength(text, 0, { ...blocks, maxChars: 40 }))).toBe(
      "First sentence here. Second one.\n\n",
    );
    expect(draftLength(text, 0, undefined)).toBe(text.length);
  });
});
