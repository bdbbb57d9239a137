/**
 * What a host supplies to a gateway. Everything that touches the world outside the process's own logic goes through
 * one of these, so that a test or another host can replace it.
 */
import { joinSignals } from "@openclaw/channels-contract";
import type { AcceptedOf, MethodName, ParamsOf, ResultOf } from "@openclaw/protocol";

/** What a tool needs to name the methods it calls, without depending on the wire contract itself. */
export type { AcceptedOf, MethodName, ParamsOf, ResultOf };
/** For whatever joins a signal that lives long with one that does not. */
export { joinSignals };

/** A timer that has been set. Cancelling twice is harmless. */
export interface Timer extends Disposable {
  cancel(): void;
}

/** Time. Durations and instants are milliseconds; instants are since the epoch. */
export interface Clock {
  now(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  setInterval(callback: () => void, intervalMs: number): Timer;
  /** Waits; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured logging. Whatever implements it masks secrets before anything leaves the process. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger for one part of the gateway, for example "telegram" or "outbox". */
  child(subsystem: string): Logger;
}

/** Identifiers and secrets. */
export interface Ids {
  /** A lower-case UUID v4. */
  uuid(): string;
  /** `bytes` random bytes, base64url without padding. */
  secret(bytes: number): string;
}

export type SqlValue = string | number | bigint | null | Uint8Array;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** Statements inside one transaction, or outside any. Placeholders are `?`. */
export interface SqlExecutor {
  all<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]>;
  get<Row = SqlRow>(sql: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined>;
  /** Answers how many rows the statement changed. */
  run(sql: string, ...parameters: readonly SqlValue[]): Promise<number>;
}

/**
 * The durable store. Reads outside a transaction see the last commit. `transaction` commits when the callback
 * resolves and its promise resolves only once the commit is on disk; a callback that throws leaves nothing behind.
 * The callback may wait for its own statements only. SQL is the part that SQLite and PostgreSQL share.
 */
export interface Store extends SqlExecutor, AsyncDisposable {
  transaction<T>(work: (sql: SqlExecutor) => Promise<T>): Promise<T>;
}

export interface EgressLimits {
  /** Of the answer's body, after decompression; the rest is not read. */
  readonly maxBytes: number;
  readonly maxRedirects: number;
  /** For everything together, redirects and body included. */
  readonly timeoutMs: number;
  readonly userAgent: string;
}

export interface EgressResponse {
  /** Where the answer came from, after all redirects. */
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly isTruncated: boolean;
}

/** Fetches addresses that somebody else chose, from the public internet only. Throws GatewayError. */
export interface Egress {
  get(url: string, limits: EgressLimits, signal: AbortSignal): Promise<EgressResponse>;
}

/** A JSON Schema (draft-07) object schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a tool sees of the turn that calls it. */
export interface ToolContext {
  readonly runId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  /** The same for every execution of one call, restarts included; use it to derive idempotency keys. */
  readonly toolCallId: string;
  /** Calls a gateway method with the turn's own rights, until the signal aborts. Throws GatewayError. */
  call<M extends MethodName>(method: M, params: ParamsOf<M>, signal?: AbortSignal): Promise<ResultOf<M>>;
  /** Starts a method that answers twice and gives its first answer; what it does goes on. Throws GatewayError. */
  start<M extends MethodName>(method: M, params: ParamsOf<M>): Promise<AcceptedOf<M>>;
}

export interface ToolResult {
  /** What the model reads. */
  readonly text: string;
  /** What a program may read. */
  readonly details?: unknown;
  readonly isError?: boolean;
}

/** Something the model may call during a turn. */
export interface Tool {
  /** Lower-case with underscores, unique within a gateway. */
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
  /** True when executing it changes anything outside the turn: such a call is never silently repeated. */
  readonly sideEffects: boolean;
  execute(input: unknown, context: ToolContext, signal: AbortSignal): Promise<ToolResult>;
}

/** Tools that come and go, for example those of another program. */
export interface ToolSource extends AsyncDisposable {
  /** Begins to look for tools; never fails and does not wait. */
  start(): void;
  /** The tools there are now. */
  tools(): readonly Tool[];
}

/** One block of a transcript message, in the form the wire uses for chat history. */
export type TranscriptBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "toolCall"; readonly id: string; readonly name: string; readonly arguments: unknown };

/** One entry of a session's history. */
export type TranscriptMessage =
  | { readonly role: "user"; readonly content: readonly TranscriptBlock[]; readonly timestamp: number }
  | {
      readonly role: "assistant";
      readonly content: readonly TranscriptBlock[];
      readonly timestamp: number;
      readonly provider?: string;
      readonly model?: string;
      readonly usage?: TokenUsage;
      readonly stopReason?: string;
    }
  | {
      readonly role: "toolResult";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly content: readonly TranscriptBlock[];
      readonly details?: unknown;
      readonly isError: boolean;
      readonly timestamp: number;
    }
  | CompactionMessage;

/** What earlier parts of a session came to. It stands in the transcript after all that it is about. */
export interface CompactionMessage {
  readonly role: "compaction";
  /** The summary. */
  readonly content: readonly TranscriptBlock[];
  readonly timestamp: number;
  /** Messages before this one with a timestamp from here on are not part of the summary and still count. */
  readonly keptSince: number;
  /** Estimates of the context, in tokens. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** Token counts of a turn. */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly total: number;
  /** In US dollars; absent when nothing says what the model costs. */
  readonly cost?: Readonly<Record<"input" | "output" | "cacheRead" | "cacheWrite" | "total", number>>;
}

