import * as z from "zod";

import { flag, text, texts, whole } from "./notes.ts";

const share = (description: string) => z.number().min(0).max(1).describe(description);

/** `agents.defaults.contextPruning`. */
export const contextPruningSchema = () =>
  z.strictObject({
    mode: z
      .enum(["off", "cache-ttl", "adaptive", "aggressive"])
      .optional()
      .describe(
        "cache-ttl: once the model has not been asked for ttl; adaptive: always; aggressive: always, and all of them go. off without it.",
      ),
    ttl: z
      .string()
      .regex(/^\d+(?:ms|s|m|h)$/u, "a time such as 5m or 1h")
      .optional()
      .describe("For cache-ttl. 5m without it."),
    keepLastAssistants: whole(0, 100, "Results after so many of the last answers stay. 3 without it.").optional(),
    softTrimRatio: share("Long results are cut from this share of the context window on. 0.3 without it.").optional(),
    hardClearRatio: share("The oldest results go until less than this share is left. 0.5 without it.").optional(),
    minPrunableToolChars: whole(
      0,
      100_000_000,
      "They go only when there is so much of them. 50000 without it.",
    ).optional(),
    softTrim: z
      .strictObject({
        maxChars: whole(1, 100_000_000, "Results up to this length are not cut. 4000 without it.").optional(),
        headChars: whole(0, 100_000_000, "What stays of the beginning. 1500 without it.").optional(),
        tailChars: whole(0, 100_000_000, "What stays of the end. 1500 without it.").optional(),
      })
      .optional()
      .describe("How long results are cut."),
    hardClear: z
      .strictObject({
        enabled: flag("Whether results may go altogether. On without it.").optional(),
        placeholder: text("What stands in their place.").optional(),
      })
      .optional()
      .describe("How results go."),
    tools: z
      .strictObject({
        allow: texts("Only results of these tools, with *.").optional(),
        deny: texts("Never results of these tools.").optional(),
      })
      .optional()
      .describe("Whose results."),
  });
