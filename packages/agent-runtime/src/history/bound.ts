import type { ToolOffer } from "../providers/provider.ts";
import type { ConversationMessage } from "./conversation.ts";

/**
 * Four characters of text count as one token, and every message and tool costs a few more. It is an estimate: English
 * prose comes out a little high, code and languages without spaces a little low, so a reserve is kept.
 */
const CHARACTERS_PER_TOKEN = 4;
const TOKENS_PER_MESSAGE = 4;
/** Kept free for the answer and for the error of the estimate: this share of the window, within these bounds. */
const RESERVED_SHARE = 0.2;
const MAX_RESERVED = 20_000;

export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

function messageTokens(message: ConversationMessage): number {
  return TOKENS_PER_MESSAGE + estimateTokens(messageText(message));
}

function messageText(message: ConversationMessage): string {
  switch (message.role) {
    case "user":
      return message.text;
    case "assistant":
      return message.text + message.toolCalls.map((call) => call.name + JSON.stringify(call.input ?? null)).join("");
    case "tool":
      return message.results.map((result) => result.name + result.text).join("");
  }
}

export interface FixedParts {
  readonly system: string;
  readonly tools: readonly ToolOffer[];
  /** The prompt and everything the turn has added to it so far. */
  readonly current: readonly ConversationMessage[];
}

/**
 * As much of the history's end as fits into the model's context window beside what can not be left out. Whole turns
 * are dropped, oldest first: a turn is a user message with everything up to the next one.
 */
export function boundHistory(
  history: readonly ConversationMessage[],
  fixed: FixedParts,
  contextWindow: number,
): readonly ConversationMessage[] {
  let room = usableTokens(contextWindow) - fixedTokens(fixed);
  let firstKept = history.length;
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const message = history[index];
    if (message === undefined) break;
    room -= messageTokens(message);
    if (room < 0) break;
    if (message.role === "user") firstKept = index;
  }
  return history.slice(firstKept);
}

/** How many tokens everything together takes, as an estimate. */
export function contextTokens(history: readonly ConversationMessage[], fixed: FixedParts): number {
  return history.reduce((sum, message) => sum + messageTokens(message), fixedTokens(fixed));
}

/** How many tokens of a model's window may be used. */
export function usableTokens(contextWindow: number): number {
  return contextWindow - Math.min(contextWindow * RESERVED_SHARE, MAX_RESERVED);
}

function fixedTokens({ system, tools, current }: FixedParts): number {
  const offers = tools.map(
    (tool) => TOKENS_PER_MESSAGE + estimateTokens(tool.name + tool.description + JSON.stringify(tool.parameters)),
  );
  const messages = current.map((message) => messageTokens(message));
  return [...offers, ...messages].reduce((sum, tokens) => sum + tokens, estimateTokens(system));
}
