import * as z from "zod";

import {
  blockChunkPart,
  blockCoalescePart,
  cliBackendsPart,
  humanDelayPart,
  memorySearchPart,
  modelChoicePart,
  sandboxPart,
} from "./later/agents.ts";
import { groupChatSchema } from "./conversation/group-chat.ts";
import { flag, later, laterPart, opaque, part, text, texts, whole } from "./notes.ts";
import { contextPruningSchema } from "./pruning.ts";
import { agentToolsSchema } from "./tools.ts";

const modelChoice = z.union([
  text("A model as provider/model."),
  z.strictObject({
    primary: text("The model as provider/model.").optional(),
    fallbacks: texts("Models to try in this order when the primary one is unavailable.").optional(),
  }),
]);

/** `HH:MM`, up to 24:00. */
const timeOfDay = (description: string) =>
  text(description).regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, "HH:MM, from 00:00 to 24:00");

const heartbeat = z.strictObject({
  every: z
    .union([
      z.string().regex(/^\d+(\.\d+)?\s*(ms|s|m|h|d)?$/, "a time such as 30m, 1h or 0m"),
      z.number().nonnegative(),
    ])
    .optional()
    .describe(
      "How often the agent is woken without a message, 30m without it; a bare number is minutes, 0m is off. Off for the offline model as well.",
    ),
  model: text("Model of these turns, as provider/model.").optional(),
  prompt: text("What the agent is asked, in place of the built-in words.").optional(),
  target: text(
    "Where an answer goes: last (the chat that last wrote in the session; without it), none, or a channel id.",
  ).optional(),
  to: text("The chat the answer goes to, with a channel as target.").optional(),
  session: text("The session it runs in; the agent's main one without it.").optional(),
  ackMaxChars: whole(
    0,
    100_000,
    "An answer of HEARTBEAT_OK and no more than this beside it is not delivered. 300 without it.",
  ).optional(),
  activeHours: z
    .strictObject({
      start: timeOfDay("First minute of the day, 00:00 without it.").optional(),
      end: timeOfDay("End of the day, 24:00 without it; before start for a night.").optional(),
    })
    .optional()
    .describe("Hours outside of which there are no heartbeats, in agents.defaults.userTimezone."),
  includeReasoning: later(z.boolean(), false),
});

const defaults = z.strictObject({
  workspace: text("The agent's working directory. ~/.openclaw/workspace without it.").optional(),
  model: modelChoice.optional().describe("The model that turns use."),
  models: z
    .record(
      z.string(),
      z.strictObject({
        alias: text("A shorter name for it.").optional(),
        params: z.record(z.string(), z.unknown()).optional().describe("Call parameters, for example temperature."),
      }),
    )
    .optional()
    .describe("Catalog by provider/model with aliases and call parameters; when set, only these models may be chosen."),
  timeoutSeconds: whole(1, 86_400, "A turn is aborted after this many seconds.").default(600),
  maxConcurrent: whole(1, 1000, "How many turns run at once, over all sessions.").default(4),
  contextTokens: whole(1000, 100_000_000, "Context window to assume for a model that does not say its own.").optional(),
  userTimezone: text("IANA time zone of the person; the host's without it.").optional(),
  bootstrapMaxChars: whole(100, 10_000_000, "Longest part of one workspace file that goes into the prompt.").optional(),
  thinkingDefault: z
    .enum(["off", "minimal", "low", "medium", "high", "xhigh"])
    .optional()
    .describe("How much a model that can think before it answers does so."),
  skipBootstrap: later(flag("Do not create the workspace's starter files."), false),
  repoRoot: later(z.string()),
  timeFormat: later(z.enum(["auto", "12", "24"])),
  envelopeTimestamp: z
    .enum(["on", "off"])
    .optional()
    .describe("on introduces each message of a chat to the agent by its channel, sender and time. off without it."),
  envelopeTimezone: text(
    "The time zone of times: local (the host's, the default), utc, user, or an IANA name.",
  ).optional(),
  envelopeElapsed: z
    .enum(["on", "off"])
    .optional()
    .describe("on introduces each message by how long after the one before it it comes, as +2m. off without it."),
  imageModel: laterPart(modelChoicePart),
  cliBackends: laterPart(cliBackendsPart),
  verboseDefault: later(z.enum(["off", "on", "full"]), "off"),
  elevatedDefault: later(z.enum(["off", "on", "ask", "full"]), "off"),
  mediaMaxMb: later(z.number().positive()),
  subagents: part("Sub-agents: turns of their own that a turn starts with sessions_spawn.", () =>
    z.strictObject({
      model: modelChoice.optional().describe("Their model; the agent's own without it."),
      maxConcurrent: whole(1, 1_000, "How many run at once, beside maxConcurrent. 8 without it.").optional(),
      archiveAfterMinutes: whole(
        0,
        525_600,
        "Their sessions are deleted after so long, at the next hourly tidying; 0 is never. 60 without it.",
      ).optional(),
    }),
  ),
  blockStreamingDefault: later(z.enum(["on", "off"]), "off"),
  blockStreamingBreak: later(z.enum(["text_end", "message_end"])),
  blockStreamingChunk: laterPart(blockChunkPart),
  blockStreamingCoalesce: laterPart(blockCoalescePart),
  humanDelay: laterPart(humanDelayPart, { mode: "off" }),
  typingMode: later(z.enum(["never", "instant", "thinking", "message"])),
  typingIntervalSeconds: later(z.number().positive()),
  heartbeat: heartbeat.optional().describe("Waking the agent without a message."),
  compaction: part("Summarising conversations that grow too long.", () =>
    z.strictObject({
      memoryFlush: z
        .strictObject({
          enabled: flag("Before that the model may write down what must not be lost. On without it.").optional(),
          prompt: text("What it is asked, in place of the built-in words.").optional(),
          systemPrompt: text("What follows the system prompt then.").optional(),
          softThresholdTokens: later(z.int().nonnegative()),
        })
        .optional()
        .describe("Needs a tool that writes: exec, or one of an MCP server."),
      mode: later(z.enum(["default", "safeguard"]), "default"),
      reserveTokensFloor: later(z.int().nonnegative()),
    }),
  ),
  contextPruning: part("Shortening old tool results before the model reads them again.", contextPruningSchema),
  memorySearch: laterPart(memorySearchPart, { enabled: false }),
  sandbox: laterPart(sandboxPart, { mode: "off" }),
  tools: later(opaque()),
});

