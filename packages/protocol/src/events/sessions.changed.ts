import * as z from "zod";

import { identifier, line, sessionKey, timestamp } from "../entities/primitives.ts";
import { sessionRow } from "../entities/session.ts";
import { defineEvent } from "../define.ts";

/** Of protocol 4. Source: wire facts 16.8. */
export const sessionsChangedEvent = defineEvent({
  name: "sessions.changed",
  summary: "A session is another than before; for connections that asked with sessions.subscribe.",
  scope: "operator.read",
  roles: ["operator"],
  droppable: false,
  payload: z.object({
    sessionKey,
    agentId: identifier,
    reason: line.optional().describe("create, patch, reset, delete or message, where a run is not the reason."),
    phase: line.optional().describe("start, end or error, of the run that is the reason."),
    runId: identifier.optional(),
    ts: timestamp,
    session: sessionRow.optional().describe("Absent when it was deleted."),
  }),
  example: {
    sessionKey: "agent:main:main",
    agentId: "main",
    reason: "patch",
    ts: 1795395348026,
    session: { key: "agent:main:main", kind: "direct", label: "Kitchen", updatedAt: 1795395348019 },
  },
});
