import * as z from "zod";

import { chatMessage } from "../entities/message.ts";
import { count, identifier, sessionKey } from "../entities/primitives.ts";
import { defineEvent } from "../define.ts";

/** Of protocol 4. Source: wire facts 16.8. */
export const sessionMessageEvent = defineEvent({
  name: "session.message",
  summary:
    "A message was added to a session's transcript; for connections that asked with sessions.messages.subscribe.",
  scope: "operator.read",
  roles: ["operator"],
  droppable: false,
  payload: z.object({
    sessionKey,
    agentId: identifier,
    message: chatMessage,
    messageId: identifier,
    messageSeq: count.describe("Its place in the transcript, from 1."),
  }),
  example: {
    sessionKey: "agent:main:main",
    agentId: "main",
    message: { role: "assistant", content: [{ type: "text", text: "Hello." }], timestamp: 1795394879457 },
    messageId: "12",
    messageSeq: 2,
  },
});
