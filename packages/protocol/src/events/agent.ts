import * as z from "zod";

import { count, identifier, jsonObject, sessionKey, timestamp } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** R5.6, R6.11. */
export const agentEvent = defineEvent({
  name: "agent",
  summary: "A step of a run: its life cycle, text of the assistant, tools.",
  scope: "operator.read",
  roles: ["operator", "node"],
  droppable: false,
  payload: z.object({
    runId: identifier,
    stream: z.string().describe("lifecycle, assistant, tool, or another word; ignore those you do not know."),
    data: jsonObject.describe("AgentLifecycleData, AgentAssistantData or AgentToolData, as the stream says."),
    seq: count.describe("Counts the steps of the run, from 1; steps may be merged, so it may skip."),
    ts: timestamp,
    sessionKey: sessionKey.optional(),
    sessionId: identifier.optional(),
    agentId: identifier.optional(),
    isHeartbeat: z.boolean().optional(),
  }),
  example: {
    runId: "hello-1",
    stream: "assistant",
    data: { text: "Hello.", delta: "Hello." },
    sessionKey: "agent:main:main",
    agentId: "main",
    seq: 2,
    ts: 1795394719149,
  },
});
