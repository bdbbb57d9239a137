import * as z from "zod";

import { identifier, line, timestamp } from "./primitives.ts";

export const pairingRequest = z
  .object({
    channel: identifier,
    accountId: identifier,
    senderId: identifier,
    displayName: line.optional(),
    username: line.optional(),
    code: identifier,
    createdAt: timestamp,
    expiresAt: timestamp,
  })
  .meta({ id: "PairingRequest", description: "A stranger who wrote to the account and waits for approval." });
