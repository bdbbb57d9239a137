/** Where an inbound message belongs, and the turn it asks for. Pure: nothing is read or written here. */
import type { InboundMessage } from "@openclaw/channels-contract";

import { type EnvelopeSettings, envelopeOf } from "../agent/envelope.ts";
import { promptText } from "../agent/prompt-text.ts";
import type { InboxEntry } from "../inbox/inbox.ts";
import type { PendingFile } from "../media/pending-media.ts";
import { groupIntro } from "../policy/group-intro.ts";
import type { Decision } from "../policy/policy.ts";
import type { ResetRule } from "../sessions/rules/reset-rule.ts";
import { type SessionKeySettings, sessionKeyOf } from "../sessions/session-key.ts";
import type { SessionOrigin, SessionTouch } from "../sessions/session-store.ts";
import type { NewTurn, ReplyRoute } from "../sessions/turn.ts";

/** A message with the conversation it belongs to. */
export interface PlacedMessage {
  readonly entry: InboxEntry;
  readonly message: InboundMessage;
  readonly agentId: string;
  readonly sessionKey: string;
  /** How messages are introduced to the agent; they are not without it. */
  readonly envelope?: EnvelopeSettings | undefined;
  /** When a person last wrote in its session before it, in epoch milliseconds. */
  readonly lastAt?: number | undefined;
}

export function placeMessage(
  entry: InboxEntry,
  message: InboundMessage,
  {
    agentId,
    sessionKeys,
    envelope,
  }: { agentId: string; sessionKeys: SessionKeySettings } & Partial<Pick<PlacedMessage, "envelope">>,
): PlacedMessage {
  const { channel, account } = entry;
  const conversation = { agentId, channel, account, chat: message.chat, senderId: message.sender.id };
  return { entry, message, agentId, sessionKey: sessionKeyOf(conversation, sessionKeys), envelope };
}

/** The turn a message asks for. */
export function turnOf(
  placed: PlacedMessage,
  runId: string,
  heard: Extract<Decision, { action: "answer" | "overhear" }>,
): NewTurn {
  const { entry, message, agentId, sessionKey, envelope, lastAt } = placed;
  const { activation, extraSystemPrompt } = heard;
  const { channel } = entry;
  const intro = activation === undefined ? [] : [groupIntro({ channel, title: message.chat.title, activation })];
  const system = [...intro, ...(extraSystemPrompt === undefined ? [] : [extraSystemPrompt])];
  return {
    runId,
    sessionKey,
    agentId,
    source: "channel",
    inboxId: entry.id,
    request: {
      senders: [message.sender.id],
      prompt: envelope ? `${envelopeOf(message, envelope, lastAt)} ${promptText(message)}` : promptText(message),
      ...(system.length === 0 ? {} : { extraSystemPrompt: system.join("\n\n") }),
    },
    route: replyRoute(entry, message),
  };
}

/** The files that came with a message, under names that no other file has. */
export function filesOf({ entry, message }: PlacedMessage): PendingFile[] {
  const { channel, account } = entry;
  return (message.media ?? []).map((reference, index) => ({
    channel,
    account,
    origin: `inbox/${entry.id}/${index}`,
    reference,
  }));
}

/** What the message says about its session. */
export function touchOf({ entry, message, agentId, sessionKey }: PlacedMessage, resetRule: ResetRule): SessionTouch {
  const { type: chatType, title } = message.chat;
  const { replyTo: _replyTo, ...route } = replyRoute(entry, message);
  const origin = originOf(entry, message);
  return { key: sessionKey, agentId, chatType, channel: entry.channel, title, route, origin, resetRule };
}

/** Where the answer to a message goes. */
export function replyRoute(entry: InboxEntry, message: InboundMessage): ReplyRoute {
  const { id: chatId, threadId, type } = message.chat;
  return {
    channel: entry.channel,
    account: entry.account,
    chatId,
    ...(threadId === undefined ? {} : { threadId }),
    // In a direct chat it is clear what is being answered.
    ...(type === "direct" ? {} : { replyTo: message.messageId }),
  };
}

function originOf({ channel, account }: InboxEntry, { chat, sender }: InboundMessage): SessionOrigin {
  const label = chat.title ?? sender.displayName ?? sender.username;
  return {
    provider: channel,
    surface: channel,
    chatType: chat.type,
    from: sender.id,
    to: chat.id,
    accountId: account,
    ...(label === undefined ? {} : { label }),
    ...(chat.threadId === undefined ? {} : { threadId: chat.threadId }),
  };
}

/** What kind of conversation a reset rule is chosen for. */
export function resetTypeOf({ chat }: InboundMessage): "dm" | "group" | "thread" {
  if (chat.type === "direct") return "dm";
  return chat.threadId === undefined ? "group" : "thread";
}
