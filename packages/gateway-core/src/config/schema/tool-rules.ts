import * as z from "zod";

import { texts } from "./notes.ts";

const profile = z
  .enum(["minimal", "coding", "messaging", "full"])
  .optional()
  .describe("The set of tools to begin with; every tool without it.");
const allow = texts("Only these tools: names, patterns with *, or groups such as group:web.").optional();
const alsoAllow = texts("Tools beside those of profile and allow.").optional();
const deny = texts("Never these tools; stronger than allow.").optional();

/** What a part of the configuration says about the tools of a turn. Every part only takes tools away. */
export const toolRules = {
  profile,
  allow,
  alsoAllow,
  deny,
  byProvider: z
    .record(z.string(), z.strictObject({ profile, allow, alsoAllow, deny }))
    .optional()
    .describe("Narrower rules for a provider, or for one model as provider/model."),
};
