import * as z from "zod";

import {
  debouncePart,
  pingPongPart,
  queuePart,
  resetByChannelPart,
  resetByTypePart,
  resetPart,
  sendPolicyPart,
  ttsPart,
} from "./later/conversation.ts";
import { groupChatPart } from "./later/agents.ts";
import { flag, later, laterPart, text } from "./notes.ts";

const typingMode = z.enum(["never", "instant", "thinking", "message"]);
const autoOrFlag = z.union([z.boolean(), z.literal("auto")]);

/** `session`: how chats become sessions. */
export const sessionSchema = z.strictObject({
  scope: z
    .enum(["per-sender", "global"])
    .default("per-sender")
    .describe("A session for each sender, or one for everything."),
  dmScope: z
    .enum(["main", "per-peer", "per-channel-peer", "per-account-channel-peer"])
    .default("main")
    .describe("How direct chats are kept apart; main puts them all into one session."),
  identityLinks: z
    .record(z.string(), z.array(z.string()))
    .default({})
    .describe("One person's ids on several channels: a name with its channel:peer list."),
  mainKey: text("Name of the main session.").default("main"),
  reset: laterPart(resetPart),
  resetByType: laterPart(resetByTypePart),
  resetByChannel: laterPart(resetByChannelPart),
  resetTriggers: later(z.array(z.string())),
  idleMinutes: later(z.int().positive()),
  heartbeatIdleMinutes: later(z.int().positive()),
  store: later(z.string()),
  typingMode: later(typingMode),
  typingIntervalSeconds: later(z.number().positive()),
  agentToAgent: laterPart(pingPongPart),
  sendPolicy: laterPart(sendPolicyPart, { default: "allow" }),
});

/** `messages`: how inbound messages are gathered and replies are dressed. */
export const messagesSchema = z.strictObject({
  responsePrefix: z
    .string()
    .optional()
    .describe(
      "Stands before every reply to a chat; auto is the agent's name in brackets. May hold {model}, {modelFull}, {provider}, {thinkingLevel} and {identity.name}.",
    ),
  messagePrefix: later(z.string(), ""),
  ackReaction: later(z.string(), ""),
  ackReactionScope: later(z.enum(["group-mentions", "group-all", "direct", "all"])),
  removeAckAfterReply: later(flag("Take the emoji away after the reply."), false),
  groupChat: laterPart(groupChatPart),
  queue: laterPart(queuePart),
  inbound: laterPart(debouncePart, { debounceMs: 0 }),
  tts: laterPart(ttsPart, { auto: "off" }),
});

/** `commands`: what people may order by chat. */
export const commandsSchema = z.strictObject({
  restart: later(flag("Let /restart, the gateway tool and SIGUSR1 restart the gateway."), false),
  native: later(autoOrFlag, false),
  nativeSkills: later(autoOrFlag, false),
  text: later(flag("Read /commands from messages."), false),
  bash: later(flag("Let ! run shell commands."), false),
  bashForegroundMs: later(z.int().nonnegative()),
  config: later(flag("Let /config read and write this file."), false),
  debug: later(flag("Let /debug set overrides."), false),
  useAccessGroups: later(flag("Commands only from allowed senders.")),
});
