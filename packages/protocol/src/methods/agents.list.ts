import * as z from "zod";

import { agentRow } from "../entities/model.ts";
import { identifier, line } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const agentsList = defineMethod({
  name: "agents.list",
  summary: "The configured agents.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.object({
    defaultId: identifier,
    mainKey: identifier,
    scope: line.describe("per-sender or global."),
    agents: z.array(agentRow),
    ownership: line.optional(),
    selectionRequired: z.boolean().optional(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      defaultId: "main",
      mainKey: "main",
      scope: "per-sender",
      agents: [{ id: "main", name: "Assistant", model: { primary: "offline/echo" } }],
    },
  },
});
