import * as z from "zod";

import { chatMessage, tokenUsage } from "../entities/message.ts";
import { count, identifier, json, line, sessionKey } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** R6.12. */
export const chatEvent = defineEvent({
  name: "chat",
  summary:
    "The reply of a run as it grows, and how it ended. `message` holds everything so far: replace, do not append.",
  scope: "operator.read",
  roles: ["operator", "node"],
  droppable: false,
  payload: z.object({
    runId: identifier,
    sessionKey: sessionKey.describe("In full, for example agent:main:main."),
    agentId: identifier.optional(),
    seq: count,
    state: z.enum(["status", "delta", "final", "aborted", "error"]),
    phase: line.optional().describe("With state status: preparing_workspace, preparing_context, starting_model."),
    deltaText: z.string().optional().describe("What is new since the last delta."),
    message: chatMessage.optional().describe("Absent in a final that has nothing to show."),
    usage: tokenUsage.optional(),
    stopReason: line.optional(),
    errorMessage: z.string().optional(),
    errorKind: line.optional(),
    errorDetail: json.optional(),
  }),
  example: {
    runId: "c-1",
    sessionKey: "agent:main:main",
    agentId: "main",
    seq: 2,
    state: "delta",
    deltaText: "Hello",
    message: { role: "assistant", content: [{ type: "text", text: "Hello" }], timestamp: 1795394719157 },
  },
});
