import * as z from "zod";

import { elevatedPart, execPart, mediaToolsPart, nestedToolsPart, webToolsPart } from "./later/tools.ts";
import { flag, later, laterPart, opaque, texts } from "./notes.ts";
import { toolRules } from "./tool-rules.ts";

/** `tools`: what the model may call. */
export const toolsSchema = z.strictObject({
  ...toolRules,
  agentToAgent: z
    .strictObject({
      enabled: flag("Agents may look into and write to each other's sessions. They may not without it.").optional(),
      allow: texts("Agents that may take part, * for any; every agent without it.").optional(),
    })
    .optional()
    .describe("Agents among themselves."),
  subagents: laterPart(nestedToolsPart),
  sandbox: laterPart(nestedToolsPart),
  elevated: laterPart(elevatedPart, { enabled: false }),
  exec: laterPart(execPart),
  web: laterPart(webToolsPart),
  media: laterPart(mediaToolsPart),
  message: later(opaque()),
});

/** `agents.list[].tools`: what one agent's model may call, within what `tools` allows. */
export const agentToolsSchema = z.strictObject({
  ...toolRules,
  elevated: laterPart(elevatedPart, { enabled: false }),
  exec: laterPart(execPart),
  sandbox: laterPart(nestedToolsPart),
  message: later(opaque()),
});
