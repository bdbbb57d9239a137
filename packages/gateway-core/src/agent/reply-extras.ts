import type { TranscriptMessage } from "../ports.ts";
import type { TurnOutcome } from "./run-turn.ts";

const MAX_REASONING_LENGTH = 8_000;
const MAX_ARGUMENT_LENGTH = 200;
const MAX_RESULT_LENGTH = 1_000;
const MAX_TOOLS_SHOWN = 30;

/** What a person wants to see of a turn besides its answer. */
export interface ReplyWishes {
  /** on: which tools were used; full: also what those answered. */
  readonly verbose?: string | undefined;
  /** on: what the model thought. */
  readonly reasoning?: string | undefined;
  /** tokens, full: what the answer took. */
  readonly usage?: string | undefined;
}

/** The messages a finished turn leads to, in order: thoughts, tools, and the answer with what it took. */
export function replyMessages(text: string, outcome: TurnOutcome, wishes: ReplyWishes): string[] {
  if (text === "") return [];
  if (outcome.kind !== "done") return [text];
  const isVerbose = wishes.verbose === "on" || wishes.verbose === "full";
  return [
    ...(wishes.reasoning === "on" && outcome.reasoning !== "" ? [reasoningOf(outcome.reasoning)] : []),
    ...(isVerbose ? toolLines(outcome.messages, wishes.verbose === "full") : []),
    [text, ...usageLine(outcome, wishes.usage)].join("\n\n"),
  ];
}

function reasoningOf(reasoning: string): string {
  return `Reasoning:\n${shorten(reasoning.trim(), MAX_REASONING_LENGTH)}`;
}

function toolLines(messages: readonly TranscriptMessage[], withResults: boolean): string[] {
  const results = new Map<string, string>();
  for (const message of messages) {
    if (message.role === "toolResult") results.set(message.toolCallId, textOf(message));
  }
  const calls = messages
    .filter((message) => message.role === "assistant")
    .flatMap(({ content }) => content.flatMap((block) => (block.type === "toolCall" ? [block] : [])));
  const shown = calls.slice(0, MAX_TOOLS_SHOWN).map(({ id, name, arguments: input }) => {
    const line = `🔧 ${name}: ${shorten(JSON.stringify(input) ?? "", MAX_ARGUMENT_LENGTH)}`;
    const result = withResults ? results.get(id) : undefined;
    return result === undefined ? line : `${line}\n${shorten(result, MAX_RESULT_LENGTH)}`;
  });
  return calls.length > MAX_TOOLS_SHOWN ? [...shown, `🔧 and ${calls.length - MAX_TOOLS_SHOWN} more`] : shown;
}

function usageLine(
  { usage, provider, model }: Extract<TurnOutcome, { kind: "done" }>,
  wish: string | undefined,
): string[] {
  if (wish !== "tokens" && wish !== "full") return [];
  const tokens = `${usage.input} in / ${usage.output} out`;
  if (wish === "tokens") return [`Usage: ${tokens}`];
  const cached =
    usage.cacheRead + usage.cacheWrite > 0 ? `, cache ${usage.cacheRead} read / ${usage.cacheWrite} written` : "";
  const cost = usage.cost === undefined ? "" : ` · $${usage.cost.total.toFixed(4)}`;
  return [`Usage: ${tokens}${cached} · ${provider}/${model}${cost}`];
}

function textOf({ content }: TranscriptMessage): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
