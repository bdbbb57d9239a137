import type { ParamsOf, ResultOf } from "@openclaw/protocol";

import { defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import { isSubagentKey, mainSessionKey, sessionKeyOf } from "../sessions/session-key.ts";
import type { FollowUp, ReplyRoute, Turn } from "../sessions/turn.ts";
import { type CallContext, defineHandler, idempotencyClient } from "./define.ts";
import { assertEndedWell } from "./run-answer.ts";
import { sendTarget } from "./send-target.ts";
import {
  assertAgent,
  assertMaySend,
  findSessionTarget,
  lastRoute,
  refuseAttachments,
  type SessionTarget,
} from "./session-target.ts";

/** A turn ends by its own limit; this only bounds the wait for one that stands behind others. */
const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000;
const DEFAULT_PING_PONG_TURNS = 5;
/** Sub-agents that run or wait, of all sessions together. */
const MAX_OPEN_SUBAGENTS = 100;

export const agent = defineHandler("agent", async (params, context) => {
  refuseAttachments(params.attachments);
  const target = await chooseSession(params, context);
  if (params.deliver === true) assertMaySend(context, target);
  const followUp = await followUpOf(params, context, target);
  const { turn, isNew } = await context.messages.submit(idempotencyClient(context.caller), {
    idempotencyKey: params.idempotencyKey,
    source: "agent",
    sessionKey: target.sessionKey,
    agentId: target.agentId,
    request: {
      prompt: params.message,
      ...chosenModel(params),
      ...(params.thinking === undefined ? {} : { thinking: params.thinking }),
      ...(params.extraSystemPrompt === undefined ? {} : { extraSystemPrompt: params.extraSystemPrompt }),
      ...(followUp === undefined ? {} : { followUp }),
      ...(params.timeout === undefined || params.timeout === 0 ? {} : { timeoutMs: params.timeout * 1000 }),
    },
    ...(params.label === undefined && params.spawnedBy === undefined
      ? {}
      : { sessionFacts: { label: params.label, spawnedBy: params.spawnedBy } }),
    ...(params.deliver === true ? { route: deliveryRoute(params, context, target) } : {}),
  });
  const { runId, acceptedAt, endedAt } = turn;
  return {
    accepted: {
      runId,
      status: "accepted" as const,
      acceptedAt,
      sessionKey: target.sessionKey,
      agentId: target.agentId,
    },
    final: finalAnswer(turn, context),
    sends: isNew ? ("both" as const) : endedAt === undefined ? ("accepted" as const) : ("final" as const),
  };
});

async function finalAnswer({ runId }: Turn, { messages, signal }: CallContext): Promise<ResultOf<"agent">> {
  const turn = await messages.wait(runId, LONGEST_WAIT_MS, signal);
  if (!turn)
    throw new GatewayError("AGENT_TIMEOUT", `The run ${runId} has not ended; agent.wait waits for it further.`);
  assertEndedWell(turn);
  const { text, durationMs, sessionId, provider, model, usage, stopReason } = turn.answer;
  return {
    runId,
    status: "ok",
    summary: "completed",
    result: {
      payloads: text === "" ? [] : [{ text, mediaUrl: null }],
      meta: { durationMs, agentMeta: { sessionId, provider, model, usage }, aborted: false, stopReason },
    },
  };
}

/** What follows a turn that another session asks for: a report of a sub-agent, or an exchange between the two. */
async function followUpOf(
  { spawnedBy, label, lane, cleanup = "keep" }: ParamsOf<"agent">,
  context: CallContext,
  target: SessionTarget,
): Promise<FollowUp | undefined> {
  if (spawnedBy === undefined) return undefined;
  const { sessionKey, agentId } = await findSessionTarget(context, spawnedBy);
  const asker = { sessionKey, agentId };
  if (isSubagentKey(target.sessionKey)) {
    await assertRoomForSubagent(context, target.sessionKey);
    return { kind: "report", to: asker, cleanup, ...(label === undefined ? {} : { label }) };
  }
  if (lane !== "nested") return undefined;
  const { agentToAgent } = context.config.current.session;
  const asked = { sessionKey: target.sessionKey, agentId: target.agentId };
  return { kind: "exchange", asker, asked, turnsLeft: agentToAgent?.maxPingPongTurns ?? DEFAULT_PING_PONG_TURNS };
}

async function assertRoomForSubagent({ messages }: CallContext, sessionKey: string): Promise<void> {
  const open = [...(await messages.openRuns()).keys()].filter((key) => key !== sessionKey && isSubagentKey(key));
  if (open.length < MAX_OPEN_SUBAGENTS) return;
  throw new GatewayError(
    "UNAVAILABLE",
    `${open.length} sub-agents work or wait already; start another when one ends.`,
    {
      retryAfterMs: 30_000,
    },
  );
}

/** Picks the session: by key, by id, by the contact it is with, or the agent's main one. */
async function chooseSession(params: ParamsOf<"agent">, context: CallContext): Promise<SessionTarget> {
  const { config, sessions } = context;
  if (params.sessionKey !== undefined) return findSessionTarget(context, params.sessionKey);
  const agentId = params.agentId ?? defaultAgentId(config.current);
  assertAgent(context, agentId);
  if (params.sessionId !== undefined) {
    const session = await sessions.getById(params.sessionId);
    return findSessionTarget(context, session?.key ?? `agent:${agentId}:explicit:${params.sessionId}`);
  }
  if (params.to !== undefined) {
    const conversation = {
      agentId,
      channel: params.channel ?? "direct",
      account: params.accountId ?? "default",
      chat: { id: params.to, type: "direct" as const },
      senderId: params.to,
    };
    return findSessionTarget(context, sessionKeyOf(conversation, config.current.session));
  }
  return findSessionTarget(context, mainSessionKey(agentId, config.current.session));
}

function chosenModel({ model, provider }: ParamsOf<"agent">): { model?: string } {
  if (model === undefined) return {};
  return { model: provider === undefined || model.includes("/") ? model : `${provider}/${model}` };
}

function deliveryRoute(params: ParamsOf<"agent">, context: CallContext, target: SessionTarget): ReplyRoute {
  const to = params.replyTo ?? params.to;
  if (to === undefined) return lastRoute(target);
  const channel = params.replyChannel ?? params.channel;
  const accountId = params.replyAccountId ?? params.accountId;
  return sendTarget(context, {
    to,
    ...(channel === undefined ? {} : { channel }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(params.threadId === undefined ? {} : { threadId: params.threadId }),
  });
}
