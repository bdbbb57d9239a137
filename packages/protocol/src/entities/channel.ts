import * as z from "zod";

import { count, identifier, line, milliseconds, timestamp, words } from "./primitives.ts";

/** What one account's connection is doing. */
export const channelState = z
  .enum(["stopped", "connecting", "online", "backoff", "conflict", "unauthorized", "unlinked", "failed"])
  .meta({ id: "ChannelState", description: "What the connection of one account is doing." });

export const channelProbe = z
  .object({ ok: z.boolean(), elapsedMs: milliseconds.optional(), error: line.optional() })
  .meta({ id: "ChannelProbe", description: "The answer of an active check of the connection." });

export const channelIdentity = z
  .object({ id: identifier, username: line.optional(), displayName: line.optional() })
  .meta({ id: "ChannelIdentity", description: "Who an account is on its platform." });

export const channelAccountStatus = z
  .object({
    accountId: identifier,
    name: line.optional(),
    enabled: z.boolean(),
    configured: z.boolean(),
    linked: z.boolean().optional().describe("For channels that are linked by a login."),
    running: z.boolean(),
    connected: z.boolean().optional(),
    state: channelState.optional(),
    since: timestamp.optional().describe("Since when the state holds."),
    retryAt: timestamp.optional(),
    code: line.optional().describe("Short machine-readable cause, for example 409."),
    detail: line.optional().describe("One sentence: what is wrong and what to do."),
    identity: channelIdentity.optional(),
    lastStartAt: timestamp.nullable().optional(),
    lastStopAt: timestamp.nullable().optional(),
    lastConnectedAt: timestamp.nullable().optional(),
    lastInboundAt: timestamp.nullable().optional(),
    lastOutboundAt: timestamp.nullable().optional(),
    lastError: line.nullable().optional(),
    reconnectAttempts: count.optional(),
    authAgeMs: milliseconds.nullable().optional(),
    dmPolicy: line.optional(),
    allowFrom: words.optional(),
    mode: line.optional(),
    probe: channelProbe.optional(),
  })
  .meta({ id: "ChannelAccountStatus", description: "One account on one channel." });

export const channelSummary = z
  .object({
    configured: z.boolean(),
    linked: z.boolean().optional(),
    running: z.boolean().optional(),
    connected: z.boolean().optional(),
    state: channelState.optional(),
    lastError: line.nullable().optional(),
    probe: channelProbe.optional(),
  })
  .meta({ id: "ChannelSummary", description: "One channel: the worst of its accounts." });

export const channelHealth = z
  .object({
    accountId: identifier.optional(),
    configured: z.boolean(),
    linked: z.boolean().optional(),
    running: z.boolean().optional(),
    connected: z.boolean().optional(),
    state: channelState.optional(),
    authAgeMs: milliseconds.nullable().optional(),
    lastError: line.nullable().optional(),
    detail: line.optional(),
    probe: channelProbe.optional(),
    accounts: z.record(identifier, channelAccountStatus).optional(),
  })
  .meta({ id: "ChannelHealth", description: "One channel in a health snapshot." });

export const channelMeta = z
  .object({ id: identifier, label: line, detailLabel: line, systemImage: line.optional() })
  .meta({ id: "ChannelMeta", description: "How to show a channel." });

export const statusIssue = z
  .object({
    channel: identifier,
    accountId: identifier,
    kind: line.describe("config, auth, runtime or permissions."),
    message: z.string(),
    fix: z.string().optional(),
  })
  .meta({ id: "StatusIssue", description: "Something about a channel that an operator should mend." });

export const linkChannel = z
  .object({
    id: identifier,
    label: line.optional(),
    linked: z.boolean(),
    authAgeMs: milliseconds.nullable().optional().describe("How old the login is; null where there is none."),
  })
  .meta({ id: "LinkChannel", description: "The channel that decides readiness, where one is configured." });
