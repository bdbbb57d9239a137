import * as z from "zod";

import { identifier, json, line, milliseconds, sessionKey, timestamp } from "./primitives.ts";

export const configIssue = z
  .object({ path: z.string(), message: z.string() })
  .meta({ id: "ConfigIssue", description: "One thing that is wrong in a configuration; path is empty for the whole." });

export const configUiHint = z
  .object({
    label: line.optional(),
    help: z.string().optional(),
    group: line.optional(),
    order: z.number().optional(),
    advanced: z.boolean().optional(),
    sensitive: z.boolean().optional(),
    placeholder: line.optional(),
  })
  .meta({ id: "ConfigUiHint", description: "How a form should show one key of the configuration." });

export const configRestart = z
  .object({
    ok: z.boolean().describe("True when the gateway restarts by itself."),
    pid: z.int(),
    delayMs: z.int(),
    reason: line,
    mode: z.enum(["emit", "manual"]).describe("manual: someone has to restart it."),
  })
  .meta({ id: "ConfigRestart", description: "What has to happen before a change takes effect." });

export const configSentinel = z
  .object({
    persisted: z.boolean().optional(),
    path: z.string().nullable().optional(),
    payload: z.object({
      kind: line,
      status: line,
      ts: timestamp,
      sessionKey: identifier.optional(),
      message: z.string().optional(),
      requiresRestart: z.boolean().optional(),
      stats: json.optional(),
    }),
  })
  .meta({ id: "ConfigSentinel", description: "A note on a change of the configuration, with what the client said." });

/** The text of a configuration file: JSON5, at most 1 MiB. */
const configSource = z.string().max(1_048_576);
/** From config.get; without it a write is refused once there is a file. */
const baseHash = z.string().max(256).optional().describe("The hash of config.get that this is based on.");

/** What every method that writes the file takes. */
export const configWriteParams = { raw: configSource, baseHash };

/** What every method that writes the file answers. */
export const configWriteResult = {
  ok: z.literal(true),
  path: z.string(),
  hash: z.string(),
  config: json.describe("With every default; credentials are redacted."),
  changedPaths: z.array(z.string()).describe("Keys that have another value than before."),
  requiresRestart: z.boolean().describe("True while the gateway runs on something else than the file says."),
};

/** The same for a change that the gateway is to be restarted with. */
export const configRestartParams = {
  ...configWriteParams,
  sessionKey: sessionKey.optional().describe("Whose turn asked for it."),
  note: z.string().max(4096).optional().describe("Why, for the answer and the log."),
  restartDelayMs: milliseconds.optional().describe("Has no effect: the gateway does not restart itself."),
};
export const configRestartResult = { ...configWriteResult, restart: configRestart, sentinel: configSentinel };
