import type { ComplianceSubject, PlatformDouble, SendFailure } from "../src/compliance.ts";
import type { ChannelPlugin } from "../src/index.ts";
import type { MemoryDelivery, MemoryPlatform, ScriptedSend } from "../src/memory.ts";

const failures: Readonly<Record<Exclude<SendFailure, "no-answer">, ScriptedSend>> = {
  "rate-limited": { outcome: { outcome: "retry", reason: "Slow down.", retryAfterMs: 1_000 } },
  refused: { outcome: { outcome: "permanent", code: "BLOCKED", reason: "The person blocked the account." } },
  "lost-answer": { outcome: { outcome: "unknown", reason: "The connection broke." }, delivered: true },
};

function platformDouble(platform: MemoryPlatform): PlatformDouble {
  const deliveries = new Map<string, MemoryDelivery>();
  const keep = (delivery: MemoryDelivery) => {
    deliveries.set(delivery.messageId, delivery);
    return { messageId: delivery.messageId };
  };
  const eventIdOf = (messageId: string) => deliveries.get(messageId)?.eventId ?? "";
  return {
    goOffline: async () => platform.goOffline(),
    goOnline: async () => platform.goOnline(),
    deliver: async (text) => keep(platform.say({ chatId: "ada", text })),
    deliverAgain: async (messageId) => platform.deliverAgain(eventIdOf(messageId)),
    isAcknowledged: (messageId) => platform.isAcknowledged(eventIdOf(messageId)),
    visible: () => platform.sent,
    reactions: (messageId) => {
      const last = platform.reactions.findLast((reaction) => reaction.messageId === messageId);
      return last === undefined || last.emoji === "" ? [] : [last.emoji];
    },
    deliverFile: async (data) => keep(platform.say({ chatId: "ada", text: "", files: [{ kind: "document", data }] })),
    failNextSend: (failure) => {
      if (failure === "no-answer") platform.script(() => new Promise(() => undefined));
      else platform.script(failures[failure]);
    },
    revokeCredentials: () => platform.revokeCredentials(),
    restoreCredentials: () => platform.goOnline(),
    deliverOwn: async (text) => keep(platform.say({ chatId: "ada", text, isSelf: true })),
  };
}

/** A compliance subject on a memory platform. */
export function memorySubject(
  plugin: ChannelPlugin,
  platform: MemoryPlatform,
  secrets: readonly string[] = [],
): ComplianceSubject {
  return {
    plugin,
    section: {},
    secrets,
    to: { chatId: "ada" },
    platform: platformDouble(platform),
    payloads: {
      messages: [
        {
          raw: {
            type: "message",
            messageId: "m1",
            chatId: "team",
            chatType: "group",
            senderId: "ada",
            text: "hello",
            sentAt: 1,
            mentionsSelf: true,
          },
          message: { messageId: "m1", chat: { id: "team", type: "group" }, text: "hello", mentionsSelf: true },
        },
      ],
      silent: [{ type: "notice", text: "Ada joined." }],
      unreadable: [{ type: "message", text: "no ids" }],
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}
