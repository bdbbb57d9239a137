import * as z from "zod";

import { ttsPart } from "../later/conversation.ts";
import { groupChatSchema } from "./group-chat.ts";
import { flag, later, laterPart, part, text, texts, whole } from "../notes.ts";

const typingMode = z.enum(["never", "instant", "thinking", "message"]);
const autoOrFlag = z.union([z.boolean(), z.literal("auto")]);

const resetSchema = z.strictObject({
  mode: z
    .enum(["daily", "idle"])
    .optional()
    .describe("daily (the default) at an hour, idle after a time without a message."),
  atHour: whole(0, 23, "The hour of the host's day for daily. 4 without it.").optional(),
  idleMinutes: whole(
    1,
    525_600,
    "Minutes without a message; with daily, whichever comes first. 60 for idle.",
  ).optional(),
});

const sendPolicySchema = z.strictObject({
  default: z.enum(["allow", "deny"]).optional().describe("What happens where no rule fits. allow without it."),
  rules: z
    .array(
      z.strictObject({
        action: z.enum(["allow", "deny"]),
        match: z
          .strictObject({
            channel: text("Channel id, for example telegram.").optional(),
            chatType: z.enum(["direct", "group", "room"]).optional(),
            keyPrefix: text("The beginning of a session key.").optional(),
          })
          .optional(),
      }),
    )
    .optional()
    .describe("The first rule that fits and denies wins; otherwise one that fits allows."),
});

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
  reset: resetSchema.optional().describe("When a session begins anew, at its next message. Daily at 4 without it."),
  resetByType: z
    .strictObject({ dm: resetSchema.optional(), group: resetSchema.optional(), thread: resetSchema.optional() })
    .optional()
    .describe("Another rule for direct chats, groups, or topics and threads."),
  resetByChannel: z.record(z.string(), resetSchema).optional().describe("Another rule for a channel; goes before all."),
  resetTriggers: texts("Further words that begin a session anew, besides /new and /reset.").optional(),
  idleMinutes: whole(1, 525_600, "An idle rule, where no other is set.").optional(),
  heartbeatIdleMinutes: later(z.int().positive()),
  store: later(z.string()),
  typingMode: later(typingMode),
  typingIntervalSeconds: later(z.number().positive()),
  agentToAgent: part("Sessions that write to each other with sessions_send.", () =>
    z.strictObject({
      maxPingPongTurns: whole(
        0,
        5,
        "How many times they answer each other after the first answer. 5 without it.",
      ).optional(),
    }),
  ),
  sendPolicy: sendPolicySchema.optional().describe("Whether replies are delivered to their chats."),
});

const queueMode = z.enum(["collect", "steer", "followup", "steer-backlog", "steer+backlog", "interrupt", "queue"]);

const queueSchema = z.strictObject({
  mode: queueMode
    .optional()
    .describe(
      "collect makes one turn of what waits (the default), followup a turn of each, steer tells it to the turn that runs, interrupt stops that.",
    ),
  debounceMs: whole(
    0,
    600_000,
    "How long it must be quiet before what was collected becomes a turn. 1000 without it.",
  ).optional(),
  cap: whole(1, 10_000, "How many messages of a session may wait. 20 without it.").optional(),
  drop: z
    .enum(["old", "new", "summarize"])
    .optional()
    .describe(
      "What goes when one more comes: the oldest, the new one, or the oldest with a line about it kept (the default).",
    ),
  byChannel: z.record(z.string(), queueMode).optional().describe("Another mode for a channel."),
});

const inboundDebounceSchema = z.strictObject({
  debounceMs: whole(
    0,
    600_000,
    "For all channels, in milliseconds. 0 without it: every message is answered at once.",
  ).optional(),
  byChannel: z
    .record(z.string(), whole(0, 600_000, "In milliseconds."))
    .optional()
    .describe("Another time for a channel."),
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
  groupChat: groupChatSchema.optional().describe("How agents take part in groups."),
  queue: queueSchema.optional().describe("What happens to messages that come while their session is busy."),
  inbound: inboundDebounceSchema
    .optional()
    .describe("How long a chat must be quiet before its messages become a turn."),
  tts: laterPart(ttsPart, { auto: "off" }),
});

/** `commands`: what people may order by chat. */
export const commandsSchema = z.strictObject({
  restart: later(flag("Let /restart, the gateway tool and SIGUSR1 restart the gateway."), false),
  native: autoOrFlag
    .optional()
    .describe("Whether platforms with a menu of commands list them there. auto, the default, does so on Telegram."),
  nativeSkills: later(autoOrFlag, false),
  text: flag(
    "Read /commands from messages. false: where people have a menu of the commands (Telegram), only what that writes is one. On without it.",
  ).optional(),
  bash: later(flag("Let ! run shell commands."), false),
  bashForegroundMs: later(z.int().nonnegative()),
  config: later(flag("Let /config read and write this file."), false),
  debug: later(flag("Let /debug set overrides."), false),
  useAccessGroups: flag("Commands only from listed senders, where any are listed. On without it.").optional(),
});
