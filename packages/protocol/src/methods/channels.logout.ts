import * as z from "zod";

import { identifier } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const channelsLogout = defineMethod({
  name: "channels.logout",
  summary:
    "Forgets the login of a channel's account. Accounts that the configuration logs in can not be logged out here.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({ channel: identifier, accountId: identifier.optional() }),
  result: z.object({
    channel: identifier,
    accountId: identifier,
    cleared: z.boolean().describe("True when a stored login was removed."),
    loggedOut: z.boolean(),
    reason: z.string().optional(),
  }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { channel: "telegram" },
    result: {
      channel: "telegram",
      accountId: "default",
      cleared: false,
      loggedOut: false,
      reason: "The configuration logs this account in; remove it there and restart the gateway.",
    },
  },
});
