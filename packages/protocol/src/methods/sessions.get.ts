import * as z from "zod";

import { chatMessage } from "../entities/message.ts";
import { sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const sessionsGet = defineMethod({
  name: "sessions.get",
  summary: "The newest messages of a session, oldest first. An unknown session has none.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({
    key: sessionKey,
    limit: z.int().min(1).max(1000).optional().describe("200 when left out."),
  }),
  ignoredParams: ["agentId"],
  result: z.object({ messages: z.array(chatMessage) }),
  idempotency: "none",
  errors: [],
  example: {
    params: { key: "agent:main:main", limit: 1 },
    result: {
      messages: [
        {
          role: "assistant",
          content: [{ type: "text", text: "Hello." }],
          timestamp: 1795394879457,
          __openclaw: { id: "12", seq: 2, recordTimestampMs: 1795394879457, runId: "c-1" },
        },
      ],
    },
  },
});
