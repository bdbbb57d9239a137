import * as z from "zod";

import { flag, later, opaque, text, texts, whole } from "./notes.ts";

const reset = z.strictObject({
  mode: z.enum(["daily", "idle"]).optional().describe("Start over every day, or after a quiet time."),
  atHour: whole(0, 23, "Hour of the daily reset, host time.").optional(),
  idleMinutes: whole(1, 10_000_000, "Quiet minutes after which a session starts over.").optional(),
});

const typingMode = z.enum(["never", "instant", "thinking", "message"]);

const sendRule = z.strictObject({
  action: z.enum(["allow", "deny"]),
  match: z
    .strictObject({
      channel: z.string().optional(),
      chatType: z.enum(["direct", "group", "room"]).optional(),
      keyPrefix: z.string().optional(),
    })
    .optional(),
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
  reset: later(reset),
  resetByType: later(z.strictObject({ dm: reset.optional(), group: reset.optional(), thread: reset.optional() })),
  resetByChannel: later(z.record(z.string(), reset)),
  resetTriggers: later(texts("Messages that start a session over.")),
  idleMinutes: later(whole(1, 10_000_000, "Older form of reset.idleMinutes.")),
  heartbeatIdleMinutes: later(whole(1, 10_000_000, "Idle limit used by heartbeat checks.")),
  store: later(text("Path of the session store; sessions are kept in the gateway's database.")),
  typingMode: later(typingMode),
  typingIntervalSeconds: later(whole(1, 3600, "How often the typing sign is refreshed.")),
  agentToAgent: later(z.strictObject({ maxPingPongTurns: whole(0, 5, "Turns two agents may exchange.").optional() })),
  sendPolicy: later(
    z.strictObject({ default: z.enum(["allow", "deny"]).optional(), rules: z.array(sendRule).optional() }),
    { default: "allow" },
  ),
});

const queueMode = z.enum(["collect", "steer", "followup", "steer-backlog", "steer+backlog", "interrupt", "queue"]);
const autoOrFlag = z.union([z.boolean(), z.literal("auto")]);

/** `messages`: how inbound messages are gathered and replies are dressed. */
export const messagesSchema = z.strictObject({
  responsePrefix: later(text("Text before every reply; auto uses the agent's name.")),
  messagePrefix: later(text("Older form of channels.whatsapp.messagePrefix.")),
  ackReaction: later(z.string().describe("Emoji put on a message that will be answered; empty is off."), ""),
  ackReactionScope: later(z.enum(["group-mentions", "group-all", "direct", "all"])),
  removeAckAfterReply: later(flag("Take the emoji away after the reply."), false),
  groupChat: later(
    z.strictObject({
      historyLimit: whole(0, 10_000, "Unanswered group messages kept as context; 0 is off.").optional(),
      mentionPatterns: texts("Regular expressions that count as a mention.").optional(),
    }),
  ),
  queue: later(
    z.strictObject({
      mode: queueMode.optional(),
      debounceMs: whole(0, 600_000, "Quiet time before a follow-up turn, in milliseconds.").optional(),
      cap: whole(1, 10_000, "Messages kept while a turn runs.").optional(),
      drop: z.enum(["old", "new", "summarize"]).optional(),
      byChannel: z.record(z.string(), queueMode).optional(),
    }),
  ),
  inbound: later(
    z.strictObject({
      debounceMs: whole(0, 600_000, "Quiet time after which a sender's messages become one turn.").optional(),
      byChannel: z.record(z.string(), whole(0, 600_000, "Milliseconds.")).optional(),
    }),
    { debounceMs: 0 },
  ),
  tts: later(z.looseObject({ auto: z.enum(["off", "always", "inbound", "tagged"]).optional() }), { auto: "off" }),
});

/** `commands`: what people may order by chat. */
export const commandsSchema = z.strictObject({
  restart: later(flag("Let /restart, the gateway tool and SIGUSR1 restart the gateway."), false),
  native: later(autoOrFlag.describe("Register commands with the platform."), false),
  nativeSkills: later(autoOrFlag.describe("Register skills as commands with the platform."), false),
  text: later(flag("Read /commands from messages."), false),
  bash: later(flag("Let ! run shell commands."), false),
  bashForegroundMs: later(whole(0, 600_000, "How long a shell command may hold the chat.")),
  config: later(flag("Let /config read and write this file."), false),
  debug: later(flag("Let /debug set overrides."), false),
  useAccessGroups: later(flag("Commands only from allowed senders.")),
  ownerAllowFrom: later(texts("Senders who count as the owner.")),
});

/** `approvals`: asking people before commands run. */
export const approvalsSchema = z.strictObject({
  exec: z.looseObject({ enabled: z.boolean().optional() }).optional(),
});

/** `cron`: scheduled runs. */
export const cronSchema = z.strictObject({
  enabled: flag("Run scheduled jobs.").optional(),
  store: text("Path of the job store.").optional(),
  maxConcurrentRuns: whole(1, 1000, "How many jobs run at once.").optional(),
});

/** `hooks`: webhooks and internal hooks. */
export const hooksSchema = z.looseObject({
  enabled: flag("Serve webhooks.").optional(),
  token: z.string().optional(),
  path: z.string().optional(),
  mappings: z.array(opaque()).optional(),
});
