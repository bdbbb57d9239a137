import * as z from "zod";

import { count, identifier, line, sessionKey } from "./primitives.ts";

/** Which sessions are listed, and what is said of each. */
export const sessionListParams = {
  limit: z.int().min(1).max(10_000).optional().describe("100 when left out."),
  offset: count.optional(),
  activeMinutes: z
    .int()
    .min(1)
    .max(5_256_000)
    .optional()
    .describe("Only sessions that changed within so many minutes."),
  includeGlobal: z.boolean().optional(),
  includeUnknown: z.boolean().optional(),
  includeDerivedTitles: z.boolean().optional().describe("Adds derivedTitle: the first words of the session."),
  includeLastMessage: z.boolean().optional().describe("Adds lastMessagePreview."),
  label: line.optional(),
  spawnedBy: sessionKey.optional(),
  agentId: identifier.optional(),
  search: line.optional().describe("Part of the key, label or display name."),
};
