import type { Cursor } from "@openclaw/channels-contract";
import * as z from "zod";

/**
 * After a week without updates their ids go on from a random number, so an old offset may be ahead of new updates and
 * confirm them unseen. https://core.telegram.org/bots/api#update
 */
const staleMs = 6 * 24 * 60 * 60 * 1_000;

const storedSchema = z.object({ next: z.int(), at: z.number() });

/** Where the bot stands in Telegram's stream of updates. Kept per bot: another token's bot starts anew. */
export class UpdateCursor {
  readonly key: string;
  #position: z.infer<typeof storedSchema> | undefined;

  constructor(botId: number, stored: string | undefined) {
    this.key = `updates:${botId}`;
    this.#position = readStored(stored);
  }

  static keyOf(botId: number): string {
    return `updates:${botId}`;
  }

  /** What to ask for next; undefined asks for everything that was not confirmed. */
  offset(now: number): number | undefined {
    if (this.#position === undefined || now - this.#position.at > staleMs) return undefined;
    return this.#position.next;
  }

  /** The position after these updates. The last one counts, not the highest: ids may start again lower. */
  after(updateIds: readonly number[], now: number): Cursor {
    return { key: this.key, value: JSON.stringify({ next: (updateIds.at(-1) ?? 0) + 1, at: now }) };
  }

  /** The position is stored: from now on it is asked from there. */
  moveTo(cursor: Cursor): void {
    this.#position = readStored(cursor.value);
  }
}

function readStored(value: string | undefined): z.infer<typeof storedSchema> | undefined {
  if (value === undefined) return undefined;
  try {
    return storedSchema.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
