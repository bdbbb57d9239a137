import * as z from "zod";

import { identifier, line, timestamp, words } from "./primitives.ts";

const permissions = z.record(z.string().max(256), z.boolean());

/** R6.7. */
export const nodeRow = z
  .object({
    nodeId: identifier,
    displayName: line.optional(),
    platform: line.optional(),
    version: line.optional(),
    coreVersion: line.optional(),
    uiVersion: line.optional(),
    clientId: identifier.optional(),
    clientMode: line.optional(),
    deviceFamily: line.optional(),
    modelIdentifier: line.optional(),
    remoteIp: line.optional(),
    caps: words.describe("What it can do; empty while it waits for approval."),
    commands: words.describe("What node.invoke may ask of it."),
    permissions: permissions.optional(),
    pathEnv: z.string().optional(),
    sessionHost: z.boolean().optional().describe("Always false: sessions run in the gateway."),
    nodePluginTools: z.array(z.unknown()).optional().describe("What the node told with node.pluginTools.update."),
    approvalState: line.optional().describe("approved or pending-approval."),
    pendingRequestId: identifier.optional(),
    pendingDeclaredCaps: words.optional(),
    pendingDeclaredCommands: words.optional(),
    pendingDeclaredPermissions: permissions.optional(),
    connectedAtMs: timestamp.optional(),
    lastConnectedAtMs: timestamp.optional(),
    lastSeenAtMs: timestamp.optional(),
    lastSeenReason: line.optional(),
    approvedAtMs: timestamp.optional(),
    paired: z.boolean(),
    connected: z.boolean(),
  })
  .meta({ id: "NodeRow", description: "A device that offers capabilities." });

export const pendingNode = z
  .object({
    requestId: identifier,
    nodeId: identifier,
    clientId: identifier.optional(),
    clientMode: line.optional(),
    displayName: line.optional(),
    platform: line.optional(),
    version: line.optional(),
    coreVersion: line.optional(),
    uiVersion: line.optional(),
    deviceFamily: line.optional(),
    modelIdentifier: line.optional(),
    caps: words.optional(),
    commands: words.optional(),
    permissions: permissions.optional(),
    remoteIp: line.optional(),
    requiredApproveScopes: words.optional(),
    silent: z.boolean().optional(),
    isRepair: z.boolean().optional(),
    ts: timestamp,
  })
  .meta({ id: "PendingNode", description: "A node that waits for approval." });

export const pairedNode = z
  .object({
    nodeId: identifier,
    token: z.string().optional().describe("In the answer to the approval alone, for nodes that are paired by token."),
    clientId: identifier.optional(),
    clientMode: line.optional(),
    displayName: line.optional(),
    platform: line.optional(),
    version: line.optional(),
    coreVersion: line.optional(),
    uiVersion: line.optional(),
    deviceFamily: line.optional(),
    modelIdentifier: line.optional(),
    caps: words.optional(),
    commands: words.optional(),
    permissions: permissions.optional(),
    remoteIp: line.optional(),
    createdAtMs: timestamp,
    approvedAtMs: timestamp,
    lastSeenAtMs: timestamp.optional(),
    lastSeenReason: line.optional(),
  })
  .meta({ id: "PairedNode", description: "A node that was approved." });

export const nodeError = z
  .object({ code: z.string().max(256).optional(), message: z.string().max(65_536).optional() })
  .meta({ id: "NodeError", description: "Why a command failed on the node." });
