import { randomUUID } from "node:crypto";

import type { FakeAnswer } from "./reply.ts";

/** One message of a request, in terms that all dialects share. */
export interface PlainMessage {
  readonly role: "user" | "assistant" | "tool";
  readonly text: string;
}

/** The frames of one streamed answer: the content, and what a complete stream ends with. */
export interface StreamFrames {
  readonly content: readonly string[];
  readonly final: readonly string[];
}

/** One provider's API as far as a chat turn needs it. Written from the providers' public API references. */
export interface Dialect {
  readonly name: "openai-completions" | "openai-responses" | "anthropic-messages" | "google-generative-ai";
  /** Whether a POST to this path speaks this dialect. */
  handles(path: string): boolean;
  /** The conversation without the system prompt, oldest first. */
  messages(body: unknown): readonly PlainMessage[];
  wantsStream(path: string, body: unknown): boolean;
  stream(answer: FakeAnswer, model: string): StreamFrames;
  whole(answer: FakeAnswer, model: string): unknown;
  error(status: number, message: string, code: string | undefined): unknown;
}

/** One server-sent event. */
export function sse(data: unknown, event?: string): string {
  const payload = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${payload}\n\n`;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function records(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter((item) => isRecord(item)) : [];
}

/** The text of a content value: a string, or blocks of which those with a `text` count. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return records(content)
    .map((block) => (typeof block["text"] === "string" ? block["text"] : textOf(block["content"])))
    .join("");
}

export function usageOf(answer: FakeAnswer): { input: number; output: number; cached: number } | undefined {
  if (answer.usage === null) return undefined;
  return { input: 11, output: 7, cached: 0, ...answer.usage };
}

/** The arguments of a tool call as the text that travels. */
export function inputText(input: unknown): string {
  return typeof input === "string" ? input : JSON.stringify(input);
}

/** Cuts a text in two, so that streamed arguments arrive in pieces. */
export function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter((piece) => piece !== "");
}

export function finishOf(answer: FakeAnswer): "stop" | "length" | "tool-calls" {
  return answer.finish ?? ((answer.toolCalls ?? []).length > 0 ? "tool-calls" : "stop");
}

/** The id of a tool call: the given one, or a new one. */
export function callId(given: string | undefined): string {
  return given ?? `call_${randomUUID().replaceAll("-", "").slice(0, 12)}`;
}
