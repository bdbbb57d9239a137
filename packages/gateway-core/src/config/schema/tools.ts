import * as z from "zod";

import {
  agentToAgentPart,
  byProviderPart,
  elevatedPart,
  execPart,
  mediaToolsPart,
  nestedToolsPart,
  webToolsPart,
} from "./later/tools.ts";
import { later, laterPart, opaque } from "./notes.ts";

/** `tools`: what the model may call. */
export const toolsSchema = z.strictObject({
  profile: later(z.enum(["minimal", "coding", "messaging", "full"]), "full"),
  allow: later(z.array(z.string())),
  deny: later(z.array(z.string())),
  alsoAllow: later(z.array(z.string())),
  byProvider: laterPart(byProviderPart),
  agentToAgent: laterPart(agentToAgentPart, { enabled: false }),
  subagents: laterPart(nestedToolsPart),
  sandbox: laterPart(nestedToolsPart),
  elevated: laterPart(elevatedPart, { enabled: false }),
  exec: laterPart(execPart),
  web: laterPart(webToolsPart),
  media: laterPart(mediaToolsPart),
  message: later(opaque()),
});
