import { MemoryPlatform } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";

import { DyingStore } from "../support/dying-store.ts";
import { openWalk } from "../support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const KEY = "agent:main:memory:dm:ada";
const MAX_COMMITS = 40;

/** What a command must have led to once everything has settled, however often its process died. */
interface Expectation {
  readonly command: string;
  /** The reply stands in the outbox once; the agent answers where this is absent. */
  readonly reply: RegExp;
  readonly past: number;
  readonly verboseLevel?: string;
}

it.each<Expectation>([
  { command: "/verbose full", reply: /^Verbose set to full\.$/u, past: 0, verboseLevel: "full" },
  { command: "/whoami", reply: /^Channel: memory/u, past: 0 },
  { command: "/new again", reply: /^Echo: again$/u, past: 1 },
])("promise 2: $command is carried out once, whichever commit the process dies at", async (expected) => {
  let deaths = 0;
  for (let atCommit = 1; atCommit <= MAX_COMMITS; atCommit += 1) {
    for (const afterwards of [false, true]) {
      const databaseFile = `${directory.path}/${atCommit}-${String(afterwards)}.sqlite`;
      const platform = new MemoryPlatform({ idempotentSend: true });
      await greet(databaseFile, platform);
      const died = await dieDuring(expected.command, { databaseFile, platform, death: { atCommit, afterwards } });
      await check(databaseFile, platform, expected);
      if (!died) {
        expect(deaths).toBeGreaterThan(4);
        return;
      }
      deaths += 1;
    }
  }
  throw new Error(`More than ${MAX_COMMITS} commits for one command.`);
});

async function greet(databaseFile: string, platform: MemoryPlatform): Promise<void> {
  await using walk = await openWalk({ databaseFile, platform });
  platform.say({ chatId: "ada", text: "hello" });
  await eventually("the greeting's receipt", async () => (await walk.outbox.list({ state: "sent", limit: 5 }))[0]);
}

/** Answers false when everything was over before the process could die. */
async function dieDuring(
  command: string,
  options: { databaseFile: string; platform: MemoryPlatform; death: { atCommit: number; afterwards: boolean } },
): Promise<boolean> {
  const walk = await openWalk({ ...options, unknownPolicy: "resend", start: false });
  try {
    // A death while it starts shows in the store, as any other.
    await start(walk).catch(() => undefined);
    options.platform.say({ chatId: "ada", text: command });
    return await eventually("its death, or the end of its work", async () => {
      if (walk.store instanceof DyingStore && walk.store.isDead) return { died: true };
      const rows = await walk.outbox.list({ limit: 10 });
      return rows.length === 2 && rows.every(({ state }) => state === "sent") && { died: false };
    }).then(({ died }) => died);
  } finally {
    await walk.stop();
  }
}

async function start(walk: Awaited<ReturnType<typeof openWalk>>): Promise<void> {
  walk.channels.start();
  await walk.outbox.start();
  await walk.flow.start();
}

async function check(databaseFile: string, platform: MemoryPlatform, expected: Expectation): Promise<void> {
  await using walk = await openWalk({ databaseFile, platform, unknownPolicy: "resend" });
  if ((await walk.inbox.countWaiting()) === 0 && platform.sent.length < 2) await walk.flow.route();
  const rows = await eventually("everything to be sent", async () => {
    const all = await walk.outbox.list({ limit: 10 });
    return all.length > 1 && all.every(({ state }) => state === "sent") && all;
  });
  const texts = rows.map(({ content }) => ("text" in content ? content.text : ""));
  expect(texts.filter((text) => expected.reply.test(text ?? ""))).toHaveLength(1);
  expect(rows).toHaveLength(2);
  expect(platform.sent).toHaveLength(2);
  expect(await walk.store.all("SELECT key FROM past_sessions")).toHaveLength(expected.past);
  expect((await walk.sessions.get(KEY))?.verboseLevel).toBe(expected.verboseLevel);
}
