import type { EventPayload } from "@openclaw/protocol";

import type { Clock, ToolResult, TurnPart } from "../ports.ts";
import { shownSoFar } from "./reply-text.ts";

/** Chat deltas are sent at most this often; every one carries the whole text so far. Source: wire observation 14.5. */
const CHAT_DELTA_INTERVAL_MS = 150;
/** What a silent reply starts with: nothing is shown or sent. */
const SILENT_REPLY = "NO_REPLY";

export type PublishAgent = (payload: EventPayload<"agent">) => void;
export type PublishChat = (payload: EventPayload<"chat">) => void;

export interface TurnIdentity {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: string;
  readonly sessionId: string;
}

/** True for a text, or the beginning of one, that asks to stay silent. */
function isSilent(text: string): boolean {
  const trimmed = text.trimStart();
  return trimmed.startsWith(SILENT_REPLY) || (trimmed !== "" && SILENT_REPLY.startsWith(trimmed));
}

/**
 * Tells clients of one turn as it happens: the `agent` stream, numbered from 1 per run, and the `chat` view of the
 * same turn for clients that show a conversation. Sources: R5.6, R6.11, R6.12, wire observations 14.4 to 15.3.
 */
export class TurnEvents {
  readonly #turn: TurnIdentity;
  readonly #clock: Clock;
  readonly #agent: PublishAgent;
  readonly #chat: PublishChat;
  #sequence = 0;
  #text = "";
  #shown = "";
  #lastDeltaAt = 0;

  constructor(turn: TurnIdentity, clock: Clock, publish: { agent: PublishAgent; chat: PublishChat }) {
    this.#turn = turn;
    this.#clock = clock;
    this.#agent = publish.agent;
    this.#chat = publish.chat;
  }

  /** The text of the turn so far. */
  get text(): string {
    return this.#text;
  }

  start(): void {
    this.#publish("lifecycle", { phase: "start", startedAt: this.#clock.now() });
  }

  model({ type: _type, ...facts }: Extract<TurnPart, { type: "model" }>): void {
    this.#publish("lifecycle", { phase: "model", ...facts });
  }

  textDelta(delta: string): void {
    this.#text += delta;
    this.#publish("assistant", { text: this.#text, delta });
    if (!isSilent(this.#text) && this.#clock.now() - this.#lastDeltaAt >= CHAT_DELTA_INTERVAL_MS) this.#flushChat();
  }

  reasoningDelta(delta: string): void {
    this.#publish("reasoning", { delta });
  }

  compaction(tokensBefore: number, tokensAfter: number): void {
    this.#publish("compaction", { phase: "end", tokensBefore, tokensAfter });
  }

  toolCall(toolCallId: string, name: string, input: unknown): void {
    this.#publish("tool", { phase: "start", name, toolCallId, args: input });
  }

  toolResult(toolCallId: string, name: string, result: ToolResult): void {
    this.#publish("tool", {
      phase: "result",
      name,
      toolCallId,
      isError: result.isError === true,
      result: {
        content: [{ type: "text", text: result.text }],
        ...(result.details === undefined ? {} : { details: result.details }),
      },
    });
  }

  /** `text` is what is shown: empty for a silent reply, and then the final carries no message. */
  end(text: string, stopReason: string): void {
    this.#publish("lifecycle", { phase: "end", endedAt: this.#clock.now(), stopReason, aborted: false });
    if (text !== "") this.#flushChat();
    this.#chat({
      ...this.#chatHead(),
      state: "final",
      stopReason,
      ...(text === "" ? {} : { message: this.#message(text) }),
    });
  }

  error(message: string, kind: string): void {
    this.#publish("lifecycle", { phase: "error", error: message, endedAt: this.#clock.now() });
    this.#chat({ ...this.#chatHead(), state: "error", errorMessage: message, errorKind: kind });
  }

  /** The chat event goes out first, as clients that abort expect it before anything else of the run. */
  aborted(stopReason: string): void {
    const text = isSilent(this.#text) ? "" : shownSoFar(this.#text);
    const shown = text === "" ? {} : { message: this.#message(text) };
    this.#sequence += 1;
    this.#chat({ ...this.#chatHead(), state: "aborted", stopReason, ...shown });
    this.#publish("lifecycle", { phase: "end", endedAt: this.#clock.now(), stopReason, aborted: true });
  }

  /** What no longer begins with what was shown is left to the final message, which stands for all deltas. */
  #flushChat(): void {
    const text = shownSoFar(this.#text);
    if (text.length <= this.#shown.length || !text.startsWith(this.#shown)) return;
    const deltaText = text.slice(this.#shown.length);
    this.#chat({ ...this.#chatHead(), state: "delta", deltaText, message: this.#message(text) });
    this.#shown = text;
    this.#lastDeltaAt = this.#clock.now();
  }

  #publish(stream: string, data: Record<string, unknown>): void {
    this.#sequence += 1;
    const { runId, sessionKey, agentId, sessionId } = this.#turn;
    this.#agent({
      runId,
      stream,
      data,
      sessionKey,
      agentId,
      ...(stream === "lifecycle" ? { sessionId } : {}),
      seq: this.#sequence,
      ts: this.#clock.now(),
    });
  }

  #chatHead(): { runId: string; sessionKey: string; agentId: string; seq: number } {
    const { runId, sessionKey, agentId } = this.#turn;
    return { runId, sessionKey, agentId, seq: this.#sequence };
  }

  #message(text: string): { role: "assistant"; content: { type: "text"; text: string }[]; timestamp: number } {
    return { role: "assistant", content: [{ type: "text", text }], timestamp: this.#clock.now() };
  }
}
