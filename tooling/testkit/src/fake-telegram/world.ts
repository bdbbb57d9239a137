import { BotApiError, badRequest } from "./errors.ts";
import type { Chat, FileObject, Message, User } from "./types.ts";

/** Why the bot may not write to a chat, in the server's words. */
export type Barrier =
  | "bot was blocked by the user"
  | "bot was kicked from the group chat"
  | "bot was kicked from the supergroup chat"
  | "user is deactivated"
  | "bot can't initiate conversation with a user";

export interface ChatRecord {
  readonly chat: Chat;
  readonly messages: Map<number, Message>;
  /** Forum topics by thread id. The General topic has no entry. */
  readonly topics: Map<number, string>;
  barrier: Barrier | undefined;
  migratedTo: number | undefined;
}

export interface StoredFile {
  readonly data: Buffer;
  readonly path: string;
}

/** The chats, people, messages and files the server knows. */
export class World {
  readonly #chats = new Map<number, ChatRecord>();
  readonly #files = new Map<string, StoredFile>();
  /** Private chats and small groups share one numbering; supergroups and channels count for themselves. */
  readonly #messageNumbers = new Map<number, number>();
  #nextFile = 1;

  addChat(chat: Chat): ChatRecord {
    const record: ChatRecord = {
      chat,
      messages: new Map(),
      topics: new Map(),
      barrier: undefined,
      migratedTo: undefined,
    };
    this.#chats.set(chat.id, record);
    return record;
  }

  addUser(user: User): ChatRecord {
    const { id, first_name, last_name, username } = user;
    return this.addChat({
      id,
      type: "private",
      first_name,
      ...(last_name === undefined ? {} : { last_name }),
      ...(username === undefined ? {} : { username }),
    });
  }

  /** The chat, whatever its state. Throws an Error of the test's own making when there is none. */
  record(chatId: number): ChatRecord {
    const record = this.#chats.get(chatId);
    if (record === undefined) throw new Error(`The fake Telegram knows no chat ${chatId}; add it first.`);
    return record;
  }

  /** The chat a call names, by id or @username. Throws the server's errors. */
  lookUp(chatId: string | undefined): ChatRecord {
    if (chatId === undefined || chatId === "") throw badRequest("chat_id is empty");
    const record = chatId.startsWith("@") ? this.#byUsername(chatId.slice(1)) : this.#chats.get(Number(chatId));
    if (record === undefined) throw badRequest("chat not found");
    return record;
  }

  /** The chat a call wants to write to. Throws the server's errors for chats that take nothing from the bot. */
  writable(chatId: string | undefined): ChatRecord {
    const record = this.lookUp(chatId);
    if (record.migratedTo !== undefined) {
      throw badRequest("group chat was upgraded to a supergroup chat", { migrate_to_chat_id: record.migratedTo });
    }
    if (record.barrier !== undefined) throw new BotApiError(403, `Forbidden: ${record.barrier}`);
    return record;
  }

  nextMessageId(chat: Chat): number {
    const series = chat.type === "supergroup" || chat.type === "channel" ? chat.id : 0;
    const next = (this.#messageNumbers.get(series) ?? 0) + 1;
    this.#messageNumbers.set(series, next);
    return next;
  }

  addFile(data: Buffer, folder: string): FileObject {
    const number = this.#nextFile++;
    const fileId = `file-${number}`;
    this.#files.set(fileId, { data, path: `${folder}/file_${number}` });
    return { file_id: fileId, file_unique_id: `unique-${number}`, file_size: data.length };
  }

  file(fileId: string): StoredFile | undefined {
    return this.#files.get(fileId);
  }

  fileAt(path: string): StoredFile | undefined {
    for (const file of this.#files.values()) if (file.path === path) return file;
    return undefined;
  }

  #byUsername(username: string): ChatRecord | undefined {
    const wanted = username.toLowerCase();
    for (const record of this.#chats.values()) {
      // A bot may address public groups and channels by name, never people.
      if (record.chat.type !== "private" && record.chat.username?.toLowerCase() === wanted) return record;
    }
    return undefined;
  }
}
