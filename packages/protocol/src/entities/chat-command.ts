import * as z from "zod";

import { line } from "./primitives.ts";

export const chatCommandInfo = z
  .object({
    name: line,
    nativeName: line,
    textAliases: z.array(line).describe("What a person types, with the slash."),
    description: z.string(),
    category: z.enum(["session", "options", "status", "management", "media", "tools"]),
    source: line,
    scope: line,
    acceptsArgs: z.boolean(),
  })
  .meta({ id: "ChatCommandInfo", description: "A command that people give in a chat." });
