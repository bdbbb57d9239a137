import type { ResultOf, Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { type AgentToAgent, agentOfSession, mayReach, outOfReach } from "./agent-reach.ts";
import { numberField, textField } from "../fields.ts";
import { failed, withGateway } from "../gateway-call.ts";

const DEFAULT_TIMEOUT_SECONDS = 30;
const MAX_TIMEOUT_SECONDS = 600;
const MAX_SEARCHED = 200;
/** What a session answers that has nothing to say to another one. Source: directive facts 4.4. */
const REPLY_SKIP = "REPLY_SKIP";

/** Writes into another session and waits for what it answers. */
export function sessionsSendTool(agentToAgent: () => AgentToAgent): Tool {
  return {
    name: "sessions_send",
    description:
      "Writes a message into another session, so that its agent answers it there, and waits for the answer. The answer comes to you; it is not delivered to the session's chat.",
    parameters: {
      type: "object",
      properties: {
        sessionKey: { type: "string", description: "The key of the session, as sessions_list shows it." },
        message: { type: "string", description: "What to say." },
        timeoutSeconds: {
          type: "number",
          minimum: 0,
          maximum: MAX_TIMEOUT_SECONDS,
          description: `How long to wait for the answer; ${DEFAULT_TIMEOUT_SECONDS} when left out, 0 for not at all.`,
        },
      },
      required: ["sessionKey", "message"],
      additionalProperties: false,
    },
    sideEffects: true,
    execute: (input, context, signal) =>
      withGateway(() => send(input, { context, signal, agentToAgent: agentToAgent() })),
  };
}

interface Sending {
  readonly context: ToolContext;
  readonly signal: AbortSignal;
  readonly agentToAgent: AgentToAgent;
}

async function send(input: unknown, { context, signal, agentToAgent }: Sending): Promise<ToolResult> {
  const sessionKey = textField(input, "sessionKey");
  const message = textField(input, "message");
  if (sessionKey === undefined || message === undefined) {
    return failed('"sessionKey" and "message" are required and must not be empty.');
  }
  // A turn that waits for its own session waits for itself.
  if (sessionKey === context.sessionKey) return failed("This is your own session; answer in it instead.");
  const other = agentOfSession(sessionKey);
  if (!mayReach(context.agentId, other, agentToAgent)) return failed(outOfReach(other));
  if (!(await exists(sessionKey, context))) {
    return failed(`There is no session "${sessionKey}". sessions_list shows the keys of those there are.`);
  }
  const seconds = Math.min(numberField(input, "timeoutSeconds") ?? DEFAULT_TIMEOUT_SECONDS, MAX_TIMEOUT_SECONDS);
  const runId = `${context.runId}:${context.toolCallId}`;
  const request = {
    sessionKey,
    message,
    extraSystemPrompt: introduction(context),
    // The two go on writing to each other when this answer is there.
    spawnedBy: context.sessionKey,
    lane: "nested",
    deliver: false,
    idempotencyKey: runId,
  };
  if (seconds === 0) {
    await context.start("agent", request);
    return { text: "Accepted. The session's answer is not waited for.", details: { runId, status: "accepted" } };
  }
  const run = context.call("agent", request);
  const answer = await within(run, seconds * 1_000, signal);
  if (answer === undefined) return stillRunning(runId, seconds);
  const text = (answer.result?.payloads ?? [])
    .map((payload) => payload.text ?? "")
    .join("\n\n")
    .trim();
  const details = { runId, status: "ok", reply: text };
  if (text === "" || text === REPLY_SKIP)
    return { text: "The session has read it and has nothing to answer.", details };
  return { text, details };
}

function introduction({ agentId, sessionKey }: ToolContext): string {
  return [
    "# This message",
    `It does not come from your person but from the agent "${agentId}", out of its session ${sessionKey}. Your answer goes back there.`,
    `When there is nothing to answer, say exactly ${REPLY_SKIP}.`,
  ].join("\n");
}

async function exists(sessionKey: string, context: ToolContext): Promise<boolean> {
  const { sessions } = await context.call("sessions.list", { search: sessionKey, limit: MAX_SEARCHED });
  return sessions.some(({ key }) => key === sessionKey);
}

function stillRunning(runId: string, seconds: number): ToolResult {
  const text = `No answer within ${seconds} seconds. The session goes on working on it; sessions_history shows what it comes to.`;
  return { text, details: { runId, status: "timeout", error: text } };
}

/** Undefined when the time is up first. The run goes on in any case; how it ends then concerns nobody here. */
async function within(
  run: Promise<ResultOf<"agent">>,
  milliseconds: number,
  signal: AbortSignal,
): Promise<ResultOf<"agent"> | undefined> {
  const timeUp = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => timeUp.resolve(undefined), milliseconds);
  const onAbort = (): void => timeUp.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([run, timeUp.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    run.catch(() => {});
  }
}
