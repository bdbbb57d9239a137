import { healthSnapshot } from "../entities/health.ts";
import { defineEvent } from "../define.ts";

/** Comes with stateVersion. */
export const healthEvent = defineEvent({
  name: "health",
  summary: "The health snapshot, after it was computed again.",
  scope: "operator.read",
  roles: ["operator", "node"],
  droppable: true,
  payload: healthSnapshot,
  example: {
    ok: true,
    ts: 1795394402906,
    durationMs: 3,
    channels: {},
    channelOrder: [],
    channelLabels: {},
    heartbeatSeconds: 1800,
    defaultAgentId: "main",
    agents: [],
    sessions: { path: "/home/me/.openclaw/openclaw.sqlite", count: 0, recent: [] },
  },
});
