import * as z from "zod";

import { later, opaque } from "../notes.ts";

const count = () => z.int().nonnegative();
const names = () => z.array(z.string()).optional();
const allowDeny = () => z.strictObject({ allow: names(), deny: names() });

export const nestedToolsPart = () => z.strictObject({ tools: allowDeny().optional() });

export const elevatedPart = () =>
  z.strictObject({
    enabled: z.boolean().optional(),
    allowFrom: z.record(z.string(), z.array(z.union([z.string(), z.number()]))).optional(),
  });

/** Keys of `tools.exec` beside those that have an effect. */
export const execLater = {
  backgroundMs: later(count()),
  cleanupMs: later(count()),
  notifyOnExit: later(z.boolean()),
  approvalRunningNoticeMs: later(count()),
  host: later(z.enum(["sandbox", "gateway", "node"]), "gateway"),
  node: later(z.string()),
  applyPatch: later(z.strictObject({ enabled: z.boolean().optional(), allowModels: names() }), { enabled: false }),
};

export const execPart = () =>
  z.strictObject({
    backgroundMs: count().optional(),
    timeoutSec: count().optional(),
    cleanupMs: count().optional(),
    notifyOnExit: z.boolean().optional(),
    approvalRunningNoticeMs: count().optional(),
    host: z.enum(["sandbox", "gateway", "node"]).optional(),
    security: z.enum(["deny", "allowlist", "full"]).optional(),
    ask: z.enum(["off", "on-miss", "always"]).optional(),
    node: z.string().optional(),
    pathPrepend: names(),
    safeBins: names(),
    applyPatch: z.strictObject({ enabled: z.boolean().optional(), allowModels: names() }).optional(),
  });

export const webSearchPart = () =>
  z.strictObject({
    enabled: z.boolean().optional(),
    provider: z.enum(["brave", "perplexity"]).optional(),
    apiKey: z.string().optional(),
    maxResults: z.int().min(1).max(10).optional(),
    timeoutSeconds: z.number().positive().optional(),
    cacheTtlMinutes: z.number().nonnegative().optional(),
    perplexity: z
      .strictObject({ apiKey: z.string().optional(), baseUrl: z.string().optional(), model: z.string().optional() })
      .optional(),
  });

export const firecrawlPart = () =>
  z.strictObject({
    enabled: z.boolean().optional(),
    apiKey: z.string().optional(),
    baseUrl: z.string().optional(),
    onlyMainContent: z.boolean().optional(),
    maxAgeMs: count().optional(),
    timeoutSeconds: z.number().positive().optional(),
  });

const understanding = () =>
  z.strictObject({
    enabled: z.boolean().optional(),
    prompt: z.string().optional(),
    maxChars: count().optional(),
    maxBytes: count().optional(),
    timeoutSeconds: z.number().positive().optional(),
    language: z.string().optional(),
    attachments: opaque().optional(),
    scope: opaque().optional(),
    models: z.array(opaque()).optional(),
    baseUrl: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    providerOptions: opaque().optional(),
  });

export const mediaToolsPart = () =>
  z.strictObject({
    models: z.array(opaque()).optional(),
    concurrency: z.int().positive().optional(),
    image: understanding().optional(),
    audio: understanding().optional(),
    video: understanding().optional(),
  });

export const skillsPart = () =>
  z.strictObject({
    allowBundled: names(),
    load: z
      .strictObject({ extraDirs: names(), watch: z.boolean().optional(), watchDebounceMs: count().optional() })
      .optional(),
    install: z.strictObject({ preferBrew: z.boolean().optional(), nodeManager: z.string().optional() }).optional(),
    entries: z
      .record(
        z.string(),
        z.strictObject({
          enabled: z.boolean().optional(),
          apiKey: z.string().optional(),
          env: z.record(z.string(), z.string()).optional(),
          config: opaque().optional(),
        }),
      )
      .optional(),
  });

export const pluginsPart = () =>
  z.strictObject({
    enabled: z.boolean().optional(),
    allow: names(),
    deny: names(),
    load: z.strictObject({ paths: names() }).optional(),
    slots: z.record(z.string(), z.string()).optional(),
    entries: z
      .record(z.string(), z.strictObject({ enabled: z.boolean().optional(), config: opaque().optional() }))
      .optional(),
    installs: opaque().optional(),
  });
