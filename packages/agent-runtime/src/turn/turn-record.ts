import type {
  Clock,
  CompactionMessage,
  TokenUsage,
  ToolResult,
  TranscriptBlock,
  TranscriptMessage,
  TurnPart,
} from "@openclaw/gateway-core/ports";

import { addUsage, type ModelProvider, NO_USAGE } from "../providers/provider.ts";
import type { Answer, RequestedCall } from "./answer.ts";

/** What a turn has said and done so far: becomes its transcript. */
export class TurnRecord {
  readonly #clock: Clock;
  readonly #messages: TranscriptMessage[] = [];
  readonly #callIds = new Set<string>();
  #usage: TokenUsage = NO_USAGE;
  #announced: string | undefined;
  #last: { provider: string; model: string } | undefined;
  #hasText = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when the model is not the one that was announced last. */
  announce(provider: ModelProvider): boolean {
    if (this.#announced === provider.reference) return false;
    this.#announced = provider.reference;
    return true;
  }

  /** A piece of text, set apart from what an earlier answer of the turn said. */
  text(delta: string, isFirst = true): TurnPart {
    const separator = isFirst && this.#hasText ? "\n\n" : "";
    this.#hasText = true;
    return { type: "text", delta: separator + delta };
  }

  /** Gives calls ids of their own where a model used one twice in a turn: results and retries go by them. */
  withOwnIds(answer: Answer): Answer {
    let renamed = false;
    const calls = answer.calls.map((call) => {
      let id = call.id;
      for (let copy = 2; id === "" || this.#callIds.has(id); copy += 1) id = `${call.id || "call"}-${copy}`;
      this.#callIds.add(id);
      renamed ||= id !== call.id;
      return { ...call, id };
    });
    // The message in the model's own form still has the old ids.
    return renamed ? { ...answer, calls, native: undefined } : { ...answer, calls };
  }

  assistant({ text, calls, reason, usage, provider, model }: Answer): void {
    this.#usage = addUsage(this.#usage, usage);
    this.#last = { provider, model };
    const content: TranscriptBlock[] = text === "" ? [] : [{ type: "text", text }];
    for (const { id, name, input } of calls) content.push({ type: "toolCall", id, name, arguments: input });
    if (content.length === 0) return;
    const stopReason = calls.length > 0 ? "toolUse" : reason;
    this.#messages.push({
      role: "assistant",
      content,
      timestamp: this.#clock.now(),
      provider,
      model,
      usage,
      stopReason,
    });
  }

  /** Tokens that were used beside the answers. */
  used(usage: TokenUsage): void {
    this.#usage = addUsage(this.#usage, usage);
  }

  /** The summary is about what came before this turn, so that it comes first. */
  compaction(entry: CompactionMessage): void {
    this.#messages.unshift(entry);
  }

  toolResult({ id, name }: RequestedCall, { text, details, isError = false }: ToolResult): void {
    this.#messages.push({
      role: "toolResult",
      toolCallId: id,
      toolName: name,
      content: [{ type: "text", text }],
      ...(details === undefined ? {} : { details }),
      isError,
      timestamp: this.#clock.now(),
    });
  }

  /** Words of the runtime's own at the end of a turn. */
  note(text: string, stopReason: string): TurnPart {
    const content: TranscriptBlock[] = [{ type: "text", text }];
    const usage = NO_USAGE;
    this.#messages.push({
      role: "assistant",
      content,
      timestamp: this.#clock.now(),
      ...this.#last,
      usage,
      stopReason,
    });
    return this.text(text);
  }

  finish(reason: string): TurnPart {
    return { type: "finish", reason, usage: this.#usage, messages: this.#messages };
  }
}
