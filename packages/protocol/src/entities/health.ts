import * as z from "zod";

import { count, identifier, json, line, milliseconds, sessionKey, timestamp } from "./primitives.ts";
import { channelHealth, linkChannel } from "./channel.ts";

export const recentSession = z
  .object({
    key: sessionKey,
    updatedAt: timestamp.nullable(),
    age: milliseconds.nullable().describe("Milliseconds since updatedAt."),
  })
  .meta({ id: "RecentSession", description: "A session that changed lately." });

export const sessionStoreSummary = z
  .object({ path: z.string(), count, recent: z.array(recentSession).describe("At most five, newest first.") })
  .meta({ id: "SessionStoreSummary", description: "How many sessions are stored, where, and the newest." });

export const heartbeatSettings = z
  .object({
    enabled: z.boolean(),
    every: z.string(),
    everyMs: milliseconds.nullable(),
    prompt: z.string().optional(),
    target: z.string().optional(),
    ackMaxChars: count.optional(),
  })
  .meta({ id: "HeartbeatSettings", description: "How often an agent is woken without a message." });

export const agentHealth = z
  .object({
    agentId: identifier,
    isDefault: z.boolean(),
    heartbeat: heartbeatSettings,
    sessions: sessionStoreSummary,
  })
  .meta({ id: "AgentHealth", description: "One configured agent." });

export const eventLoopHealth = z
  .object({
    degraded: z.boolean(),
    degradedSinceMs: milliseconds.nullable().optional(),
    reasons: z.array(z.string()),
    intervalMs: z.number().nonnegative(),
    delayP99Ms: z.number().nonnegative(),
    delayMaxMs: z.number().nonnegative(),
    utilization: z.number().nonnegative().describe("0 to 1."),
    cpuCoreRatio: z.number().nonnegative().describe("Processor time over time; 1 is one core.").optional(),
  })
  .meta({ id: "EventLoopHealth", description: "Whether the process answers in time." });

export const configHealth = z
  .object({
    hotReloadStatus: z.string().describe("active, off, or failed: the last edit of the file was refused."),
    error: z.string().optional().describe("What is wrong with the file; the last good configuration is in use."),
    changedAt: timestamp.optional(),
  })
  .meta({ id: "ConfigHealth", description: "The watched configuration file." });

export const healthProblem = z
  .object({
    component: identifier.describe("The part of the gateway, for example storage or telegram."),
    message: z.string().describe("One sentence: what is wrong and what to do."),
    since: timestamp.optional(),
  })
  .meta({ id: "HealthProblem", description: "Something that an operator should look at." });

/** R6.1: the answer of `health`, the payload of the event `health` and a part of hello-ok. */
export const healthSnapshot = z
  .object({
    ok: z.boolean().describe("True when the gateway does all it is configured to do."),
    ts: timestamp,
    durationMs: milliseconds.describe("How long it took to compute."),
    version: z.string().optional(),
    uptimeMs: milliseconds.optional(),
    channels: z.record(identifier, channelHealth),
    channelOrder: z.array(identifier),
    channelLabels: z.record(identifier, line),
    linkChannel: linkChannel.optional(),
    heartbeatSeconds: count,
    defaultAgentId: identifier,
    agents: z.array(agentHealth),
    sessions: sessionStoreSummary,
    configReload: configHealth.optional(),
    eventLoop: eventLoopHealth.optional(),
    problems: z.array(healthProblem).optional().describe("Empty or absent when ok is true."),
    plugins: json.optional().describe("Sent by gateways that load plugins."),
  })
  .meta({ id: "HealthSnapshot", description: "What works, what does not, and the sizes of what is stored." });
