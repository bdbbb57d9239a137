import * as z from "zod";

/** The parts of a Bot API update this channel reads. https://core.telegram.org/bots/api#update */

const userSchema = z.object({
  id: z.number(),
  is_bot: z.boolean(),
  first_name: z.string(),
  last_name: z.string().optional(),
  username: z.string().optional(),
});

const chatSchema = z.object({
  id: z.number(),
  type: z.enum(["private", "group", "supergroup", "channel"]),
  title: z.string().optional(),
  username: z.string().optional(),
  is_forum: z.boolean().optional(),
});

const entitySchema = z.object({
  type: z.string(),
  offset: z.number(),
  length: z.number(),
  user: userSchema.optional(),
});

const fileSchema = z.object({
  file_id: z.string(),
  file_unique_id: z.string(),
  file_size: z.number().optional(),
  mime_type: z.string().optional(),
  file_name: z.string().optional(),
});

const locationSchema = z.object({
  latitude: z.number(),
  longitude: z.number(),
  horizontal_accuracy: z.number().optional(),
  live_period: z.number().optional(),
});

const contentFields = {
  message_id: z.number(),
  date: z.number(),
  from: userSchema.optional(),
  sender_chat: chatSchema.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  forum_topic_created: z.unknown().optional(),
};

const messageSchema = z.object({
  ...contentFields,
  chat: chatSchema,
  entities: z.array(entitySchema).optional(),
  caption_entities: z.array(entitySchema).optional(),
  message_thread_id: z.number().optional(),
  is_topic_message: z.boolean().optional(),
  reply_to_message: z.object(contentFields).optional(),
  quote: z.object({ text: z.string() }).optional(),
  photo: z.array(fileSchema).optional(),
  video: fileSchema.optional(),
  video_note: fileSchema.optional(),
  animation: fileSchema.optional(),
  audio: fileSchema.optional(),
  voice: fileSchema.optional(),
  document: fileSchema.optional(),
  sticker: fileSchema.optional(),
  location: locationSchema.optional(),
  venue: z.object({ location: locationSchema, title: z.string(), address: z.string() }).optional(),
  /** In the old group, when it became a supergroup. */
  migrate_to_chat_id: z.number().optional(),
  /** In the new supergroup. */
  migrate_from_chat_id: z.number().optional(),
});

/** https://core.telegram.org/bots/api#reactiontype */
const reactionTypeSchema = z.object({ type: z.string(), emoji: z.string().optional() });

const messageReactionSchema = z.object({
  chat: chatSchema,
  message_id: z.number(),
  /** Missing when it was made in the name of a chat, which then is `actor_chat`. */
  user: userSchema.optional(),
  actor_chat: chatSchema.optional(),
  date: z.number(),
  old_reaction: z.array(reactionTypeSchema),
  new_reaction: z.array(reactionTypeSchema),
});

const callbackQuerySchema = z.object({
  id: z.string(),
  from: userSchema,
  data: z.string().optional(),
  /** Missing for buttons of inline messages; without most fields when the message is too old. */
  message: z
    .object({
      message_id: z.number(),
      chat: chatSchema,
      message_thread_id: z.number().optional(),
      is_topic_message: z.boolean().optional(),
    })
    .optional(),
});

/**
 * What is recorded of one update: the update as it came, who the bot was then, and when it came. With these a payload
 * can be read at any later time without asking Telegram anything.
 */
export const recordedUpdateSchema = z.object({
  bot: z.object({ id: z.number(), username: z.string().optional() }),
  /** Epoch milliseconds, by the gateway's clock. */
  receivedAt: z.number(),
  update: z.object({
    update_id: z.number(),
    message: messageSchema.optional(),
    edited_message: messageSchema.optional(),
    channel_post: messageSchema.optional(),
    edited_channel_post: messageSchema.optional(),
    callback_query: callbackQuerySchema.optional(),
    message_reaction: messageReactionSchema.optional(),
  }),
});

export type RecordedUpdate = z.infer<typeof recordedUpdateSchema>;
export type TelegramMessage = z.infer<typeof messageSchema>;
export type TelegramUser = z.infer<typeof userSchema>;
export type TelegramChat = z.infer<typeof chatSchema>;
export type TelegramFile = z.infer<typeof fileSchema>;
export type TelegramLocation = z.infer<typeof locationSchema>;
export type CallbackQuery = z.infer<typeof callbackQuerySchema>;
export type MessageReaction = z.infer<typeof messageReactionSchema>;
export type RecordedBot = RecordedUpdate["bot"];
