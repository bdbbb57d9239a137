import * as z from "zod";

import { agentsSchema, bindingsSchema } from "./schema/agents.ts";
import { approvalsSchema } from "./schema/approvals.ts";
import { channelsSchema, inboundSchema, outboundSchema } from "./schema/delivery.ts";
import { gatewaySchema } from "./schema/gateway.ts";
import { authPart, diagnosticsPart, hooksPart } from "./schema/later/automation.ts";
import { broadcastPart } from "./schema/later/conversation.ts";
import {
  browserPart,
  canvasHostPart,
  nodeHostPart,
  talkPart,
  uiPart,
  updatePart,
  webPart,
} from "./schema/later/surfaces.ts";
import { pluginsPart, skillsPart } from "./schema/later/tools.ts";
import { modelsSchema } from "./schema/models.ts";
import { later, laterPart, opaque, part } from "./schema/notes.ts";
import { commandsSchema, messagesSchema, sessionSchema } from "./schema/conversation/session.ts";
import { cronSchema, discoverySchema, envSchema, loggingSchema, metaSchema, wizardSchema } from "./schema/system.ts";
import { toolsSchema } from "./schema/tools.ts";
import { findLaterKeys } from "./inspect/walk.ts";

/**
 * The whole configuration: the one place that says which keys exist, what they take and what they default to. Strict
 * at every level (R2.1). The sections under `channels` are checked by the channels' own schemas, by the loader.
 */
export const configSchema = z.strictObject({
  gateway: gatewaySchema.prefault({}).describe("Where the gateway listens and who may connect."),
  agents: agentsSchema.prefault({}).describe("The agents and what they have in common."),
  bindings: bindingsSchema.default([]).describe("Which agent answers which account or chat; the first match wins."),
  models: modelsSchema.prefault({}).describe("Model providers and models."),
  channels: channelsSchema.prefault({}).describe("One section for each channel."),
  session: sessionSchema.prefault({}).describe("How chats become sessions."),
  inbound: inboundSchema.prefault({}).describe("Taking messages in."),
  outbound: outboundSchema.prefault({}).describe("Delivering replies."),
  tools: toolsSchema.prefault({}).describe("What the model may call."),
  cron: cronSchema.prefault({}).describe("Scheduled jobs."),
  logging: loggingSchema.prefault({}).describe("What is written down, and where."),
  env: envSchema.optional().describe("Environment variables for the gateway; never override existing ones."),
  messages: messagesSchema.optional().describe("How inbound messages are gathered and replies are dressed."),
  commands: commandsSchema.optional().describe("What people may order by chat."),
  discovery: discoverySchema.optional().describe("Being found on the network."),
  meta: metaSchema.optional().describe("Who wrote the file last. Bookkeeping."),
  wizard: wizardSchema.optional().describe("What the setup wizard last did. Bookkeeping."),
  approvals: part("Telling chats what waits for approval.", approvalsSchema),
  audio: later(opaque()),
  auth: laterPart(authPart),
  bridge: later(opaque()),
  broadcast: laterPart(broadcastPart),
  browser: laterPart(browserPart, { enabled: false }),
  canvasHost: laterPart(canvasHostPart, { enabled: false }),
  diagnostics: laterPart(diagnosticsPart, { enabled: false }),
  hooks: laterPart(hooksPart, { enabled: false }),
  media: later(opaque()),
  nodeHost: laterPart(nodeHostPart, { browserProxy: { enabled: false } }),
  plugins: laterPart(pluginsPart, { enabled: false }),
  skills: laterPart(skillsPart),
  talk: laterPart(talkPart),
  ui: laterPart(uiPart),
  update: laterPart(updatePart, { checkOnStart: false }),
  web: laterPart(webPart, { enabled: false }),
});

/** The configuration as the gateway uses it: checked, with every default filled in. */
export type GatewayConfig = z.output<typeof configSchema>;
/** The configuration as a file states it: every key may be left out. */
export type GatewayConfigInput = z.input<typeof configSchema>;

export type AgentSettings = GatewayConfig["agents"]["list"][number];
export type Binding = GatewayConfig["bindings"][number];

/**
 * Paths of everything a configuration asks for that this version does not have, for a warning at start. `channels`
 * are the ids of the channels that the gateway has.
 */
export function unsupportedKeys(config: GatewayConfig, channels: readonly string[] = []): readonly string[] {
  const absent = Object.entries(config.channels)
    .filter(([id, section]) => id !== "defaults" && !channels.includes(id) && !isSwitchedOff(section))
    .map(([id]) => `channels.${id}`);
  return [...findLaterKeys(configSchema, config), ...absent];
}

function isSwitchedOff(section: unknown): boolean {
  return typeof section === "object" && section !== null && "enabled" in section && section.enabled === false;
}
