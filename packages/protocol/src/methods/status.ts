import * as z from "zod";

import { linkChannel } from "../entities/channel.ts";
import { count, identifier, line, milliseconds } from "../entities/primitives.ts";
import { sessionStatus } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

/** R6.2. */
export const status = defineMethod({
  name: "status",
  summary: "A short summary: version, linked channel with the age of its login, heartbeats, sessions.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  ignoredParams: ["includeChannelSummary", "includeCliProjection"],
  result: z.object({
    runtimeVersion: z.string().optional(),
    linkChannel: linkChannel.optional(),
    heartbeat: z.object({
      defaultAgentId: identifier,
      agents: z.array(
        z
          .object({ agentId: identifier, enabled: z.boolean(), every: z.string(), everyMs: milliseconds.nullable() })
          .meta({ id: "AgentHeartbeat", description: "How often an agent is woken without a message." }),
      ),
    }),
    channelSummary: z.array(z.string()).describe("One line per channel, for people."),
    queuedSystemEvents: z.array(z.string()).describe("Notes that the next turn of the main session will see."),
    sessions: z.object({
      paths: z.array(z.string()),
      count,
      defaults: z.object({ model: line.nullable(), contextTokens: count.nullable() }),
      recent: z.array(sessionStatus).describe("At most ten, newest first."),
      byAgent: z.array(
        z
          .object({ agentId: identifier, path: z.string(), count, recent: z.array(sessionStatus) })
          .meta({ id: "AgentSessions", description: "The newest sessions of one agent." }),
      ),
    }),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      runtimeVersion: "1.0.0",
      linkChannel: { id: "telegram", label: "Telegram", linked: true, authAgeMs: null },
      heartbeat: {
        defaultAgentId: "main",
        agents: [{ agentId: "main", enabled: true, every: "30m", everyMs: 1800000 }],
      },
      channelSummary: ["Telegram: online as @my_bot"],
      queuedSystemEvents: [],
      sessions: {
        paths: ["/home/me/.openclaw/openclaw.sqlite"],
        count: 0,
        defaults: { model: "offline/echo", contextTokens: 128000 },
        recent: [],
        byAgent: [{ agentId: "main", path: "/home/me/.openclaw/openclaw.sqlite", count: 0, recent: [] }],
      },
    },
  },
});
