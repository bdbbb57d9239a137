import * as z from "zod";

import { execCommandRequest, execDecision } from "../entities/exec-approval.ts";
import { identifier, line, timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

export const execApprovalResolvedEvent = defineEvent({
  name: "exec.approval.resolved",
  summary: "A command that waited was decided about, or is no longer wanted.",
  scope: "operator.approvals",
  roles: ["operator"],
  droppable: false,
  payload: z.object({
    id: identifier,
    decision: execDecision,
    resolvedBy: line,
    ts: timestamp,
    request: execCommandRequest.optional(),
  }),
  example: {
    id: "3f1a86c1-4a57-4f0e-bd07-6e2b3f6b4f0d",
    decision: "allow-once",
    resolvedBy: "Ann's phone",
    ts: 1795395081878,
  },
});
