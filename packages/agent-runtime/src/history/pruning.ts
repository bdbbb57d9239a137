import type { ConversationMessage, ToolOutcome } from "./conversation.ts";

/** How old tool results are shortened before a model reads them. The transcript keeps them. */
export interface PruningSettings {
  /**
   * `cache-ttl`: once the model has not been asked for `ttlMs`, so that its cache is cold anyway. `adaptive`: always.
   * `aggressive`: always, and all of them go.
   */
  readonly mode: "off" | "cache-ttl" | "adaptive" | "aggressive";
  readonly ttlMs?: number | undefined;
  /** Results after so many of the last answers stay as they are. 3 when absent. */
  readonly keepLastAssistants?: number | undefined;
  /** Shares of the context window. 0.3 and 0.5 when absent. */
  readonly softTrimRatio?: number | undefined;
  readonly hardClearRatio?: number | undefined;
  /** Results go altogether only when there is so much of them, in characters. 50,000 when absent. */
  readonly minPrunableToolChars?: number | undefined;
  readonly softTrim?:
    | {
        readonly maxChars?: number | undefined;
        readonly headChars?: number | undefined;
        readonly tailChars?: number | undefined;
      }
    | undefined;
  readonly hardClear?:
    | { readonly enabled?: boolean | undefined; readonly placeholder?: string | undefined }
    | undefined;
  /** Names of tools, with `*`. Every tool's when absent; deny is stronger. */
  readonly tools?:
    | { readonly allow?: readonly string[] | undefined; readonly deny?: readonly string[] | undefined }
    | undefined;
}

export interface PruningContext {
  /** In tokens. */
  readonly contextWindow: number;
  /** When the model was last asked, in epoch milliseconds; undefined when it never was. */
  readonly lastAskedAt: number | undefined;
  readonly now: number;
}

const DEFAULT_TTL_MS = 5 * 60_000;
const DEFAULT_KEPT_ANSWERS = 3;
const CHARACTERS_PER_TOKEN = 4;
const CLEARED = "[Old tool result content cleared]";

/** The conversation with its old tool results shortened, where it fills enough of the window. Source: facts 5.6. */
export function pruneToolResults(
  conversation: readonly ConversationMessage[],
  settings: PruningSettings,
  context: PruningContext,
): readonly ConversationMessage[] {
  if (!isDue(settings, context)) return conversation;
  const cutoff = cutoffOf(conversation, settings.keepLastAssistants ?? DEFAULT_KEPT_ANSWERS);
  if (cutoff === undefined) return conversation;
  const isPrunable = ({ name }: ToolOutcome) => mayPrune(name, settings.tools);
  const windowChars = context.contextWindow * CHARACTERS_PER_TOKEN;
  const share = (messages: readonly ConversationMessage[]) => charsOf(messages) / windowChars;
  const isAggressive = settings.mode === "aggressive";
  if (!isAggressive && share(conversation) < (settings.softTrimRatio ?? 0.3)) return conversation;
  const trimmed = mapResults(conversation, cutoff, (result) => (isPrunable(result) ? trim(result, settings) : result));
  if (settings.hardClear?.enabled === false) return trimmed;
  const prunableChars = prunableIn(trimmed, cutoff, isPrunable);
  const minimum = settings.minPrunableToolChars ?? 50_000;
  if (!isAggressive && prunableChars < minimum) return trimmed;
  let excess = isAggressive
    ? Infinity
    : charsOf(trimmed) - Math.ceil((settings.hardClearRatio ?? 0.5) * windowChars) + 1;
  const placeholder = settings.hardClear?.placeholder ?? CLEARED;
  // The oldest go first, until the rest is small enough.
  return mapResults(trimmed, cutoff, (result) => {
    if (excess <= 0 || !isPrunable(result) || result.text.length <= placeholder.length) return result;
    excess -= result.text.length - placeholder.length;
    return { ...result, text: placeholder };
  });
}

function isDue({ mode, ttlMs = DEFAULT_TTL_MS }: PruningSettings, { lastAskedAt, now }: PruningContext): boolean {
  if (mode === "off") return false;
  return mode !== "cache-ttl" || (lastAskedAt !== undefined && now - lastAskedAt > ttlMs);
}

/** Messages before this index may be pruned; undefined while there are too few answers. */
function cutoffOf(conversation: readonly ConversationMessage[], keptAnswers: number): number | undefined {
  const answers = conversation.flatMap(({ role }, index) => (role === "assistant" ? [index] : []));
  if (keptAnswers === 0) return conversation.length;
  return answers.length <= keptAnswers ? undefined : answers.at(-keptAnswers);
}

function trim(result: ToolOutcome, { softTrim = {} }: PruningSettings): ToolOutcome {
  const { maxChars = 4_000, headChars = 1_500, tailChars = 1_500 } = softTrim;
  const { length } = result.text;
  if (length <= maxChars || length <= headChars + tailChars) return result;
  const ends = `${result.text.slice(0, headChars)}\n...\n${result.text.slice(length - tailChars)}`;
  return { ...result, text: `${ends}\n[Tool result trimmed: it had ${length} characters.]` };
}

function mapResults(
  conversation: readonly ConversationMessage[],
  cutoff: number,
  change: (result: ToolOutcome) => ToolOutcome,
): readonly ConversationMessage[] {
  return conversation.map((message, index) =>
    index < cutoff && message.role === "tool" ? { ...message, results: message.results.map(change) } : message,
  );
}

function prunableIn(
  conversation: readonly ConversationMessage[],
  cutoff: number,
  isPrunable: (result: ToolOutcome) => boolean,
): number {
  let total = 0;
  mapResults(conversation, cutoff, (result) => {
    if (isPrunable(result)) total += result.text.length;
    return result;
  });
  return total;
}

function charsOf(conversation: readonly ConversationMessage[]): number {
  return conversation.reduce((sum, message) => {
    if (message.role === "tool") return sum + message.results.reduce((chars, { text }) => chars + text.length, 0);
    const calls = message.role === "assistant" ? JSON.stringify(message.toolCalls).length : 0;
    return sum + message.text.length + calls;
  }, 0);
}

function mayPrune(name: string, { allow, deny = [] }: PruningSettings["tools"] & object = {}): boolean {
  if (deny.some((entry) => means(entry, name))) return false;
  return allow === undefined || allow.length === 0 || allow.some((entry) => means(entry, name));
}

/** `*` stands for anything. The case does not matter. */
function means(entry: string, name: string): boolean {
  const [head = "", ...rest] = entry.trim().toLowerCase().split("*");
  const wanted = name.toLowerCase();
  if (rest.length === 0) return head === wanted;
  const tail = rest.pop() ?? "";
  if (!wanted.startsWith(head) || !wanted.endsWith(tail) || wanted.length < head.length + tail.length) return false;
  let position = head.length;
  for (const middle of rest) {
    const found = wanted.indexOf(middle, position);
    if (found === -1) return false;
    position = found + middle.length;
  }
  return position <= wanted.length - tail.length;
}