const identity = z.strictObject({
  name: text("What the agent calls itself.").optional(),
  theme: text("Its character in a few words.").optional(),
  emoji: text("Its emoji.").optional(),
  avatar: text("Workspace-relative path, http(s) URL or data URL of a picture.").optional(),
});

const agent = z.strictObject({
  id: text("Stable id of the agent.").regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "letters, digits, - and _, at most 64"),
  default: flag("The agent that takes what no binding sends elsewhere; the first one without it.").optional(),
  name: text("Display name.").optional(),
  workspace: text(
    "Working directory; the defaults' one with -<id> at its end without it, as it is for main.",
  ).optional(),
  model: modelChoice.optional().describe("Overrides agents.defaults.model."),
  identity: identity.optional().describe("Who the agent is."),
  agentDir: later(z.string()),
  groupChat: groupChatSchema.optional().describe("Overrides messages.groupChat."),
  heartbeat: heartbeat
    .optional()
    .describe("Overrides agents.defaults.heartbeat; once an agent has it, only such agents have heartbeats."),
  humanDelay: laterPart(humanDelayPart, { mode: "off" }),
  sandbox: laterPart(sandboxPart, { mode: "off" }),
  subagents: part("Sub-agents that this agent starts.", () =>
    z.strictObject({
      allowAgents: texts("Agents that it may give tasks to, * for any; only itself without it.").optional(),
      model: modelChoice.optional().describe("Overrides agents.defaults.subagents.model."),
    }),
  ),
  tools: agentToolsSchema.optional().describe("What the agent's model may call."),
});

/** `agents`: what every agent does unless it says otherwise, and the agents there are. */
export const agentsSchema = z.strictObject({
  defaults: defaults.prefault({}),
  list: z.array(agent).default([]).describe("The agents; without any there is one, main."),
});

/** `bindings`: which agent answers which account or chat. */
export const bindingsSchema = z.array(
  z.strictObject({
    agentId: text("The agent that answers."),
    match: z.strictObject({
      channel: text("Channel id, for example telegram."),
      accountId: text("Account of the channel; the default account without it, * for any.").optional(),
      peer: z
        .strictObject({
          kind: z.enum(["dm", "group", "channel"]).describe("What kind of chat."),
          id: text("Chat id on the platform."),
        })
        .optional()
        .describe("One chat."),
      guildId: later(z.string()),
      teamId: later(z.string()),
    }),
  }),
);
