import * as z from "zod";

import { whole } from "../notes.ts";

const MAX_PATTERN_LENGTH = 200;

const pattern = z
  .string()
  .min(1)
  .max(MAX_PATTERN_LENGTH)
  .refine(isRegularExpression, { error: "must be a regular expression, for example \\bada\\b" });

/** How an agent takes part in groups. */
export const groupChatSchema = z.strictObject({
  mentionPatterns: z
    .array(pattern)
    .max(100)
    .optional()
    .describe("Regular expressions, case-insensitive: a group message that one is found in calls the agent."),
  historyLimit: whole(
    0,
    500,
    "How many messages since its last answer the agent is told of. 50 without it.",
  ).optional(),
});

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, "i") instanceof RegExp;
  } catch {
    return false;
  }
}
