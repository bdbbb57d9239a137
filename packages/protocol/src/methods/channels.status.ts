import * as z from "zod";

import { channelAccountStatus, channelMeta, channelSummary, statusIssue } from "../entities/channel.ts";
import { eventLoopHealth } from "../entities/health.ts";
import { identifier, line, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const channelsStatus = defineMethod({
  name: "channels.status",
  summary: "Every channel and account: configured, linked, running, since when, and what is wrong.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    probe: z.boolean().optional().describe("True asks each platform now."),
    timeoutMs: z.int().min(0).max(600_000).optional(),
  }),
  result: z.object({
    ts: timestamp,
    channelOrder: z.array(identifier),
    channelLabels: z.record(identifier, line),
    channelDetailLabels: z.record(identifier, line).optional(),
    channelSystemImages: z.record(identifier, line).optional(),
    channelMeta: z.array(channelMeta).optional(),
    channels: z.record(identifier, channelSummary),
    channelAccounts: z.record(identifier, z.array(channelAccountStatus)),
    channelDefaultAccountId: z.record(identifier, identifier),
    eventLoop: eventLoopHealth.optional(),
    statusIssues: z.array(statusIssue).optional(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { probe: false, timeoutMs: 8000 },
    result: {
      ts: 1795395010978,
      channelOrder: ["telegram"],
      channelLabels: { telegram: "Telegram" },
      channelDetailLabels: { telegram: "Telegram bot" },
      channelSystemImages: {},
      channelMeta: [{ id: "telegram", label: "Telegram", detailLabel: "Telegram bot" }],
      channels: { telegram: { configured: true, running: true, connected: true, state: "online" } },
      channelAccounts: {
        telegram: [
          {
            accountId: "default",
            enabled: true,
            configured: true,
            running: true,
            connected: true,
            state: "online",
            since: 1795394412642,
            identity: { id: "123", username: "my_bot" },
          },
        ],
      },
      channelDefaultAccountId: { telegram: "default" },
      statusIssues: [],
    },
  },
});
