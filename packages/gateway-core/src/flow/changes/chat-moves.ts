import type { ChatMove } from "@openclaw/channels-contract";

import type { InboxEntry } from "../../inbox/inbox.ts";
import { type MovedChat, moveSessions } from "./move-sessions.ts";
import type { ChangeFlowRooms } from "./change-rooms.ts";

/** Chats that go on under another id: sessions and what waits to be sent follow, and settings by the old id count on. */
export class ChatMoves {
  readonly #rooms: ChangeFlowRooms;

  constructor(rooms: ChangeFlowRooms) {
    this.#rooms = rooms;
  }

  /** Answers what became of the move. */
  async apply(entry: InboxEntry, { fromChatId: from, toChatId: to }: ChatMove): Promise<string> {
    const { store, inbox, outbox, movedChats, turns, log } = this.#rooms;
    const { channel, account } = entry;
    const reason = `the chat ${from} goes on as ${to}`;
    const rows = await store.transaction(async (sql) => {
      if (!(await inbox.settle(sql, entry, { state: "ignored", reason }))) return [];
      await movedChats.add(sql, entry, { from, to });
      await moveSessions(sql, { channel, account, from, to });
      return outbox.moveChat(sql, { channel, account, chatId: from }, to);
    });
    log.info("a chat has a new id; its sessions and messages follow", { channel, account, from, to });
    outbox.wake(rows);
    turns.lanes.pump();
    await this.#renameGroup({ channel, account, from, to });
    return reason;
  }

  /** What is kept in the database is enough for the settings to count; the file then says so as well. */
  async #renameGroup(chat: MovedChat): Promise<void> {
    const { renameGroup, log } = this.#rooms;
    try {
      if (await renameGroup(chat)) log.info("the configuration names the chat by its new id", { ...chat });
    } catch (error) {
      log.warn("the configuration still names the chat by its old id; rename it under groups", { ...chat, error });
    }
  }
}
