import type { PayloadSamples } from "@openclaw/channels-contract/compliance";

const bot = { id: 1_234_567_890, username: "fake_test_bot" };
const ada = { id: 7, is_bot: false, first_name: "Ada", last_name: "Lovelace", username: "ada", language_code: "en" };
const direct = { id: 7, type: "private", first_name: "Ada" };
const group = { id: -100_200, type: "supergroup", title: "Team" };

/** A recorded update, as the channel stores it. */
export function recorded(update: object): unknown {
  return { bot, receivedAt: 1_700_000_000_500, update: { update_id: 1_001, ...update } };
}

/** A message in a recorded update. */
export function recordedMessage(fields: object): unknown {
  return recorded({ message: { message_id: 5, from: ada, chat: direct, date: 1_700_000_000, ...fields } });
}

export const payloads: PayloadSamples = {
  messages: [
    {
      raw: recordedMessage({ text: "hello" }),
      message: {
        messageId: "5",
        chat: { id: "7", type: "direct" },
        sender: { id: "7", displayName: "Ada Lovelace", username: "ada", isBot: false, isSelf: false },
        text: "hello",
        sentAt: 1_700_000_000_000,
      },
    },
    {
      raw: recorded({ channel_post: { message_id: 9, sender_chat: group, chat: group, date: 1, text: "news" } }),
      message: { messageId: "9", sender: { id: "-100200", displayName: "Team" }, text: "news" },
    },
  ],
  silent: [
    recorded({ edited_message: { message_id: 5, from: ada, chat: direct, date: 1, edit_date: 2, text: "hello!" } }),
    recorded({
      message_reaction: { chat: direct, message_id: 5, user: ada, date: 1, old_reaction: [], new_reaction: [] },
    }),
    recorded({ my_chat_member: { chat: group, from: ada, date: 1 } }),
    recordedMessage({ chat: group, new_chat_members: [ada] }),
    recordedMessage({ chat: group, migrate_to_chat_id: -100_300 }),
    recordedMessage({ chat: group, is_topic_message: true, message_thread_id: 5, forum_topic_created: { name: "x" } }),
    recordedMessage({ poll: { id: "1", question: "?" } }),
    recorded({ callback_query: { id: "1", from: ada, inline_message_id: "x", chat_instance: "1", data: "x" } }),
    recorded({ something_new: {} }),
  ],
  unreadable: [
    { update: { update_id: 1 } },
    { bot, receivedAt: 1, update: {} },
    recorded({ message: { text: "no ids" } }),
    recordedMessage({ text: 7 }),
    recordedMessage({ chat: { id: "7", type: "private" }, text: "the id is text" }),
  ],
};
