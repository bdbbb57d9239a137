/** Where replies of a session go when nothing else says so: the last chat that wrote in it. */
export interface Route {
  readonly channel: string;
  readonly account: string;
  readonly chatId: string;
  readonly threadId?: string;
}

/** Where a session began. */
export interface SessionOrigin {
  readonly provider: string;
  readonly surface: string;
  readonly chatType: string;
  readonly label?: string;
  readonly from?: string;
  readonly to?: string;
  readonly accountId?: string;
  readonly threadId?: string;
}

/** How messages that arrive during a turn are treated, as set for one session. */
export interface QueueChoice {
  readonly mode?: "collect" | "steer" | "followup" | "interrupt";
  readonly debounceMs?: number;
  readonly cap?: number;
  readonly drop?: "old" | "new" | "summarize";
}

export type SendPolicy = "allow" | "deny";
export type Activation = "mention" | "always";

export interface Session {
  readonly key: string;
  readonly agentId: string;
  readonly sessionId: string;
  readonly chatType: "direct" | "group" | "channel";
  readonly channel?: string;
  readonly title?: string;
  readonly label?: string;
  readonly route?: Route;
  readonly origin?: SessionOrigin;
  readonly spawnedBy?: string;
  readonly model?: string;
  readonly thinkingLevel?: string;
  readonly verboseLevel?: string;
  readonly reasoningLevel?: string;
  readonly responseUsage?: string;
  readonly sendPolicy?: SendPolicy;
  readonly activation?: Activation;
  readonly queue?: QueueChoice;
  readonly lastProvider?: string;
  readonly lastModel?: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly abortedLastRun: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When a person last wrote in it, in epoch milliseconds. */
  readonly interactedAt: number;
}

export interface SessionRow {
  readonly key: string;
  readonly agent_id: string;
  readonly session_id: string;
  readonly chat_type: Session["chatType"];
  readonly channel: string | null;
  readonly title: string | null;
  readonly label: string | null;
  readonly route: string | null;
  readonly origin: string | null;
  readonly spawned_by: string | null;
  readonly model: string | null;
  readonly thinking_level: string | null;
  readonly verbose_level: string | null;
  readonly reasoning_level: string | null;
  readonly response_usage: string | null;
  readonly send_policy: SendPolicy | null;
  readonly activation: Activation | null;
  readonly queue: string | null;
  readonly last_provider: string | null;
  readonly last_model: string | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly aborted_last_run: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly interacted_at: number;
}

export function toSession(row: SessionRow): Session {
  return {
    key: row.key,
    agentId: row.agent_id,
    sessionId: row.session_id,
    chatType: row.chat_type,
    ...known("channel", row.channel),
    ...known("title", row.title),
    ...known("label", row.label),
    ...(row.route === null ? {} : { route: JSON.parse(row.route) as Route }),
    ...(row.origin === null ? {} : { origin: JSON.parse(row.origin) as SessionOrigin }),
    ...known("spawnedBy", row.spawned_by),
    ...known("model", row.model),
    ...known("thinkingLevel", row.thinking_level),
    ...known("verboseLevel", row.verbose_level),
    ...known("reasoningLevel", row.reasoning_level),
    ...known("responseUsage", row.response_usage),
    ...known("sendPolicy", row.send_policy),
    ...known("activation", row.activation),
    ...(row.queue === null ? {} : { queue: JSON.parse(row.queue) as QueueChoice }),
    ...known("lastProvider", row.last_provider),
    ...known("lastModel", row.last_model),
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    totalTokens: row.total_tokens,
    abortedLastRun: row.aborted_last_run === 1,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    interactedAt: row.interacted_at,
  };
}

function known<Key extends string, Value>(key: Key, value: Value | null): Partial<Record<Key, Value>> {
  return value === null ? {} : ({ [key]: value } as Record<Key, Value>);
}
