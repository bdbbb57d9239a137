import { badRequest } from "../errors.ts";
import { isRecord, type Parameters } from "../parameters.ts";
import { formatCaption, formatMessageText } from "../text/formatted-text.ts";
import type { ParsedText } from "../text/html.ts";
import type { Message } from "../types.ts";
import type { ChatRecord } from "../world.ts";
import { namedMessage, type Method, type MethodCall } from "./context.ts";

const chatActions = new Set([
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
]);

/** The emoji a bot may react with. https://core.telegram.org/bots/api#reactiontypeemoji */
const reactionEmoji = new Set(
  "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡".split(
    " ",
  ),
);

const sendMessage: Method = (call) => {
  const record = call.state.world.writable(call.parameters.string("chat_id"));
  const { text, entities } = formatMessageText(
    call.parameters.string("text") ?? "",
    call.parameters.string("parse_mode"),
  );
  return storeSent(call, record, { text, ...(entities.length > 0 ? { entities } : {}) });
};

const editMessageText: Method = (call) => {
  const message = editableMessage(call);
  if (message.text === undefined) throw badRequest("there is no text in the message to edit");
  const formatted = formatMessageText(call.parameters.string("text") ?? "", call.parameters.string("parse_mode"));
  const markup = call.parameters.object("reply_markup")?.values;
  if (isSame(message, formatted) && JSON.stringify(message["reply_markup"]) === JSON.stringify(markup)) {
    throw badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
  }
  const { entities: _entities, reply_markup: _markup, ...kept } = message;
  const edited: Message = {
    ...kept,
    text: formatted.text,
    ...(formatted.entities.length > 0 ? { entities: formatted.entities } : {}),
    ...(markup === undefined ? {} : { reply_markup: markup }),
    edit_date: nowSeconds(),
  };
  call.state.world.record(message.chat.id).messages.set(message.message_id, edited);
  call.state.record.notify();
  return edited;
};

const editMessageCaption: Method = (call) => {
  const message = editableMessage(call);
  const { text, entities } = formatCaption(
    call.parameters.string("caption") ?? "",
    call.parameters.string("parse_mode"),
  );
  if (message.caption === text) throw badRequest("message is not modified");
  const { caption: _caption, caption_entities: _entities, ...kept } = message;
  const edited: Message = {
    ...kept,
    ...(text === "" ? {} : { caption: text }),
    ...(entities.length > 0 ? { caption_entities: entities } : {}),
    edit_date: nowSeconds(),
  };
  call.state.world.record(message.chat.id).messages.set(message.message_id, edited);
  call.state.record.notify();
  return edited;
};

const sendPoll: Method = (call) => {
  const { parameters } = call;
  const record = call.state.world.writable(parameters.string("chat_id"));
  const question = parameters.string("question") ?? "";
  const options = (parameters.list("options") ?? []).map((option) => (isRecord(option) ? option["text"] : option));
  if (question === "" || question.length > 300) throw badRequest("poll question length must be between 1 and 300");
  if (options.length < 2) throw badRequest("poll must have at least 2 option");
  if (options.length > 12) throw badRequest("poll can't have more than 12 options");
  const poll = {
    id: String(call.call.sequence),
    question,
    options: options.map((text) => ({ text, voter_count: 0 })),
    allows_multiple_answers: parameters.boolean("allows_multiple_answers"),
  };
  return storeSent(call, record, { poll });
};

const deleteMessage: Method = (call) => {
  const message = namedMessage(call);
  if (message === undefined) throw badRequest("message to delete not found");
  call.state.world.record(message.chat.id).messages.delete(message.message_id);
  call.state.record.notify();
  return true;
};

const sendChatAction: Method = ({ parameters, state }) => {
  const record = state.world.writable(parameters.string("chat_id"));
  if (!chatActions.has(parameters.string("action") ?? "")) throw badRequest("wrong parameter action in request");
  // Unlike messages, an action may name the General topic, id 1.
  if (parameters.integer("message_thread_id") !== 1) assertThread(parameters, record);
  return true;
};

