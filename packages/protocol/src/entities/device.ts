import * as z from "zod";

import { identifier, line, timestamp, words } from "./primitives.ts";

/** What an operator is shown of a device, whether it waits or is paired. Source: wire facts 9.7 and 9.8. */
const description = {
  deviceId: identifier.describe("Lower-case hex SHA-256 of the raw public key."),
  publicKey: z.string().max(1024).describe("Ed25519, base64url of the raw 32 bytes."),
  displayName: line.optional(),
  platform: line.optional(),
  deviceFamily: line.optional(),
  clientId: identifier.optional(),
  clientMode: line.optional(),
  role: line.describe("The role it asked for last."),
  roles: words,
  scopes: words,
  remoteIp: line.optional().describe("Absent for a device on this machine."),
};

export const deviceTokenRow = z
  .object({
    role: line,
    scopes: words.describe("The most that a connection with this token may have."),
    createdAtMs: timestamp,
    rotatedAtMs: timestamp.optional(),
    revokedAtMs: timestamp.optional(),
    lastUsedAtMs: timestamp.optional(),
  })
  .meta({ id: "DeviceTokenRow", description: "A token of a device, without its value." });

export const pendingDevice = z
  .object({
    requestId: identifier,
    ...description,
    silent: z.boolean().describe("True when nobody is to be asked."),
    isRepair: z.boolean().describe("True for a device that is paired already and asks for more, or has changed."),
    ts: timestamp,
  })
  .meta({ id: "PendingDevice", description: "A device that waits for approval." });

export const pairedDevice = z
  .object({
    ...description,
    approvedVia: line
      .optional()
      .describe("owner: somebody approved it; silent: it is on this machine and knew the secret."),
    createdAtMs: timestamp,
    approvedAtMs: timestamp,
    lastSeenAtMs: timestamp.optional(),
    connected: z.boolean().optional(),
    tokens: z.array(deviceTokenRow),
  })
  .meta({ id: "PairedDevice", description: "A device that was approved." });
