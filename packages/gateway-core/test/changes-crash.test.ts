import { MemoryPlatform } from "@openclaw/channels-contract/memory";
import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, expect, it } from "vitest";

import { type Death, DyingStore } from "./support/dying-store.ts";
import { openWalk } from "./support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const MAX_COMMITS = 30;
const group = { chatType: "group" as const, senderId: "ada", senderName: "Ada", mentionsSelf: true };

it("promise 2: an edit, a reaction and a move are each taken once, whichever commit the process dies at", async () => {
  let deaths = 0;
  for (let atCommit = 1; atCommit <= MAX_COMMITS; atCommit += 1) {
    for (const afterwards of [false, true]) {
      const life = {
        databaseFile: `${directory.path}/${atCommit}-${String(afterwards)}.sqlite`,
        platform: new MemoryPlatform(),
      };
      const original = await greet(life);
      const died = await dieDuring(life, original, { atCommit, afterwards });
      await check(life);
      if (!died) {
        expect(deaths).toBeGreaterThan(8);
        return;
      }
      deaths += 1;
    }
  }
  throw new Error(`More than ${MAX_COMMITS} commits for three changes.`);
});

interface Life {
  readonly databaseFile: string;
  readonly platform: MemoryPlatform;
}

async function greet(life: Life): Promise<{ asked: string; answered: string }> {
  await using walk = await openWalk(life);
  const { messageId: asked } = life.platform.say({ ...group, chatId: "-1", text: "hello" });
  const row = await eventually("the receipt", async () => (await walk.outbox.list({ state: "sent", limit: 5 }))[0]);
  return { asked, answered: row.messageId ?? "" };
}

/** Answers false when everything was over before the process could die. */
async function dieDuring(life: Life, { asked, answered }: { asked: string; answered: string }, death: Death) {
  const walk = await openWalk({ ...life, death, start: false });
  try {
    const { platform } = life;
    platform.edit({ ...group, chatId: "-1", messageId: asked, text: "hello there" });
    const { mentionsSelf: _mentionsSelf, ...person } = group;
    platform.reactTo({ ...person, chatId: "-1", messageId: answered, emoji: "👍", ownOnly: true });
    platform.move("-1", "-1001");
    walk.channels.start();
    // A death while it starts shows in the store, as any other.
    await walk.outbox.start().catch(() => undefined);
    await walk.flow.start().catch(() => undefined);
    return await eventually("its death, or the end of its work", async () => {
      if (walk.store instanceof DyingStore && walk.store.isDead) return { died: true };
      const rows = await walk.inbox.list({ limit: 10 }).catch(() => []);
      return rows.length === 4 && rows.every(({ state }) => state !== "received") && { died: false };
    }).then(({ died }) => died);
  } finally {
    await walk.stop().catch(() => undefined);
  }
}

async function check(life: Life): Promise<void> {
  await using walk = await openWalk(life);
  await eventually("everything to be decided about", async () => {
    const rows = await walk.inbox.list({ limit: 10 });
    return rows.length === 4 && rows.every(({ state }) => state !== "received");
  });
  life.platform.say({ ...group, chatId: "-1001", text: "next" });
  await eventually("the turn", () => walk.agent.turns.length === 1);
  const [turn] = walk.agent.turns;
  expect(turn?.sessionKey).toBe("agent:main:memory:group:-1001");
  expect(turn?.history).toHaveLength(2);
  expect(turn?.prompt.split("\n").map((line) => line.replace(/^System: \[.*?\] |-?m?\d+/gu, ""))).toEqual([
    "Memory message edited by Ada on msg , it now reads: hello there",
    "Memory reaction added: 👍 by Ada on msg ",
    "Ada: next",
  ]);
}
