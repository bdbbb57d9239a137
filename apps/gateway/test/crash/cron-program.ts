/**
 * A gateway with two scheduled jobs that dies at a chosen instant, or stops by itself once both have ended. Run by
 * cron-crash.test.ts; the argument is JSON.
 */
import { createTelegramChannel } from "@openclaw/channels-telegram";
import { type Agent, type AgentTurn, createGateway, SqliteStore, type TurnPart } from "@openclaw/gateway-core";

import { CrashPoints, crashingAgent, crashingChannel, crashingStore } from "./crash-points.ts";

export interface CronProgramArgument {
  readonly stateDir: string;
  readonly apiRoot: string;
  readonly token: string;
  readonly crashAt: number;
  readonly chatId: string;
}

/** What the program says at its end. */
export interface CronReport {
  readonly points: number;
  /** Every slot, as job name and state. */
  readonly slots: readonly string[];
  /** Lines that wait for the main session. */
  readonly lines: readonly string[];
  readonly outbox: readonly string[];
}

const SOON_MS = 30;
const { stateDir, apiRoot, token, crashAt, chatId } = JSON.parse(process.argv[2] ?? "{}") as CronProgramArgument;
const points = new CrashPoints(crashAt);

const agent: Agent = {
  listModels: () => Promise.resolve([]),
  defaultModel: () => "crash/test",
  runTurn: (turn) => answer(turn),
};

async function* answer(_turn: AgentTurn): AsyncIterable<TurnPart> {
  yield { type: "model", provider: "crash", model: "test" };
  const text = "The report.";
  yield { type: "text", delta: text };
  const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
  const content = [{ type: "text", text }] as const;
  yield { type: "finish", reason: "stop", usage, messages: [{ role: "assistant", content, timestamp: Date.now() }] };
}

const gateway = await createGateway({
  stateDir,
  store: () => crashingStore(SqliteStore.open(`${stateDir}/gateway.sqlite`), points),
  listen: { port: 0 },
  config: { gateway: { mode: "local" }, channels: { telegram: { botToken: token, apiRoot } } },
  channels: [crashingChannel(createTelegramChannel(), points)],
  agent: crashingAgent(agent, points),
});
await gateway.start();

const { jobs } = await gateway.call("cron.list", { includeDisabled: true });
const hasJob = (name: string) => jobs.some((job) => job.name === name);
const schedule = { kind: "at", atMs: Date.now() + SOON_MS } as const;
if (!hasJob("tea")) {
  await gateway.call("cron.add", { name: "tea", schedule, payload: { kind: "systemEvent", text: "Time for tea." } });
}
if (!hasJob("report")) {
  const delivery = { mode: "announce", channel: "telegram", to: chatId } as const;
  await gateway.call("cron.add", {
    name: "report",
    schedule,
    payload: { kind: "agentTurn", message: "Report." },
    delivery,
  });
}

/** Both jobs have ended, and what they led to has been delivered. */
async function isSettled(): Promise<boolean> {
  const { entries } = await gateway.call("cron.runs", {});
  const { rows } = await gateway.call("outbox.list", { limit: 100 });
  const names = new Set(entries.map(({ jobName }) => jobName));
  return (
    names.has("tea") && names.has("report") && !rows.some(({ state }) => state === "queued" || state === "sending")
  );
}

while (!(await isSettled())) await new Promise((resolve) => setTimeout(resolve, 20));
const { entries } = await gateway.call("cron.runs", {});
const { rows } = await gateway.call("outbox.list", { limit: 100 });
const { queuedSystemEvents } = await gateway.call("status", {});
const report: CronReport = {
  points: points.count,
  slots: entries.map(({ jobName, slot }) => `${jobName} ${slot}`),
  lines: queuedSystemEvents,
  outbox: rows.map(({ state }) => state),
};
console.log(`settled ${JSON.stringify(report)}`);
await gateway.stop({ drainMs: 0 });
