import { MemoryPlatform } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, expect, it } from "vitest";

import type { TurnSubmission } from "../../src/message-flow.ts";
import { DyingStore } from "../support/dying-store.ts";
import { sayParts, ScriptedAgent } from "../support/scripted-agent.ts";
import { openWalk, type WalkOptions } from "../support/walk.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const ADA = "agent:main:memory:dm:ada";
const CHILD = "agent:main:subagent:one";
const MAX_COMMITS = 40;
const SUBMISSION: TurnSubmission = {
  idempotencyKey: "s1",
  source: "agent",
  sessionKey: CHILD,
  agentId: "main",
  request: {
    prompt: "count",
    followUp: { kind: "report", to: { sessionKey: ADA, agentId: "main" }, cleanup: "keep" },
  },
};

type Options = Pick<WalkOptions, "platform" | "death"> & { readonly databaseFile: string };

function open(options: Options) {
  const agent = new ScriptedAgent();
  agent.script = ({ sessionKey }) => sayParts(sessionKey === CHILD ? "1 2 3" : "told");
  return openWalk({ ...options, agent, unknownPolicy: "resend", start: false });
}
type Walk = Awaited<ReturnType<typeof open>>;

/** Starts, and asks for the sub-agent as whoever does not know whether that was taken does: with the same key. */
async function work(walk: Walk): Promise<void> {
  walk.channels.start();
  await walk.outbox.start();
  await walk.flow.start();
  await walk.flow.submit("client", SUBMISSION);
}

async function isSent({ outbox }: Walk): Promise<boolean> {
  const rows = await outbox.list({ limit: 10 });
  return rows.length === 2 && rows.every(({ state }) => state === "sent");
}

/** Answers false when everything was over before the process could die. */
async function dieDuring(options: Options): Promise<boolean> {
  const walk = await open(options);
  try {
    // A death while it starts shows in the store, as any other.
    await work(walk).catch(() => undefined);
    const { died } = await eventually("its death, or the end of its work", async () => {
      if (walk.store instanceof DyingStore && walk.store.isDead) return { died: true };
      return (await isSent(walk)) && { died: false };
    });
    return died;
  } finally {
    await walk.stop();
  }
}

it("a sub-agent reports once, whichever commit the process dies at", async () => {
  let deaths = 0;
  for (let atCommit = 1; atCommit <= MAX_COMMITS; atCommit += 1) {
    for (const afterwards of [false, true]) {
      const databaseFile = `${directory.path}/${atCommit}-${String(afterwards)}.sqlite`;
      const platform = new MemoryPlatform({ idempotentSend: true });
      {
        await using walk = await openWalk({ databaseFile, platform });
        platform.say({ chatId: "ada", text: "hello" });
        await eventually("the greeting", async () => (await walk.outbox.list({ state: "sent", limit: 5 }))[0]);
      }
      const died = await dieDuring({ databaseFile, platform, death: { atCommit, afterwards } });
      await using walk = await open({ databaseFile, platform });
      await work(walk);
      await eventually("the report", () => isSent(walk));
      const turns = await walk.store.all<{ run_id: string; state: string }>("SELECT run_id, state FROM turns");
      expect(turns.filter(({ run_id: id }) => id.startsWith("s1"))).toEqual([
        { run_id: "s1", state: "done" },
        { run_id: "s1:report", state: "done" },
      ]);
      expect(platform.sent.map(({ text }) => text)).toEqual(["Echo: hello", "told"]);
      if (!died) {
        expect(deaths).toBeGreaterThan(6);
        return;
      }
      deaths += 1;
    }
  }
  throw new Error(`More than ${MAX_COMMITS} commits for one report.`);
}, 60_000);