/** One turn to run: everything the agent needs, nothing it has to look up. */
export interface AgentTurn {
  readonly runId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  readonly sessionId: string;
  /** The model to use as "provider/model"; the agent's configured default when absent. */
  readonly model?: string;
  readonly thinking?: string;
  /** Where the answer goes, for example "telegram", so that it can be written for that place. */
  readonly channel?: string;
  /** What the person wrote. */
  readonly prompt: string;
  /** Earlier messages of the session, oldest first; the prompt is not among them. */
  readonly history: readonly TranscriptMessage[];
  /** Text the caller adds to the system prompt. */
  readonly extraSystemPrompt?: string;
  readonly tools: readonly BoundTool[];
  /**
   * Messages that came while the turn runs, oldest first, each handed out once. An agent that can be steered asks
   * between its steps and puts them before the model as the person's words; others leave them for a turn of their own.
   */
  readonly takeSteering?: () => Promise<readonly string[]>;
}

/** A tool with its context filled in. */
export interface BoundTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonSchema;
  /** False for a model that must not have the tool: an agent neither offers it to that model nor calls it for it. */
  isFor?(model: { readonly provider: string; readonly model: string }): boolean;
  execute(input: unknown, toolCallId: string, signal: AbortSignal): Promise<ToolResult>;
}

/** What a turn yields, in order. Exactly one `finish` ends a turn that does not throw. */
export type TurnPart =
  | {
      readonly type: "model";
      readonly provider: string;
      readonly model: string;
      /** The model that would have answered, and why this one does in its place. */
      readonly insteadOf?: { readonly provider: string; readonly model: string; readonly reason: AgentErrorReason };
    }
  | { readonly type: "text"; readonly delta: string }
  | { readonly type: "reasoning"; readonly delta: string }
  | { readonly type: "tool-call"; readonly toolCallId: string; readonly name: string; readonly input: unknown }
  | {
      readonly type: "tool-result";
      readonly toolCallId: string;
      readonly name: string;
      readonly result: ToolResult;
    }
  /** Earlier parts of the session were summarised. The entry for the transcript comes with `finish`. */
  | {
      readonly type: "compaction";
      readonly summary: string;
      readonly tokensBefore: number;
      readonly tokensAfter: number;
    }
  | {
      readonly type: "finish";
      /** "stop", "length", "content-filter" or another word the provider uses. */
      readonly reason: string;
      readonly usage: TokenUsage;
      /** What the turn adds to the transcript after the prompt, oldest first. */
      readonly messages: readonly TranscriptMessage[];
    };

/** One model an agent can use. */
export interface AgentModel {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  /** In tokens. */
  readonly contextWindow: number;
  readonly reasoning: boolean;
  readonly input: readonly ("text" | "image")[];
}

/** How a session is to be summarised. */
export interface CompactionWish {
  /** What the person asks of the summary. */
  readonly instructions?: string;
  /** How many of the newest messages stay as they are; the agent decides without it. */
  readonly keepMessages?: number;
}

/** The mind behind the gateway. Runs turns; knows nothing of channels, sessions or storage. */
export interface Agent {
  /** Yields the turn's parts as they come. Throws AgentError; an aborted signal ends it at once with the reason. */
  runTurn(turn: AgentTurn, signal: AbortSignal): AsyncIterable<TurnPart>;
  /**
   * Summarises the history of a turn, whose prompt and tools count for nothing. Yields what `runTurn` would of it; the
   * messages at its end hold the summary, or nothing when there was nothing to summarise. Absent where it can not be done.
   */
  compact?(turn: AgentTurn, wish: CompactionWish, signal: AbortSignal): AsyncIterable<TurnPart>;
  listModels(): Promise<readonly AgentModel[]>;
  /** The model that a turn without one uses, as "provider/model". */
  defaultModel(agentId: string): string;
}

/** The closed set of reasons a turn can fail for. */
export type AgentErrorReason =
  | "authentication"
  | "rate-limit"
  | "overloaded"
  | "network"
  | "invalid-request"
  | "context-length"
  | "unknown-model"
  | "no-credentials"
  | "internal";

/** A turn that failed, in words for the person who asked. Holds no secret. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly reason: AgentErrorReason;
  readonly provider: string | undefined;
  readonly model: string | undefined;
  /** True when the same turn may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    reason: AgentErrorReason,
    message: string,
    options: { provider?: string; model?: string; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.reason = reason;
    this.provider = options.provider;
    this.model = options.model;
    this.retryable = reason === "rate-limit" || reason === "overloaded" || reason === "network";
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The first answer of a method that answers twice, with the promise of the second. */
export interface AcceptedAnswer<M extends MethodName> {
  readonly accepted: AcceptedOf<M>;
  readonly final: Promise<ResultOf<M>>;
  /**
   * Which of the two the caller gets; both, unless the request repeats an earlier one: `accepted` while that is still
   * at work (whoever asked first gets the final answer), `final` once it is over.
   */
  readonly sends?: "both" | "accepted" | "final";
}

/** What a client says of itself when it connects. It gives no rights. */
export interface ClientDescription {
  readonly id: string;
  readonly mode: string;
  readonly version: string;
  readonly platform: string;
  readonly displayName?: string;
  readonly deviceFamily?: string;
  readonly modelIdentifier?: string;
  /** The same for every connection of one installation. */
  readonly instanceId?: string;
}

/** What a node says that it can do: claims, of which none gives it a right. */
export interface NodeClaims {
  readonly commands: readonly string[];
  readonly permissions: Readonly<Record<string, boolean>>;
  readonly pathEnv?: string;
}
