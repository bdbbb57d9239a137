import * as z from "zod";

import {
  agentToAgentPart,
  elevatedPart,
  execPart,
  mediaToolsPart,
  nestedToolsPart,
  webToolsPart,
} from "./later/tools.ts";
import { later, laterPart, opaque } from "./notes.ts";
import { toolRules } from "./tool-rules.ts";

/** `tools`: what the model may call. */
export const toolsSchema = z.strictObject({
  ...toolRules,
  agentToAgent: laterPart(agentToAgentPart, { enabled: false }),
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
