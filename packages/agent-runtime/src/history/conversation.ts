import type { TranscriptBlock, TranscriptMessage } from "@openclaw/gateway-core/ports";
import type { ModelMessage } from "ai";

import { afterSummary, tellSummary } from "./summarised.ts";

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface ToolOutcome {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly isError: boolean;
}

/**
 * An assistant message as the model's own API gave it, with what a transcript does not keep (reasoning and its
 * signatures). It may be sent back to the same model within a turn, and to no other.
 */
export interface NativeMessage {
  /** "provider/model". */
  readonly reference: string;
  readonly messages: readonly ModelMessage[];
}

export interface AssistantMessage {
  readonly role: "assistant";
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly native?: NativeMessage;
}

/**
 * One message as models take it. A conversation is well-formed when it begins with `user`, no two messages in a row
 * have the same role, and an assistant message with tool calls is followed by a `tool` message that answers each.
 */
export type ConversationMessage =
  | { readonly role: "user"; readonly text: string }
  | AssistantMessage
  | { readonly role: "tool"; readonly results: readonly ToolOutcome[] };

const NO_RESULT = "No result was recorded for this call. It was interrupted and may or may not have taken effect.";
const BEFORE_ASSISTANT = "[The conversation begins with a message from you.]";
const INTERRUPTED = "[The turn was interrupted before an answer.]";

/**
 * Makes a well-formed conversation of a session's history, whatever the history is: calls without a result get an
 * error as their result, results without a call are dropped, neighbours of one role are joined. What was summarised is
 * told by its summary.
 */
export function toConversation(recorded: readonly TranscriptMessage[]): readonly ConversationMessage[] {
  const { summary, messages: kept } = afterSummary(recorded);
  const history = summary === undefined ? kept : [...tellSummary(summary), ...kept];
  const messages: ConversationMessage[] = [];
  for (const [index, message] of history.entries()) {
    if (message.role === "user") {
      append(messages, { role: "user", text: textOf(message.content) });
    } else if (message.role === "assistant") {
      const toolCalls = callsOf(message.content);
      append(messages, { role: "assistant", text: textOf(message.content), toolCalls });
      if (toolCalls.length > 0)
        messages.push({ role: "tool", results: resultsFor(toolCalls, history.slice(index + 1)) });
    }
  }
  return messages;
}

/** Adds a message, joined with the last one when both have one role. Empty messages are left out. */
export function append(messages: ConversationMessage[], message: ConversationMessage): void {
  if (message.role === "tool") {
    messages.push(message);
    return;
  }
  const isEmpty = message.text.trim() === "" && (message.role === "user" || message.toolCalls.length === 0);
  if (isEmpty) return;
  const last = messages.at(-1);
  if (last?.role === "user" && message.role === "user") {
    messages[messages.length - 1] = { role: "user", text: join(last.text, message.text) };
    return;
  }
  if (last?.role === "assistant" && message.role === "assistant") {
    const text = join(last.text, message.text);
    messages[messages.length - 1] = { role: "assistant", text, toolCalls: [...last.toolCalls, ...message.toolCalls] };
    return;
  }
  if (last === undefined && message.role === "assistant") messages.push({ role: "user", text: BEFORE_ASSISTANT });
  if (last?.role === "tool" && message.role === "user") {
    messages.push({ role: "assistant", text: INTERRUPTED, toolCalls: [] });
  }
  messages.push(message);
}

function join(left: string, right: string): string {
  return [left, right].filter((text) => text.trim() !== "").join("\n\n");
}

function textOf(content: readonly TranscriptBlock[]): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

function callsOf(content: readonly TranscriptBlock[]): ToolCall[] {
  const calls = new Map<string, ToolCall>();
  for (const block of content) {
    if (block.type !== "toolCall" || calls.has(block.id)) continue;
    calls.set(block.id, { id: block.id, name: block.name, input: block.arguments });
  }
  return [...calls.values()];
}

/** The results that stand between the calls and the next assistant message. */
function resultsFor(calls: readonly ToolCall[], following: readonly TranscriptMessage[]): ToolOutcome[] {
  const found = new Map<string, ToolOutcome>();
  for (const message of following) {
    if (message.role === "assistant") break;
    if (message.role !== "toolResult" || found.has(message.toolCallId)) continue;
    const { toolCallId, toolName, isError, content } = message;
    found.set(toolCallId, { id: toolCallId, name: toolName, text: textOf(content), isError });
  }
  return calls.map(({ id, name }) => found.get(id) ?? { id, name, text: NO_RESULT, isError: true });
}
