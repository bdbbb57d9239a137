import * as z from "zod";

import { chatCommandInfo } from "../entities/chat-command.ts";
import { modelInfo } from "../entities/model.ts";
import { identifier, sessionKey } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const chatMetadata = defineMethod({
  name: "chat.metadata",
  summary: "What a chat page offers: models and commands.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({ sessionKey: sessionKey.optional(), agentId: identifier.optional() }),
  ignoredParams: ["view"],
  result: z.object({
    models: z.array(modelInfo),
    commands: z.array(chatCommandInfo),
    swarmEnabled: z.boolean(),
    runtimeSelectionLocked: z.boolean(),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: { sessionKey: "agent:main:main" },
    result: { models: [], commands: [], swarmEnabled: false, runtimeSelectionLocked: true },
  },
});
