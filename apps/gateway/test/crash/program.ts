/**
 * A gateway on Telegram that dies at a chosen instant, or stops by itself once nothing is left to do. Run by
 * crash-matrix.test.ts; the argument is JSON.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";

import { createTelegramChannel } from "@openclaw/channels-telegram";
import {
  type Agent,
  type AgentTurn,
  createGateway,
  SqliteStore,
  type Tool,
  type TurnPart,
} from "@openclaw/gateway-core";

import { CrashPoints, crashingAgent, crashingChannel, crashingStore } from "./crash-points.ts";

export interface ProgramArgument {
  readonly stateDir: string;
  readonly apiRoot: string;
  readonly token: string;
  readonly crashAt: number;
  /** How many messages the person writes. */
  readonly expected: number;
}

/** A reply of three messages. */
export const LONG_REPLY = ["A", "B", "C"].map((letter) => letter.repeat(3_500)).join("\n\n");

/** The caption of a photo that is answered with a file. */
const PHOTO_CAPTION = "photo";

const { stateDir, apiRoot, token, crashAt, expected } = JSON.parse(process.argv[2] ?? "{}") as ProgramArgument;
const points = new CrashPoints(crashAt);
const store = () => crashingStore(SqliteStore.open(`${stateDir}/gateway.sqlite`), points);

const note: Tool = {
  name: "note",
  description: "Sends a note.",
  parameters: { type: "object" },
  sideEffects: true,
  execute: async (_input, context) => {
    await context.call("send", {
      channel: "telegram",
      to: "4711",
      message: "note",
      idempotencyKey: context.toolCallId,
    });
    return { text: "sent" };
  },
};

const agent: Agent = {
  listModels: () => Promise.resolve([]),
  defaultModel: () => "crash/test",
  runTurn: (turn, signal) => answer(turn, signal),
};

async function* answer({ prompt, tools }: AgentTurn, signal: AbortSignal): AsyncIterable<TurnPart> {
  yield { type: "model", provider: "crash", model: "test" };
  if (prompt === "act") {
    yield { type: "tool-call", toolCallId: "call-1", name: "note", input: {} };
    const result = await tools[0]?.execute({}, "call-1", signal);
    yield { type: "tool-result", toolCallId: "call-1", name: "note", result: result ?? { text: "no tool" } };
  }
  const text = await replyTo(prompt);
  yield { type: "text", delta: text };
  const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
  const content = [{ type: "text", text }] as const;
  yield { type: "finish", reason: "stop", usage, messages: [{ role: "assistant", content, timestamp: Date.now() }] };
}

async function replyTo(prompt: string): Promise<string> {
  if (prompt === "long") return LONG_REPLY;
  if (!prompt.endsWith(`\n${PHOTO_CAPTION}`)) return `Echo: ${prompt}`;
  const [, path = ""] = /<media:image> (\S+)/u.exec(prompt) ?? [];
  const seen = await readFile(path, "utf8").catch(() => "nothing");
  return `Saw: ${seen}\nMEDIA:file.txt`;
}

const workspace = `${stateDir}/workspace`;
await mkdir(workspace, { recursive: true });
await writeFile(`${workspace}/file.txt`, "what the file says");

const telegram = { botToken: token, apiRoot, dmPolicy: "open", allowFrom: ["*"] };
const gateway = await createGateway({
  stateDir,
  store,
  listen: { port: 0 },
  // Each message is a turn of its own, so that every one of them dies in all of its steps.
  config: {
    agents: { defaults: { workspace } },
    gateway: { mode: "local" },
    channels: { telegram },
    messages: { queue: { mode: "followup" } },
  },
  channels: [crashingChannel(createTelegramChannel(), points)],
  agent: crashingAgent(agent, points),
  tools: [note],
});
await gateway.start();

/** Everything the person wrote was taken in, and nothing waits any more. */
async function isSettled(): Promise<boolean> {
  const { rows } = await gateway.call("outbox.list", { limit: 1000 });
  const { messages } = await gateway.call("chat.history", { sessionKey: "main", limit: 1000 });
  const asked = messages.filter(({ role }) => role === "user").length;
  const open = rows.filter(({ state }) => state === "queued" || state === "sending").length;
  const { sessions } = await gateway.call("sessions.list", {});
  return asked >= expected && open === 0 && !sessions.some(({ hasActiveRun }) => hasActiveRun);
}

while (!(await isSettled())) await new Promise((resolve) => setTimeout(resolve, 20));
const { rows } = await gateway.call("outbox.list", { limit: 1000 });
console.log(`settled ${JSON.stringify({ points: points.count, states: rows.map(({ state }) => state) })}`);
await gateway.stop({ drainMs: 0 });
