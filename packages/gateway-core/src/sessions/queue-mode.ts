/**
 * What happens to a message that comes while its session is busy (facts 3.7):
 * - `collect`: it waits, and all that wait become one turn.
 * - `followup`: it waits for a turn of its own.
 * - `steer`: it is told to the turn that runs, at its next step; if that ends first, it waits like `followup`.
 * - `interrupt`: what runs and waits is stopped, and the new message runs.
 */
export type QueueMode = "collect" | "followup" | "steer" | "interrupt";
export type DropPolicy = "old" | "new" | "summarize";

export interface QueueSettings {
  readonly mode: QueueMode;
  /** How long the session must be quiet before what waits becomes a turn, in milliseconds. */
  readonly debounceMs: number;
  /** How many messages of one session may wait. */
  readonly cap: number;
  /** What goes when one more comes: the oldest, the new one, or the oldest with a line about it kept. */
  readonly drop: DropPolicy;
}

export const DEFAULT_QUEUE: QueueSettings = { mode: "collect", debounceMs: 1_000, cap: 20, drop: "summarize" };

const SUMMARY_HEADING = "[Earlier messages that were left out]";
const SUMMARY_LINE_LENGTH = 160;
const MAX_SUMMARY_LINES = 20;

/** The spellings that configuration and `/queue` know. */
export function parseQueueMode(text: string): QueueMode | undefined {
  switch (text.trim().toLowerCase()) {
    case "collect":
    case "followup":
    case "steer":
    case "interrupt":
      return text.trim().toLowerCase() as QueueMode;
    case "queue":
    case "steer-backlog":
    case "steer+backlog":
      return "steer";
    default:
      return undefined;
  }
}

/** Several messages as one prompt, in order. */
export function mergePrompts(prompts: readonly string[]): string {
  return prompts.join("\n\n");
}

/** A prompt with a line for each message that did not fit into the queue, the newest twenty of them. */
export function withLeftOut(prompt: string, leftOut: string): string {
  const line = `- ${leftOut.replace(/\s+/g, " ").slice(0, SUMMARY_LINE_LENGTH)}`;
  if (!prompt.startsWith(SUMMARY_HEADING)) return `${SUMMARY_HEADING}\n${line}\n\n${prompt}`;
  const end = prompt.indexOf("\n\n");
  const lines = [...prompt.slice(0, end).split("\n").slice(1), line].slice(-MAX_SUMMARY_LINES);
  return `${SUMMARY_HEADING}\n${lines.join("\n")}${prompt.slice(end)}`;
}
