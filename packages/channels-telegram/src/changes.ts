import type { InboundChange, MessageEdit, ReactionChange } from "@openclaw/channels-contract";

import type { ReactionNotifications } from "./account/accounts.ts";
import { readChat, readMessage, readRecord, readSender } from "./inbound.ts";
import { messageName } from "./payload/event.ts";
import type { MessageReaction, RecordedBot, RecordedUpdate, TelegramMessage } from "./payload/update.ts";

/**
 * Reads what happened in a recorded update besides messages: an edit, a reaction, a group that became a supergroup.
 * Null for everything else, and for reactions where the account wants none. Throws ChannelError UNREADABLE.
 */
export function parseChange(raw: unknown, reactionNotifications: ReactionNotifications): InboundChange | null {
  const { update, bot } = readRecord(raw);
  const edited = update.edited_message ?? update.edited_channel_post;
  if (edited !== undefined) return readEdit(edited, bot);
  if (update.message_reaction !== undefined) {
    if (reactionNotifications === "off") return null;
    return readReaction(update.message_reaction, bot, reactionNotifications === "own");
  }
  return readMove(update);
}

/** A live location is edited with every step its sender takes; where it began was said when it was shared. */
function readEdit(edited: TelegramMessage, bot: RecordedBot): MessageEdit | null {
  const message = edited.location?.live_period === undefined ? readMessage(edited, bot) : null;
  if (message === null) return null;
  return { kind: "edit", recordedAs: `${bot.id}:${messageName(edited.chat.id, edited.message_id)}`, message };
}

function readReaction(reaction: MessageReaction, bot: RecordedBot, ownOnly: boolean): ReactionChange | null {
  const { chat, user, actor_chat: actor } = reaction;
  const [before, after] = [emojis(reaction.old_reaction), emojis(reaction.new_reaction)];
  const added = after.filter((emoji) => !before.includes(emoji));
  const removed = before.filter((emoji) => !after.includes(emoji));
  if (added.length === 0 && removed.length === 0) return null;
  return {
    kind: "reaction",
    chat: readChat({ chat }),
    sender: readSender({ chat, from: user, sender_chat: actor }, bot),
    messageId: String(reaction.message_id),
    added,
    removed,
    at: reaction.date * 1_000,
    ownOnly,
  };
}

/** A custom emoji has no character of its own. */
function emojis(reactions: MessageReaction["new_reaction"]): string[] {
  return reactions.map(({ emoji, type }) => emoji ?? `(${type})`);
}

function readMove({ message }: RecordedUpdate["update"]): InboundChange | null {
  if (message === undefined) return null;
  const { chat, migrate_to_chat_id: movedTo, migrate_from_chat_id: movedFrom } = message;
  if (movedTo !== undefined) return { kind: "move", fromChatId: String(chat.id), toChatId: String(movedTo) };
  if (movedFrom !== undefined) return { kind: "move", fromChatId: String(movedFrom), toChatId: String(chat.id) };
  return null;
}
