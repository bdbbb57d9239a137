import { heartbeatReport } from "../entities/heartbeat.ts";
import { defineEvent } from "../define.ts";

export const heartbeatEvent = defineEvent({
  name: "heartbeat",
  summary: "A heartbeat ran or was skipped.",
  scope: "operator.read",
  roles: ["operator"],
  droppable: true,
  payload: heartbeatReport,
  example: { ts: 1795395063615, status: "skipped", reason: "empty-heartbeat-file", durationMs: 0 },
});
