import type { OutboundContent } from "@openclaw/channels-contract";
import type {
  ComplianceSubject,
  PlatformDouble,
  SendFailure,
  VisibleMessage,
} from "@openclaw/channels-contract/compliance";
import { FakeTelegram, type Fault, type SentMessage, type Update } from "@openclaw/testkit/fake-telegram";

import { createTelegramChannel } from "../src/index.ts";
import { payloads } from "./payloads.ts";

const faults: Readonly<Record<SendFailure, Fault>> = {
  "rate-limited": {
    kind: "error",
    code: 429,
    description: "Too Many Requests: retry after 7",
    parameters: { retry_after: 7 },
  },
  refused: { kind: "error", code: 403, description: "Forbidden: bot was blocked by the user" },
  "lost-answer": { kind: "drop", when: "after" },
  "no-answer": { kind: "hang" },
};

const methods: Readonly<Record<OutboundContent["kind"], string>> = {
  text: "sendMessage",
  media: "sendDocument",
  edit: "editMessageText",
  delete: "deleteMessage",
  reaction: "setMessageReaction",
  poll: "sendPoll",
};

/** A message as it stands now; nothing when it was deleted. */
function visibleOf(telegram: FakeTelegram, { call, message }: SentMessage): VisibleMessage[] {
  const now = telegram.message(message.chat.id, message.message_id);
  if (now === undefined) return [];
  const { poll } = now as { poll?: { question: string } };
  const [file] = Object.values(call.files);
  const text = now.text ?? now.caption ?? poll?.question ?? "";
  return [{ messageId: String(now.message_id), text, ...(file === undefined ? {} : { file: file.data }) }];
}

function platformDouble(telegram: FakeTelegram, chatId: number): PlatformDouble {
  const { token } = telegram;
  const user = telegram.people.addUser({ id: chatId, firstName: "Ada" });
  const updates = new Map<string, Update>();
  const updateOf = (messageId: string): Update => {
    const update = updates.get(messageId);
    if (update === undefined) throw new Error(`No message ${messageId} was delivered.`);
    return update;
  };
  return {
    goOffline: () => telegram.goOffline(),
    goOnline: () => telegram.goOnline(),
    deliver: async (text) => {
      const update = telegram.people.says(user, text);
      const messageId = String(update.message?.message_id);
      updates.set(messageId, update);
      return { messageId };
    },
    deliverAgain: async (messageId) => telegram.redeliver(updateOf(messageId)),
    isAcknowledged: (messageId) => telegram.confirmed.includes(updateOf(messageId).update_id),
    visible: () => telegram.sent.flatMap((sent) => visibleOf(telegram, sent)),
    failNextSend: (failure, kind = "text") => telegram.failNext(methods[kind], faults[failure]),
    reactions: (messageId) => telegram.reactions(chatId, Number(messageId)),
    deliverFile: async (data) => {
      const update = telegram.people.sendsFile(user, { kind: "document", data: Buffer.from(data) });
      const messageId = String(update.message?.message_id);
      updates.set(messageId, update);
      return { messageId };
    },
    revokeCredentials: () => {
      telegram.token = `${telegram.bot.id}:AnotherTokenThatNobodyWasTold_0123456789`;
    },
    restoreCredentials: () => {
      telegram.token = token;
    },
  };
}

/** A bot on a fresh fake Telegram. */
export async function telegramSubject(): Promise<ComplianceSubject> {
  const telegram = await FakeTelegram.start();
  const chatId = 7_000_001;
  return {
    plugin: createTelegramChannel(),
    section: { botToken: telegram.token, apiRoot: telegram.apiRoot },
    secrets: [telegram.token],
    to: { chatId: String(chatId) },
    platform: platformDouble(telegram, chatId),
    payloads,
    [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose](),
  };
}
