import * as z from "zod";

import { modelInfo } from "../entities/model.ts";
import { defineMethod } from "../define.ts";

export const modelsList = defineMethod({
  name: "models.list",
  summary: "The models that can be used now.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  ignoredParams: ["view", "agentId", "sessionKey", "preparedOnly"],
  result: z.object({ models: z.array(modelInfo) }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      models: [
        {
          id: "echo",
          name: "Echo (offline)",
          provider: "offline",
          contextWindow: 128000,
          reasoning: false,
          input: ["text"],
          tags: ["default"],
          available: true,
        },
      ],
    },
  },
});
