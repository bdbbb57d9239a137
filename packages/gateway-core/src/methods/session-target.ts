import type { ResultOf } from "@openclaw/protocol";

import { agentIds, defaultAgentId } from "../config/agent-selection.ts";
import { GatewayError } from "../errors.ts";
import type { sessionRowOf } from "../sessions/rows/session-rows.ts";
import { agentOfSessionKey, canonicalSessionKey } from "../sessions/session-key.ts";
import { maySend } from "../sessions/rules/send-policy.ts";
import type { Session } from "../sessions/session-store.ts";
import type { ReplyRoute } from "../sessions/turn.ts";
import type { CallContext } from "./define.ts";

export interface SessionTarget {
  readonly sessionKey: string;
  readonly agentId: string;
  /** Undefined for a session nobody has spoken in. */
  readonly session: Session | undefined;
}

/** The session and the agent that a client's sessionKey means. Throws INVALID_REQUEST for an agent that is not there. */
export async function findSessionTarget(context: CallContext, givenKey: string): Promise<SessionTarget> {
  const { config, sessions } = context;
  const defaultId = defaultAgentId(config.current);
  const sessionKey = canonicalSessionKey(givenKey, defaultId, config.current.session);
  const agentId = agentOfSessionKey(sessionKey, defaultId);
  assertAgent(context, agentId);
  return { sessionKey, agentId, session: await sessions.get(sessionKey) };
}

export function assertAgent({ config }: CallContext, agentId: string): void {
  const known = agentIds(config.current);
  if (known.includes(agentId)) return;
  throw new GatewayError("INVALID_REQUEST", `unknown agent id "${agentId}"; configured agents: ${known.join(", ")}`);
}

/** Where a session's answers are delivered besides the control plane: the chat that last wrote in it. */
export function lastRoute({ session, sessionKey }: SessionTarget): ReplyRoute {
  if (session?.route) return session.route;
  throw new GatewayError(
    "INVALID_REQUEST",
    `No chat has written in the session ${sessionKey} yet, so there is nowhere to deliver to; leave out deliver, or name channel and to.`,
  );
}

/** Throws INVALID_REQUEST where the session's send policy keeps what is said in it from being delivered. */
export function assertMaySend({ config }: CallContext, { sessionKey, session }: SessionTarget): void {
  const subject = session ?? { key: sessionKey, chatType: "direct" as const };
  if (maySend(config.current.session.sendPolicy, subject)) return;
  throw new GatewayError(
    "INVALID_REQUEST",
    `send blocked by session policy: ${sessionKey}; /send on, sessions.patch or session.sendPolicy in the configuration change it`,
    { details: { reason: "send-policy" } },
  );
}

/** Refuses files with a message, which this version does not read. */
export function refuseAttachments(attachments: readonly unknown[] | undefined): void {
  if (!attachments || attachments.length === 0) return;
  throw new GatewayError(
    "INVALID_REQUEST",
    "Attachments are not supported by this version; send the message without them.",
  );
}

/** What a session without settings of its own uses. */
export async function modelDefaults(context: CallContext): Promise<ResultOf<"sessions.list">["defaults"]> {
  const [modelProvider = null, ...model] = context.agent
    .defaultModel(defaultAgentId(context.config.current))
    .split("/");
  return { modelProvider, model: model.join("/") || null, contextTokens: await contextTokens(context) };
}

/** The tokens a conversation may take: as configured, or what the default model reads. */
export async function contextTokens({ agent, config }: CallContext): Promise<number | null> {
  const configured = config.current.agents.defaults.contextTokens;
  if (configured !== undefined) return configured;
  const reference = agent.defaultModel(defaultAgentId(config.current));
  const model = (await agent.listModels()).find(({ provider, id }) => `${provider}/${id}` === reference);
  return model?.contextWindow ?? null;
}

/** What a row of a list is made from. */
export function rowsOf({ config, sessions }: CallContext): Parameters<typeof sessionRowOf>[2] {
  return { keys: config.current.session, sessions };
}