/** Drafts are shown in topics of private chats. They are calls, not messages. */
const sendMessageDraft: Method = (call) => {
  const { parameters, state } = call;
  const record = state.world.writable(parameters.string("chat_id"));
  if (record.chat.type !== "private") throw badRequest("method is available only in private chats");
  if ((parameters.integer("draft_id") ?? 0) === 0) throw badRequest("invalid draft_id specified");
  assertThread(parameters, record);
  formatMessageText(parameters.string("text") ?? "", parameters.string("parse_mode"));
  return true;
};

const setMessageReaction: Method = (call) => {
  const message = namedMessage(call);
  if (message === undefined) throw badRequest("message to react not found");
  const emoji = (call.parameters.list("reaction") ?? []).map((reaction) =>
    isRecord(reaction) && typeof reaction["emoji"] === "string" ? reaction["emoji"] : "",
  );
  if (emoji.some((one) => !reactionEmoji.has(one))) throw badRequest("REACTION_INVALID");
  call.state.reactions.set(`${message.chat.id}/${message.message_id}`, emoji);
  call.state.record.notify();
  return true;
};

export const messageMethods: Readonly<Record<string, Method>> = {
  sendMessage,
  sendMessageDraft,
  editMessageText,
  editMessageCaption,
  sendPoll,
  deleteMessage,
  sendChatAction,
  setMessageReaction,
};

/** The message a call wants to change. Throws the server's errors. */
function editableMessage(call: MethodCall): Message {
  const message = namedMessage(call);
  if (message === undefined) throw badRequest("message to edit not found");
  if (message.from?.id !== call.state.bot.id) throw badRequest("message can't be edited");
  return message;
}

/** Stores a message of the bot and records it as sent. Throws the server's errors for a bad reply or topic. */
export function storeSent({ call, parameters, state }: MethodCall, record: ChatRecord, content: object): Message {
  assertThread(parameters, record);
  const threadId = parameters.integer("message_thread_id");
  const reply = repliedMessage(parameters, record);
  const markup = parameters.object("reply_markup")?.values;
  const message: Message = {
    message_id: state.world.nextMessageId(record.chat),
    ...(record.chat.type === "channel" ? { sender_chat: record.chat } : { from: state.bot }),
    chat: record.chat,
    date: nowSeconds(),
    ...content,
    ...(reply === undefined ? {} : { reply_to_message: withoutReply(reply) }),
    ...(threadId === undefined ? {} : { message_thread_id: threadId, is_topic_message: true }),
    ...(markup === undefined ? {} : { reply_markup: markup }),
  };
  record.messages.set(message.message_id, message);
  state.record.addSent({ call, message });
  return message;
}

/** A message may name a topic that exists; the General topic is named by leaving the id out. */
function assertThread(parameters: Parameters, record: ChatRecord): void {
  const threadId = parameters.integer("message_thread_id");
  if (threadId !== undefined && !record.topics.has(threadId)) throw badRequest("message thread not found");
}

function repliedMessage(parameters: Parameters, record: ChatRecord): Message | undefined {
  const reply = parameters.object("reply_parameters");
  const messageId = reply?.integer("message_id") ?? parameters.integer("reply_to_message_id");
  if (messageId === undefined) return undefined;
  const message = record.messages.get(messageId);
  const optional = (reply ?? parameters).boolean("allow_sending_without_reply");
  if (message === undefined && !optional) throw badRequest("message to be replied not found");
  return message;
}

export function withoutReply(message: Message): Message {
  const { reply_to_message: _reply, ...rest } = message;
  return rest;
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

function isSame(message: Message, { text, entities }: ParsedText): boolean {
  return message.text === text && JSON.stringify(message.entities ?? []) === JSON.stringify(entities);
}
