import * as z from "zod";

import { identifier, line, messageText, sessionKey } from "../entities/primitives.ts";
import { sessionEntry } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const sessionsCreate = defineMethod({
  name: "sessions.create",
  summary: "Makes a session, and says something in it if told to. Without a key, every call makes another one.",
  roles: ["operator"],
  scope: "operator.write",
  params: z.strictObject({
    key: sessionKey.optional().describe("An existing session stays as it is, but for the label and the model."),
    agentId: identifier.optional(),
    label: line.optional(),
    model: line.optional().describe("provider/model, or an alias."),
    thinkingLevel: line.optional(),
    parentSessionKey: sessionKey.optional().describe("The session that this one belongs to."),
    message: messageText.optional().describe("The first thing to say."),
  }),
  ignoredParams: ["task", "worktree", "basedOnSessionKey", "emitCommandHooks", "sessionRoot", "visibility"],
  result: z.object({
    ok: z.literal(true),
    key: sessionKey,
    sessionId: identifier,
    entry: sessionEntry,
    runStarted: z.boolean(),
    runId: identifier.optional(),
    resolved: z.object({ modelProvider: line, model: line }),
  }),
  idempotency: "natural",
  errors: ["AGENT_TIMEOUT"],
  example: {
    params: { label: "Kitchen" },
    result: {
      ok: true,
      key: "agent:main:dashboard:028dbd7d-0a00-4bf4-a1cc-ca6db1371b83",
      sessionId: "6badf5c7-453b-4479-bda3-3f082ab66e24",
      entry: {
        sessionId: "6badf5c7-453b-4479-bda3-3f082ab66e24",
        updatedAt: 1795395349006,
        createdAt: 1795395349006,
        label: "Kitchen",
        inputTokens: 0,
        outputTokens: 0,
        totalTokens: 0,
        abortedLastRun: false,
      },
      runStarted: false,
      resolved: { modelProvider: "offline", model: "echo" },
    },
  },
});
