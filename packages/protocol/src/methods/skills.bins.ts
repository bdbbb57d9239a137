import * as z from "zod";

import { defineMethod } from "../define.ts";

/** Source: wire facts 20.16. */
export const skillsBins = defineMethod({
  name: "skills.bins",
  summary: "The programs that the skills of this gateway need, for nodes that allow those by themselves.",
  roles: ["node"],
  scope: null,
  params: z.strictObject({}),
  result: z.object({ bins: z.array(z.string()) }),
  idempotency: "none",
  errors: [],
  example: { params: {}, result: { bins: [] } },
});
