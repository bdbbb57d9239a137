import * as z from "zod";

import { chatCommandInfo } from "../entities/chat-command.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. */
export const commandsList = defineMethod({
  name: "commands.list",
  summary: "The commands that people may give in a chat.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  ignoredParams: ["agentId", "provider", "scope", "includeArgs"],
  result: z.object({ commands: z.array(chatCommandInfo) }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      commands: [
        {
          name: "help",
          nativeName: "help",
          textAliases: ["/help"],
          description: "What can be done here.",
          category: "options",
          source: "native",
          scope: "both",
          acceptsArgs: false,
        },
      ],
    },
  },
});
