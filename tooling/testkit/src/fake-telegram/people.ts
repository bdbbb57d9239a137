import type { BotState } from "./methods/context.ts";
import { nowSeconds, withoutReply } from "./methods/messages.ts";
import { detectEntities } from "./text/formatted-text.ts";
import type { Chat, Message, MessageEntity, Update, User } from "./types.ts";
import type { Barrier, ChatRecord } from "./world.ts";

export interface NewUser {
  readonly id: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly username?: string;
  readonly isBot?: boolean;
}

export interface NewChat {
  readonly id: number;
  readonly title: string;
  readonly type?: "group" | "supergroup" | "channel";
  readonly username?: string;
  readonly isForum?: boolean;
}

/** How a message differs from plain text in the person's own chat with the bot. */
export interface MessageOptions {
  /** Default: the person's private chat with the bot. */
  readonly chatId?: number;
  readonly threadId?: number;
  readonly replyTo?: Message;
  /** Default: the commands and @mentions in the text. */
  readonly entities?: readonly MessageEntity[];
  /** Written in the name of a chat: an anonymous administrator, or a linked channel. */
  readonly senderChat?: Chat;
  /** Seconds since the epoch. Default: now. */
  readonly date?: number;
  /** Further fields of the Bot API's Message, for example a location. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type FileKind = "photo" | "voice" | "document" | "audio" | "video" | "sticker";

/** The hands of the people on the platform: what they do reaches the bot as updates. */
export class People {
  readonly #state: BotState;
  readonly #push: (content: Omit<Update, "update_id">) => Update;
  #nextQuery = 1;

  constructor(state: BotState, push: (content: Omit<Update, "update_id">) => Update) {
    this.#state = state;
    this.#push = push;
  }

  /** A person who has a private chat with the bot. */
  addUser({ id, firstName = `User ${id}`, lastName, username, isBot = false }: NewUser): User {
    const user: User = {
      id,
      is_bot: isBot,
      first_name: firstName,
      ...(lastName === undefined ? {} : { last_name: lastName }),
      ...(username === undefined ? {} : { username }),
      language_code: "en",
    };
    this.#state.world.addUser(user);
    return user;
  }

  /** A group, supergroup or channel that the bot is in. Their ids are negative. */
  addChat({ id, title, type = "supergroup", username, isForum = false }: NewChat): Chat {
    const chat: Chat = {
      id,
      type,
      title,
      ...(username === undefined ? {} : { username }),
      ...(isForum ? { is_forum: true } : {}),
    };
    this.#state.world.addChat(chat);
    return chat;
  }

  /** A forum topic. Thread id 1, General, always exists and is not added. */
  addTopic(chatId: number, threadId: number, name: string): void {
    this.#state.world.record(chatId).topics.set(threadId, name);
  }

  /** From now on the bot may not write there; undefined lifts it. */
  bar(chatId: number, barrier: Barrier | undefined): void {
    this.#state.world.record(chatId).barrier = barrier;
  }

  /**
   * Turns a group into a supergroup with a new id; the old id answers with where it went. `tells` pushes the service
   * messages that both chats get.
   */
  migrate(fromChatId: number, toChatId: number, { tells = false }: { readonly tells?: boolean } = {}): Chat {
    const record = this.#state.world.record(fromChatId);
    record.migratedTo = toChatId;
    const chat = this.addChat({ id: toChatId, title: record.chat.title ?? "Group" });
    if (tells) {
      this.#push({ message: this.#store(record, { migrate_to_chat_id: toChatId }) });
      const moved = this.#store(this.#state.world.record(toChatId), { migrate_from_chat_id: fromChatId });
      this.#push({ message: moved });
    }
    return chat;
  }

  /** A person sends photos together, with a caption under the first: an update each. */
  sendsAlbum(
    user: User,
    { photos, caption, id }: { readonly photos: readonly Buffer[]; readonly caption?: string; readonly id: string },
    options: MessageOptions = {},
  ): Update[] {
    return photos.map((data, index) =>
      this.sendsFile(
        user,
        { kind: "photo", data, ...(index === 0 && caption !== undefined ? { caption } : {}) },
        { ...options, fields: { ...options.fields, media_group_id: id } },
      ),
    );
  }

  /** A person writes. */
  says(user: User, text: string, options: MessageOptions = {}): Update {
    const entities = options.entities ?? detectEntities(text);
    return this.#writes(user, { text, ...(entities.length > 0 ? { entities } : {}) }, options);
  }

  /** A person sends a file, with a caption or without one. */
  sendsFile(
    user: User,
    { kind, data, caption, fields = {} }: { kind: FileKind; data: Buffer; caption?: string; fields?: object },
    options: MessageOptions = {},
  ): Update {
    const file = { ...this.#state.world.addFile(data, `${kind}s`), ...fields };
    const media = kind === "photo" ? [{ ...file, width: 90, height: 90 }] : file;
    return this.#writes(user, { [kind]: media, ...(caption === undefined ? {} : { caption }) }, options);
  }

  /** A person sends something else: pass its fields in `options.fields`. */
  sends(user: User, options: MessageOptions): Update {
    return this.#writes(user, {}, options);
  }

  /** Somebody posts in a channel. */
  posts(chatId: number, text: string): Update {
    const record = this.#state.world.record(chatId);
    const message = this.#store(record, { sender_chat: record.chat, text });
    return this.#push({ channel_post: message });
  }

  /** A person changes what they wrote. */
  edits(message: Message, text: string): Update {
    const edited: Message = { ...message, text, edit_date: nowSeconds() };
    this.#state.world.record(message.chat.id).messages.set(message.message_id, edited);
    return this.#push({ edited_message: edited });
  }

  /** A person taps an inline button under a message of the bot. */
  taps(user: User, message: Message, data: string): Update {
    const id = `query-${this.#nextQuery++}`;
    this.#state.callbackQueries.add(id);
    return this.#push({ callback_query: { id, from: user, message, chat_instance: "1", data } });
  }

  /** A person reacts to a message; `before` is what they had put there. */
  reacts(user: User, message: Message, emoji: string | undefined, before?: string): Update {
    const reactions = (one: string | undefined) => (one === undefined ? [] : [{ type: "emoji", emoji: one }]);
    return this.#push({
      message_reaction: {
        chat: message.chat,
        message_id: message.message_id,
        user,
        date: nowSeconds(),
        old_reaction: reactions(before),
        new_reaction: reactions(emoji),
      },
    });
  }

  /** A person joins a group: a service message. */
  joins(user: User, chatId: number): Update {
    return this.#writes(user, { new_chat_members: [user] }, { chatId });
  }

  #writes(user: User, content: object, options: MessageOptions): Update {
    const record = this.#state.world.record(options.chatId ?? user.id);
    const { threadId, replyTo, senderChat, date, fields = {} } = options;
    const message = this.#store(record, {
      from: user,
      ...(date === undefined ? {} : { date }),
      ...(senderChat === undefined ? {} : { sender_chat: senderChat }),
      ...(threadId === undefined ? {} : { message_thread_id: threadId, is_topic_message: true }),
      ...(replyTo === undefined ? {} : { reply_to_message: withoutReply(replyTo) }),
      ...content,
      ...fields,
    });
    return this.#push({ message });
  }

  #store(record: ChatRecord, content: object): Message {
    const message: Message = {
      message_id: this.#state.world.nextMessageId(record.chat),
      chat: record.chat,
      date: nowSeconds(),
      ...content,
    };
    record.messages.set(message.message_id, message);
    return message;
  }
}
