/** What Telegram allows a bot to send. https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this */
const perChat = { capacity: 5, perSecond: 1 };
const perGroup = { capacity: 20, perSecond: 20 / 60 };
const perBot = { capacity: 30, perSecond: 30 };
/** Chats whose buckets are remembered; the one that was used longest ago is forgotten first. */
const maxChats = 2_000;

interface Bucket {
  tokens: number;
  /** Milliseconds. */
  at: number;
}

type Rate = typeof perChat;

/**
 * Token buckets for the bot, for each chat and for each group. A message takes a token of each; what has none waits for
 * the slowest of them.
 */
export class RateLimits {
  #bot: Bucket | undefined;
  readonly #chats = new Map<string, Bucket>();
  readonly #groups = new Map<string, Bucket>();

  /**
   * Takes the tokens for one message and answers how many milliseconds later it may go. Takes none when that is more
   * than `maxWaitMs`.
   */
  take(chatId: string, now: number, maxWaitMs: number): number {
    const isGroup = chatId.startsWith("-") || chatId.startsWith("@");
    const bot = filled(this.#bot, perBot, now);
    const chat = filled(this.#chats.get(chatId), perChat, now);
    const group = isGroup ? filled(this.#groups.get(chatId), perGroup, now) : undefined;
    const waitMs = Math.max(
      waitOf(bot, perBot),
      waitOf(chat, perChat),
      group === undefined ? 0 : waitOf(group, perGroup),
    );
    if (waitMs > maxWaitMs) return waitMs;
    this.#bot = spend(bot);
    remember(this.#chats, chatId, spend(chat));
    if (group !== undefined) remember(this.#groups, chatId, spend(group));
    return waitMs;
  }
}

/** The bucket with what has flowed in since. Tokens below zero are messages that wait already. */
function filled(bucket: Bucket | undefined, { capacity, perSecond }: Rate, now: number): Bucket {
  if (bucket === undefined) return { tokens: capacity, at: now };
  const inflow = (Math.max(0, now - bucket.at) / 1_000) * perSecond;
  return { tokens: Math.min(capacity, bucket.tokens + inflow), at: Math.max(now, bucket.at) };
}

function waitOf({ tokens }: Bucket, { perSecond }: Rate): number {
  return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1_000);
}

function spend({ tokens, at }: Bucket): Bucket {
  return { tokens: tokens - 1, at };
}

function remember(buckets: Map<string, Bucket>, chatId: string, bucket: Bucket): void {
  buckets.delete(chatId);
  buckets.set(chatId, bucket);
  const oldest = buckets.size > maxChats ? buckets.keys().next().value : undefined;
  if (oldest !== undefined) buckets.delete(oldest);
}
