import * as z from "zod";

import { mdnsPart, wideAreaPart } from "./later/surfaces.ts";
import { flag, later, laterPart, text, whole } from "./notes.ts";

const level = z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]);

/** True when the text, raw or as /pattern/flags, is a regular expression. */
function isPattern(source: string): boolean {
  const literal = /^\/(.+)\/([a-z]*)$/s.exec(source);
  try {
    return new RegExp(literal?.[1] ?? source, literal?.[2] ?? "gi") instanceof RegExp;
  } catch {
    return false;
  }
}

/** `logging`: what is written down, and where. */
export const loggingSchema = z.strictObject({
  level: level.default("debug").describe("The least severe lines of the log file."),
  file: text(
    "The log file. A day per file under /tmp/openclaw, or logs/ in the state directory of a profile, without it.",
  ).optional(),
  consoleLevel: level.default("info").describe("The least severe lines of the terminal; --verbose makes it debug."),
  consoleStyle: z.enum(["pretty", "compact", "json"]).default("pretty").describe("How lines look in the terminal."),
  redactSensitive: z
    .enum(["off", "tools"])
    .default("tools")
    .describe("off keeps text that only looks like a secret; configured secrets are masked all the same."),
  redactPatterns: z
    .array(z.string().refine(isPattern, "expected a regular expression, raw or as /pattern/flags"))
    .default([])
    .describe("Regular expressions of further text to mask, raw or as /pattern/flags."),
});

/** `env`: variables for everything that has none of that name yet. */
export const envSchema = z
  .object({
    vars: z.record(z.string(), z.string()).optional().describe("Variables by name."),
    shellEnv: later(
      z.strictObject({
        enabled: flag("Take missing variables from a login shell.").optional(),
        timeoutMs: whole(1, 600_000, "How long the shell may take, in milliseconds.").optional(),
      }),
      { enabled: false },
    ),
  })
  // Typed as unknown, because an index signature would have to fit the keys above as well.
  .catchall(
    z
      .unknown()
      .refine((value) => typeof value === "string", "expected a text")
      .describe("The variable of this name."),
  );

/** `discovery`: being found on the network. */
export const discoverySchema = z.strictObject({
  mdns: laterPart(mdnsPart, { mode: "off" }),
  wideArea: laterPart(wideAreaPart, { enabled: false }),
});

/** `wizard`: what the setup wizard last did. Bookkeeping; nothing reads it. */
export const wizardSchema = z.strictObject({
  lastRunAt: text("When.").optional(),
  lastRunVersion: text("By which version.").optional(),
  lastRunCommit: text("By which commit.").optional(),
  lastRunCommand: text("By which command.").optional(),
  lastRunMode: text("In which mode.").optional(),
});

/** `meta`: who wrote the file last. Bookkeeping; nothing reads it. */
export const metaSchema = z.strictObject({
  lastTouchedVersion: text("By which version.").optional(),
  lastTouchedAt: text("When.").optional(),
});

/** `cron`: jobs that run by themselves. */
export const cronSchema = z.strictObject({
  enabled: flag("Run jobs; OPENCLAW_SKIP_CRON=1 switches them off for one process.").default(true),
  maxConcurrentRuns: whole(1, 100, "How many jobs run at once.").default(1),
  store: later(z.string()),
});
