import * as z from "zod";

import { identifier, json } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Of protocol 4. Source: wire facts 20.18. */
export const nodeSkillsUpdate = defineMethod({
  name: "node.skills.update",
  summary: "A node says which skills lie on it. They are kept while it is connected.",
  roles: ["node"],
  scope: null,
  params: z.strictObject({ skills: z.array(json).max(256) }),
  result: z.object({ nodeId: identifier, skills: z.array(json) }),
  idempotency: "natural",
  errors: [],
  example: {
    params: { skills: [] },
    result: { nodeId: "fe812c12f3ab4ce6ac5db69ac352f906cb1b11ef43fb33e252ef7ff552263889", skills: [] },
  },
});
