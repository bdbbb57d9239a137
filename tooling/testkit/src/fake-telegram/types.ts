/** The Bot API objects this double speaks, as far as it fills them. https://core.telegram.org/bots/api#available-types */

export interface User {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

export interface Chat {
  readonly id: number;
  readonly type: "private" | "group" | "supergroup" | "channel";
  readonly title?: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
  readonly is_forum?: true;
}

export interface MessageEntity {
  readonly type: string;
  /** UTF-16 code units from the start of the text. */
  readonly offset: number;
  /** UTF-16 code units. */
  readonly length: number;
  readonly url?: string;
  readonly user?: User;
  readonly language?: string;
}

export interface FileObject {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size: number;
  readonly [field: string]: unknown;
}

export interface Message {
  readonly message_id: number;
  readonly chat: Chat;
  /** Seconds since the epoch. */
  readonly date: number;
  readonly from?: User;
  readonly sender_chat?: Chat;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly edit_date?: number;
  readonly message_thread_id?: number;
  readonly is_topic_message?: true;
  readonly reply_to_message?: Message;
  readonly [field: string]: unknown;
}

export interface CallbackQuery {
  readonly id: string;
  readonly from: User;
  readonly message?: Message;
  readonly chat_instance: string;
  readonly data?: string;
}

/** An update without its id: what happened. */
export interface UpdateContent {
  readonly message?: Message;
  readonly edited_message?: Message;
  readonly channel_post?: Message;
  readonly edited_channel_post?: Message;
  readonly callback_query?: CallbackQuery;
  readonly [kind: string]: unknown;
}

export interface Update extends UpdateContent {
  readonly update_id: number;
}
