import type { InboundMessage, ReactionChange } from "@openclaw/channels-contract";

import type { InboxEntry } from "../../inbox/inbox.ts";
import type { ChangeFlowRooms } from "./change-rooms.ts";
import { noteLine } from "./note-line.ts";

/** Reactions of people: the next turn of the session is told of them. */
export class Reactions {
  readonly #rooms: ChangeFlowRooms;

  constructor(rooms: ChangeFlowRooms) {
    this.#rooms = rooms;
  }

  /** Answers what became of the reaction. */
  async apply(entry: InboxEntry, reaction: ReactionChange): Promise<string> {
    const { outbox, inbound, store, inbox, addNote } = this.#rooms;
    const { channel, account } = entry;
    const own = await outbox.sentAs({ channel, account, chatId: reaction.chat.id }, reaction.messageId);
    if (reaction.ownOnly && !own) return this.#ignore(entry, "it is on a message of someone else");
    // Platforms do not say in which thread the message stands.
    const { threadId = reaction.chat.threadId } = own ?? {};
    const chat = { ...reaction.chat, ...(threadId === undefined ? {} : { threadId }) };
    const judged = await inbound.judge(entry, asMessage({ ...reaction, chat }));
    if (!judged) return this.#ignore(entry, "its account is no longer configured");
    const { placed, decision } = judged;
    if (decision.action === "ignore") return this.#ignore(entry, decision.reason);
    if (decision.action === "pair") return this.#ignore(entry, "the sender is not paired");
    const reason = "its session is told of it";
    await store.transaction(async (sql) => {
      if (!(await inbox.settle(sql, entry, { state: "ignored", reason }))) return;
      for (const line of this.#linesOf(channel, reaction)) await addNote(sql, placed.sessionKey, line);
    });
    return reason;
  }

  #linesOf(channel: string, { added, removed, sender, messageId, at }: ReactionChange): string[] {
    const label = this.#rooms.channels().label(channel);
    const who = sender.displayName ?? sender.username ?? sender.id;
    const line = (what: string, emoji: string) =>
      noteLine(at, `${label} reaction ${what}: ${emoji} by ${who} on msg ${messageId}`);
    return [...added.map((emoji) => line("added", emoji)), ...removed.map((emoji) => line("removed", emoji))];
  }

  async #ignore(entry: InboxEntry, reason: string): Promise<string> {
    const { store, inbox } = this.#rooms;
    await store.transaction((sql) => inbox.settle(sql, entry, { state: "ignored", reason }));
    return reason;
  }
}

/** A reaction counts where a message of the same person would. */
function asMessage({ chat, sender, messageId, at }: ReactionChange): InboundMessage {
  return { messageId, chat, sender, text: "", sentAt: at };
}
