import * as z from "zod";

import { healthSnapshot } from "../entities/health.ts";
import { defineMethod } from "../define.ts";

/** R6.1. */
export const health = defineMethod({
  name: "health",
  summary: "The full health snapshot. With `probe`, channels are asked first whether they work.",
  roles: ["operator", "node"],
  scope: null,
  params: z.strictObject({
    probe: z.boolean().optional().describe("True checks every channel now; otherwise the last snapshot is returned."),
  }),
  result: healthSnapshot,
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      ok: true,
      ts: 1795394402906,
      durationMs: 3,
      channels: { telegram: { configured: true, running: true, connected: true, state: "online" } },
      channelOrder: ["telegram"],
      channelLabels: { telegram: "Telegram" },
      linkChannel: { id: "telegram", label: "Telegram", linked: true, authAgeMs: null },
      heartbeatSeconds: 1800,
      defaultAgentId: "main",
      agents: [
        {
          agentId: "main",
          isDefault: true,
          heartbeat: { enabled: true, every: "30m", everyMs: 1800000, target: "last", ackMaxChars: 300 },
          sessions: { path: "/home/me/.openclaw/openclaw.sqlite", count: 1, recent: [] },
        },
      ],
      sessions: {
        path: "/home/me/.openclaw/openclaw.sqlite",
        count: 1,
        recent: [{ key: "agent:main:main", updatedAt: 1795394263323, age: 139563 }],
      },
    },
  },
});
