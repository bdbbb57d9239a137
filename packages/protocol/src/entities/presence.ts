import * as z from "zod";

import { count, identifier, line, timestamp, words } from "./primitives.ts";

/** One row of the presence list (R5.5). Rows are keyed by instanceId, so a reconnect does not add one. */
export const presenceEntry = z
  .object({
    host: line.optional(),
    ip: line.optional(),
    version: line.optional(),
    platform: line.optional(),
    deviceFamily: line.optional(),
    modelIdentifier: line.optional(),
    mode: line.optional().describe("gateway, or the mode the client connected with."),
    reason: line.optional().describe("self, connect, disconnect, or what a system-event said."),
    text: line.optional().describe("The row in one line, for people."),
    ts: timestamp,
    deviceId: identifier.optional(),
    clientId: identifier.optional(),
    instanceId: identifier.optional(),
    onlineSince: timestamp.optional(),
    lastInputSeconds: count.optional(),
    roles: words.optional(),
    scopes: words.optional(),
    tags: words.optional(),
  })
  .meta({ id: "PresenceEntry", description: "Someone or something that is, or was lately, connected." });
