import type { ErrorShape } from "@openclaw/protocol";

import type { QueueMode } from "./queue-mode.ts";
import type { Route } from "./session-store.ts";

/** What a turn was asked to do; stored with it, so that it can be taken up after a restart. */
export interface TurnRequest {
  readonly prompt: string;
  readonly model?: string;
  readonly thinking?: string;
  /** Whether the reply says which tools were used, and what the model thought. */
  readonly verbose?: string;
  readonly reasoning?: string;
  readonly extraSystemPrompt?: string;
  /** In milliseconds. */
  readonly timeoutMs?: number;
  /** Who wrote what is asked, by their ids on the channel; more than one when messages were put together. */
  readonly senders?: readonly string[];
  /** What follows when the turn is over; see flow/turn/follow-up.ts. */
  readonly followUp?: FollowUp;
  /** Nothing is asked: the session is summarised. */
  readonly compact?: { readonly instructions?: string; readonly keepMessages?: number };
}

/** The session whose turn asked for this one. */
export interface AskedBy {
  readonly sessionKey: string;
  readonly agentId: string;
}

/**
 * What a turn that another session asked for leads to, in the commit that ends it.
 * `report`: the task of a sub-agent is done; the session that gave it is told.
 * `exchange`: two sessions write to each other, `turnsLeft` times more, and then the one that was asked may tell its chat.
 * `announcement`: what it says goes to its chat, unless it wants to stay silent.
 */
export type FollowUp =
  | { readonly kind: "report"; readonly to: AskedBy; readonly label?: string; readonly cleanup: "keep" | "delete" }
  | {
      readonly kind: "exchange";
      readonly asker: AskedBy;
      readonly asked: AskedBy;
      readonly turnsLeft: number;
    }
  | { readonly kind: "announcement" };

/** Where the turn's answer is sent besides the control plane. */
export interface ReplyRoute extends Route {
  /** The platform message the first part answers. */
  readonly replyTo?: string;
}

export type TurnSource = "channel" | "chat" | "agent";
/** `merged`: it became part of another turn, which answers for both. */
export type TurnState = "queued" | "running" | "done" | "failed" | "aborted" | "merged";

export interface Turn {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: string;
  readonly source: TurnSource;
  readonly request: TurnRequest;
  readonly route?: ReplyRoute;
  readonly state: TurnState;
  readonly attempts: number;
  /** A tool that changes something outside was started: the turn must not be silently repeated. */
  readonly sideEffects: boolean;
  readonly acceptedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly answer?: TurnAnswer;
  readonly error?: ErrorShape;
}

/** The outcome of a turn that ended well. */
export interface TurnAnswer {
  /** What is shown; empty when the agent chose to stay silent. */
  readonly text: string;
  /** The agent said that there was nothing to report; the word for it is no longer in the text. */
  readonly isHeartbeatAck?: boolean;
  readonly stopReason: string;
  readonly provider: string;
  readonly model: string;
  readonly sessionId: string;
  readonly durationMs: number;
  /** For a turn that summarised its session. Tokens are estimates. */
  readonly compaction?: TurnCompaction;
  readonly usage: { input: number; output: number; cacheRead: number; cacheWrite: number; total: number };
}

/** What the summary of a session came to. */
export interface TurnCompaction {
  /** How many messages stay as they are. */
  readonly kept: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

export interface NewTurn {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: string;
  readonly source: TurnSource;
  readonly inboxId?: number;
  readonly request: TurnRequest;
  readonly route?: ReplyRoute;
  /** How it behaves while the session is busy; `followup` when absent. */
  readonly queueMode?: QueueMode;
  /** Epoch milliseconds; it may begin at once when absent. */
  readonly notBefore?: number;
}

export type TurnEnd =
  | { readonly state: "done"; readonly answer: TurnAnswer }
  | { readonly state: "failed" | "aborted"; readonly error: ErrorShape };

/** A turn as it stands in the database. */
export interface TurnRow {
  readonly run_id: string;
  readonly position: number;
  readonly queue_mode: QueueMode;
  readonly reply_chat: string;
  readonly session_key: string;
  readonly agent_id: string;
  readonly source: TurnSource;
  readonly request: string;
  readonly route: string | null;
  readonly state: TurnState;
  readonly attempts: number;
  readonly side_effects: number;
  readonly accepted_at: number;
  readonly started_at: number | null;
  readonly ended_at: number | null;
  readonly answer: string | null;
  readonly error: string | null;
}

/** Tells apart the chats, and threads in them, that a session's answers go to. */
export function chatOf(route: ReplyRoute | undefined): string {
  return route ? JSON.stringify([route.channel, route.account, route.chatId, route.threadId ?? null]) : "";
}

export function toTurn(row: TurnRow): Turn {
  return {
    runId: row.run_id,
    sessionKey: row.session_key,
    agentId: row.agent_id,
    source: row.source,
    request: JSON.parse(row.request) as TurnRequest,
    ...(row.route === null ? {} : { route: JSON.parse(row.route) as ReplyRoute }),
    state: row.state,
    attempts: row.attempts,
    sideEffects: row.side_effects === 1,
    acceptedAt: row.accepted_at,
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
    ...(row.answer === null ? {} : { answer: JSON.parse(row.answer) as TurnAnswer }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as ErrorShape }),
  };
}
