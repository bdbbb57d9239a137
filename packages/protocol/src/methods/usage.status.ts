import * as z from "zod";

import { json, timestamp } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

export const usageStatus = defineMethod({
  name: "usage.status",
  summary: "What model providers say of plans and limits. This version asks none of them, so the list is empty.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.object({ updatedAt: timestamp, providers: z.array(json) }),
  idempotency: "none",
  errors: [],
  example: { params: {}, result: { updatedAt: 1795394982422, providers: [] } },
});
