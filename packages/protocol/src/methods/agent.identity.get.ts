import * as z from "zod";

import { identifier, line, sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const agentIdentityGet = defineMethod({
  name: "agent.identity.get",
  summary: "What an agent is called and how it is shown.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ agentId: identifier.optional(), sessionKey: sessionKey.optional() }),
  result: z.object({
    agentId: identifier,
    name: line,
    avatar: z.string().describe("An http(s) or data URL, an emoji, or a letter."),
    emoji: line.optional(),
    nameSource: line.optional().describe("identity, agent or default."),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { sessionKey: "agent:main:main" },
    result: { agentId: "main", name: "Assistant", avatar: "A", nameSource: "default" },
  },
});
