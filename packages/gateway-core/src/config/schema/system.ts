import * as z from "zod";

import { flag, later, opaque, text, whole } from "./notes.ts";

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
  mdns: later(z.strictObject({ mode: z.enum(["minimal", "full", "off"]).optional() }), { mode: "off" }),
  wideArea: later(z.looseObject({ enabled: z.boolean().optional() }), { enabled: false }),
});

/** `canvasHost`: the file server for agents' pages. */
export const canvasHostSchema = z.strictObject({
  enabled: flag("Serve the canvas directory.").optional(),
  root: text("The directory to serve.").optional(),
  port: whole(1, 65_535, "Its port; the gateway's plus 4 without it.").optional(),
  liveReload: flag("Reload pages when files change.").optional(),
});

/** `browser`: the controlled browser. */
export const browserSchema = z.looseObject({ enabled: flag("Offer the browser tool.").optional() });

/** `web`: the WhatsApp runtime. */
export const webSchema = z.strictObject({
  enabled: flag("Run the WhatsApp connection.").optional(),
  heartbeatSeconds: whole(1, 86_400, "How often connection health is logged.").optional(),
  reconnect: z
    .strictObject({
      initialMs: z.number().nonnegative().optional(),
      maxMs: z.number().nonnegative().optional(),
      factor: z.number().min(1).optional(),
      jitter: z.number().min(0).max(1).optional(),
      maxAttempts: z.int().nonnegative().optional(),
    })
    .optional(),
});

/** `ui`: appearance of the browser app. */
export const uiSchema = z.strictObject({
  seamColor: z.string().optional(),
  assistant: z.strictObject({ name: z.string().optional(), avatar: z.string().optional() }).optional(),
});

/** `talk`: voice in the apps. */
export const talkSchema = z.strictObject({
  voiceId: z.string().optional(),
  voiceAliases: z.record(z.string(), z.string()).optional(),
  modelId: z.string().optional(),
  outputFormat: z.string().optional(),
  apiKey: z.string().optional(),
  interruptOnSpeech: z.boolean().optional(),
});

/** `diagnostics`: tracing and debug switches. */
export const diagnosticsSchema = z.strictObject({
  enabled: z.boolean().optional(),
  flags: z.array(z.string()).optional(),
  otel: opaque().optional(),
  cacheTrace: opaque().optional(),
});

/** `nodeHost`: what this machine offers when it is a node. */
export const nodeHostSchema = z.strictObject({
  browserProxy: z.looseObject({ enabled: z.boolean().optional() }).optional(),
});

/** `update`: staying current. */
export const updateSchema = z.strictObject({
  checkOnStart: flag("Say at start when a newer version exists.").optional(),
  channel: z.string().optional(),
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
