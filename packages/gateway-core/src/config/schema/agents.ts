import * as z from "zod";

import { flag, later, opaque, text, texts, whole } from "./notes.ts";

const modelChoice = z.union([
  text("A model as provider/model."),
  z.strictObject({
    primary: text("The model as provider/model.").optional(),
    fallbacks: texts("Models to try in this order when the primary one is unavailable.").optional(),
  }),
]);

const humanDelay = z.strictObject({
  mode: z.enum(["off", "natural", "custom"]).optional(),
  minMs: whole(0, 600_000, "Shortest pause in milliseconds.").optional(),
  maxMs: whole(0, 600_000, "Longest pause in milliseconds.").optional(),
});

const blockChunk = z.strictObject({
  minChars: whole(1, 100_000, "Smallest block.").optional(),
  maxChars: whole(1, 100_000, "Largest block.").optional(),
  breakPreference: z.enum(["paragraph", "newline", "sentence"]).optional(),
});

const blockCoalesce = z.strictObject({
  minChars: whole(1, 100_000, "Smallest block.").optional(),
  maxChars: whole(1, 100_000, "Largest block.").optional(),
  idleMs: whole(0, 600_000, "Quiet time that ends a block, in milliseconds.").optional(),
});

const sandbox = z.looseObject({
  mode: z.enum(["off", "non-main", "all"]).optional().describe("Which sessions run their tools in a container."),
  scope: z.enum(["session", "agent", "shared"]).optional(),
  workspaceAccess: z.enum(["none", "ro", "rw"]).optional(),
});

const heartbeat = z.looseObject({
  every: z.union([z.string(), z.number()]).optional().describe("How often, for example 30m; 0m is off."),
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
  repoRoot: later(text("Repository root shown to the model.")),
  timeFormat: later(z.enum(["auto", "12", "24"])),
  envelopeTimezone: later(text("Time zone of the stamps on inbound messages: utc, local, user or an IANA name.")),
  envelopeTimestamp: later(z.enum(["on", "off"]), "off"),
  envelopeElapsed: later(z.enum(["on", "off"]), "off"),
  imageModel: later(modelChoice),
  cliBackends: later(opaque(), {}),
  verboseDefault: later(z.enum(["off", "on", "full"]), "off"),
  elevatedDefault: later(z.enum(["off", "on", "ask", "full"]), "off"),
  mediaMaxMb: later(z.number().positive().describe("Largest outbound media item in MB.")),
  subagents: later(
    z.strictObject({
      model: modelChoice.optional(),
      maxConcurrent: whole(1, 1000, "How many sub-agent runs at once.").optional(),
      archiveAfterMinutes: whole(0, 10_000_000, "Minutes until a child session is archived; 0 is never.").optional(),
    }),
  ),
  blockStreamingDefault: later(z.enum(["on", "off"]), "off"),
  blockStreamingBreak: later(z.enum(["text_end", "message_end"])),
  blockStreamingChunk: later(blockChunk),
  blockStreamingCoalesce: later(blockCoalesce),
  humanDelay: later(humanDelay, { mode: "off" }),
  typingMode: later(z.enum(["never", "instant", "thinking", "message"])),
  typingIntervalSeconds: later(whole(1, 3600, "How often the typing sign is refreshed.")),
  heartbeat: later(heartbeat, { every: "0m" }, { every: 0 }),
  compaction: later(opaque()),
  contextPruning: later(z.looseObject({ mode: z.string().optional() }), { mode: "off" }),
  memorySearch: later(z.looseObject({ enabled: z.boolean().optional() }), { enabled: false }),
  sandbox: later(sandbox, { mode: "off" }),
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
  workspace: text("Working directory; ~/.openclaw/workspace-<id> without it, the defaults' one for main.").optional(),
  model: modelChoice.optional().describe("Overrides agents.defaults.model."),
  identity: identity.optional().describe("Who the agent is."),
  agentDir: later(text("Directory of the agent's own state.")),
  groupChat: later(
    z.strictObject({
      mentionPatterns: texts("Regular expressions that count as a mention.").optional(),
      historyLimit: whole(0, 10_000, "Unanswered group messages kept as context.").optional(),
    }),
  ),
  heartbeat: later(heartbeat, { every: "0m" }, { every: 0 }),
  humanDelay: later(humanDelay, { mode: "off" }),
  sandbox: later(sandbox, { mode: "off" }),
  subagents: later(z.strictObject({ allowAgents: z.array(z.string()).optional(), model: modelChoice.optional() })),
  memorySearch: later(z.looseObject({ enabled: z.boolean().optional() }), { enabled: false }),
  tools: later(opaque()),
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
      guildId: later(text("Discord server.")),
      teamId: later(text("Slack workspace.")),
    }),
  }),
);

/** `broadcast`: chats that several agents answer. */
export const broadcastSchema = z
  .object({ strategy: z.enum(["parallel", "sequential"]).optional() })
  .catchall(
    z
      .unknown()
      .refine(
        (value) => Array.isArray(value) && value.every((id) => typeof id === "string"),
        "expected a list of agent ids",
      ),
  );
