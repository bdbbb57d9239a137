import * as z from "zod";

import { identifier, milliseconds } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Source: wire facts 9.16. */
export const deviceScopesWaitUpgrade = defineMethod({
  name: "device.scopes.waitUpgrade",
  summary: "Waits until a request of the device itself for more scopes is decided.",
  roles: ["operator"],
  scope: null,
  params: z.strictObject({
    requestId: identifier,
    timeoutMs: milliseconds.max(600_000).optional().describe("How long to wait; 30 seconds without it."),
  }),
  result: z.object({
    requestId: identifier,
    status: z
      .enum(["approved", "rejected", "expired", "pending"])
      .describe("pending: the time was up before anybody decided."),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { requestId: "64d69424-7b66-4655-9a44-a1fc03c13a09", timeoutMs: 60000 },
    result: { requestId: "64d69424-7b66-4655-9a44-a1fc03c13a09", status: "approved" },
  },
});
