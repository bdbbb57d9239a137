import type { Clock, SqlExecutor, Store } from "../ports.ts";

/** How many ids a chat may have had that are still asked for. */
const MAX_FORMER_IDS = 10;

interface Place {
  readonly channel: string;
  readonly account: string;
}

/** Chats that go on under another id. They are remembered for good: configurations and jobs may name the old one. */
export class MovedChats {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async add(sql: SqlExecutor, { channel, account }: Place, { from, to }: { from: string; to: string }): Promise<void> {
    await sql.run(
      `INSERT INTO moved_chats (channel, account, from_chat_id, to_chat_id, moved_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (channel, account, from_chat_id) DO UPDATE SET to_chat_id = excluded.to_chat_id`,
      channel,
      account,
      from,
      to,
      this.#clock.now(),
    );
  }

  /** The ids a chat had before, the newest first. */
  async formerIds({ channel, account }: Place, chatId: string): Promise<string[]> {
    const rows = await this.#store.all<{ from_chat_id: string }>(
      `SELECT from_chat_id FROM moved_chats WHERE channel = ? AND account = ? AND to_chat_id = ?
       ORDER BY moved_at DESC LIMIT ?`,
      channel,
      account,
      chatId,
      MAX_FORMER_IDS,
    );
    return rows.map((row) => row.from_chat_id);
  }
}
