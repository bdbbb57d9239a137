import * as z from "zod";

import { line, sessionKey } from "../entities/primitives.ts";
import { sessionEntry } from "../entities/session.ts";
import { defineMethod } from "../define.ts";

const setting = line.min(1).nullable().optional();

export const sessionsPatch = defineMethod({
  name: "sessions.patch",
  summary: "Sets what a session has of its own. null clears; the session is made when there is none.",
  roles: ["operator"],
  scope: "operator.admin",
  params: z.strictObject({
    key: sessionKey,
    label: setting.describe("Unique."),
    thinkingLevel: setting.describe("off, minimal, low, medium, high or xhigh."),
    verboseLevel: setting.describe("off, on or full."),
    reasoningLevel: setting.describe("off or on."),
    responseUsage: setting.describe("off, tokens or full."),
    model: setting.describe("As provider/model, or an alias. The default model clears it."),
    sendPolicy: setting.describe("allow or deny."),
    groupActivation: setting.describe("mention or always."),
    spawnedBy: sessionKey.nullable().optional(),
  }),
  ignoredParams: ["agentId", "expectedMarkedUnreadAt", "unread"],
  result: z.object({ ok: z.literal(true), path: z.string(), key: sessionKey, entry: sessionEntry }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { key: "agent:main:main", label: "Kitchen", thinkingLevel: "high" },
    result: {
      ok: true,
      path: "/home/me/.openclaw/openclaw.sqlite",
      key: "agent:main:main",
      entry: {
        sessionId: "e13384df-6e38-41fd-8cf3-c37a0dcd85c5",
        updatedAt: 1795395008134,
        createdAt: 1795395008134,
        label: "Kitchen",
        thinkingLevel: "high",
        inputTokens: 0,
        outputTokens: 0,
        totalTokens: 0,
        abortedLastRun: false,
      },
    },
  },
});
