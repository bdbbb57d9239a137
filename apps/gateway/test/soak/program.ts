/**
 * A gateway on a memory channel under a steady load, in a process of its own so that its memory can be read. Run by
 * soak.test.ts; the argument is JSON, the result one line of JSON.
 */
import { createMemoryChannel, MemoryPlatform } from "@openclaw/channels-contract/memory";
import { type Agent, createGateway, SqliteStore } from "@openclaw/gateway-core";

export interface SoakArgument {
  readonly stateDir: string;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly chats: number;
}

export interface SoakResult {
  readonly said: number;
  readonly answered: number;
  /** Answers that a message got more than once. */
  readonly doubled: number;
  /** Resident memory in MiB, a sample a second. */
  readonly memoryMiB: readonly number[];
  /** What is still in use after a collection, in KiB, with how many messages had been said. */
  readonly inUse: readonly { readonly said: number; readonly kibibytes: number }[];
  readonly rows: Readonly<Record<string, number>>;
  readonly mostOpen: number;
}

const { stateDir, seconds, messagesPerSecond, chats } = JSON.parse(process.argv[2] ?? "{}") as SoakArgument;
const agent: Agent = {
  listModels: () => Promise.resolve([]),
  defaultModel: () => "soak/echo",
  async *runTurn({ prompt }) {
    yield { type: "text", delta: prompt };
    const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
    const content = [{ type: "text", text: prompt }] as const;
    yield { type: "finish", reason: "stop", usage, messages: [{ role: "assistant", content, timestamp: Date.now() }] };
  },
};
// The platform forgets early: what grows is to be the gateway's own.
const memory = createMemoryChannel({ platform: new MemoryPlatform({ maxSent: 1_000 }) });
const store = SqliteStore.open(`${stateDir}/gateway.sqlite`);
const gateway = await createGateway({
  stateDir,
  store: () => store,
  listen: { port: 0 },
  config: {
    gateway: { mode: "local" },
    session: { dmScope: "per-channel-peer" },
    messages: { queue: { mode: "followup", debounceMs: 0 } },
    channels: { memory: {} },
  },
  channels: [memory.plugin],
  agent,
});
await gateway.start();

const total = seconds * messagesPerSecond;
/** How often each message was answered. */
const answers = new Uint8Array(total);
const tally = { answered: 0 };
memory.platform.onSent(({ text }) => {
  const index = Number(text.slice("message ".length));
  if (answers[index] === 0) tally.answered += 1;
  answers[index] = (answers[index] ?? 0) + 1;
});
const memoryMiB: number[] = [];
const inUse: { said: number; kibibytes: number }[] = [];
let mostOpen = 0;
let said = 0;
const startedAt = performance.now();
while (said < total) {
  const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1_000) * messagesPerSecond) + 1);
  for (; said < due; said += 1) memory.platform.say({ chatId: `chat${said % chats}`, text: `message ${said}` });
  if (memoryMiB.length < (performance.now() - startedAt) / 1_000) {
    if (memoryMiB.length % Math.ceil(seconds / 20) === 0) {
      // Only there with --expose-gc.
      globalThis.gc?.();
      inUse.push({ said, kibibytes: Math.round(process.memoryUsage().heapUsed / 1_024) });
    }
    memoryMiB.push(Math.round(process.memoryUsage.rss() / 1_048_576));
    mostOpen = Math.max(mostOpen, await countOpen());
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
}
const deadline = performance.now() + 60_000;
while (tally.answered < said && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
while ((await countOpen()) > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
const doubled = answers.filter((count) => count > 1).length;
const rows = Object.fromEntries(
  await Promise.all(
    ["inbox", "turns", "outbox", "sessions", "transcript"].map(
      async (table) => [table, await countRows(table)] as const,
    ),
  ),
);
const result: SoakResult = { said, answered: tally.answered, doubled, memoryMiB, inUse, rows, mostOpen };
await gateway.stop({ drainMs: 1_000 });
console.log(JSON.stringify(result));

async function countRows(table: string): Promise<number> {
  return (await store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))?.n ?? 0;
}

async function countOpen(): Promise<number> {
  const row = await store.get<{ n: number }>(
    `SELECT (SELECT count(*) FROM inbox WHERE state = 'received')
       + (SELECT count(*) FROM turns WHERE state IN ('queued', 'running'))
       + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')) AS n`,
  );
  return row?.n ?? 0;
}
