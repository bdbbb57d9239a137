import type { ParamsOf, ResultOf } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { Turn } from "../sessions/turn.ts";
import { type CallContext, defineHandler, idempotencyClient } from "./define.ts";
import { assertMaySend, findSessionTarget, lastRoute, refuseAttachments } from "./session-target.ts";

/** A message that is one of these, and nothing else, stops what runs. Source: chat command facts 3.11. */
const STOP_WORDS = new Set(["/stop", "stop", "abort", "esc", "wait", "exit", "interrupt"]);

export const chatSend = defineHandler("chat.send", (params, context) => sayInSession(params, context));

/** Says something in a session, once per key. Throws GatewayError. */
export async function sayInSession(
  params: ParamsOf<"chat.send">,
  context: CallContext,
): Promise<ResultOf<"chat.send">> {
  refuseAttachments(params.attachments);
  const prompt = params.message.trim();
  if (prompt === "") throw new GatewayError("INVALID_REQUEST", "message or attachment required");
  const target = await findSessionTarget(context, params.sessionKey);
  if (STOP_WORDS.has(prompt.toLowerCase())) {
    const runIds = await context.messages.stop(target.sessionKey);
    return { ok: true as const, aborted: runIds.length > 0, runIds: [...runIds] };
  }
  // A command may be what lifts the policy.
  if (!(await context.messages.isCommand(prompt, target.sessionKey))) assertMaySend(context, target);
  const { turn, isNew } = await context.messages.submit(idempotencyClient(context.caller), {
    idempotencyKey: params.idempotencyKey,
    source: "chat",
    sessionKey: target.sessionKey,
    agentId: target.agentId,
    ...(context.caller.scopes.includes("operator.admin") ? { byOwner: true } : {}),
    request: {
      prompt: params.message,
      ...(params.thinking === undefined ? {} : { thinking: params.thinking }),
      ...(params.timeoutMs === undefined || params.timeoutMs === 0 ? {} : { timeoutMs: params.timeoutMs }),
    },
    ...(params.deliver === true ? { route: lastRoute(target) } : {}),
  });
  return isNew ? { runId: turn.runId, status: "started" as const } : statusOf(turn);
}

function statusOf(turn: Turn): ResultOf<"chat.send"> {
  const { runId, state, error, endedAt, answer } = turn;
  const ended = endedAt === undefined ? {} : { endedAt };
  switch (state) {
    case "queued":
    case "running":
    case "merged":
      return { runId, status: "in_flight" };
    case "done":
      return { runId, status: "ok", ...ended, ...(answer ? { stopReason: answer.stopReason } : {}) };
    case "aborted":
      return { runId, status: "timeout", summary: "aborted", stopReason: "rpc", ...ended };
    case "failed":
      return { runId, status: "error", summary: error?.message ?? "The turn failed.", ...ended };
  }
}
