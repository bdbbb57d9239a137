import * as z from "zod";

import { opaque } from "../notes.ts";

const count = () => z.int().nonnegative();
const text = () => z.string().optional();
const flag = () => z.boolean().optional();

const mapping = () =>
  z.strictObject({
    id: text(),
    match: z.strictObject({ path: text(), source: text() }).optional(),
    action: z.enum(["wake", "agent"]).optional(),
    wakeMode: z.enum(["now", "next-heartbeat"]).optional(),
    name: text(),
    sessionKey: text(),
    messageTemplate: text(),
    textTemplate: text(),
    deliver: flag(),
    channel: text(),
    to: text(),
    model: text(),
    thinking: text(),
    timeoutSeconds: count().optional(),
    transform: z.strictObject({ module: z.string(), export: text() }).optional(),
    allowUnsafeExternalContent: flag(),
  });

const gmail = () =>
  z.strictObject({
    account: text(),
    label: text(),
    topic: text(),
    subscription: text(),
    pushToken: text(),
    hookUrl: text(),
    includeBody: flag(),
    maxBytes: count().optional(),
    renewEveryMinutes: count().optional(),
    serve: z.strictObject({ bind: text(), port: count().optional(), path: text() }).optional(),
    tailscale: z
      .strictObject({ mode: text(), path: text(), target: z.union([z.string(), z.number()]).optional() })
      .optional(),
    model: text(),
    thinking: text(),
    allowUnsafeExternalContent: flag(),
  });

export const hooksPart = () =>
  z.strictObject({
    enabled: flag(),
    token: text(),
    path: text(),
    maxBodyBytes: count().optional(),
    presets: z.array(z.string()).optional(),
    transformsDir: text(),
    mappings: z.array(mapping()).optional(),
    gmail: gmail().optional(),
    internal: z
      .strictObject({
        enabled: flag(),
        entries: z.record(z.string(), z.looseObject({ enabled: flag() })).optional(),
        load: z.strictObject({ extraDirs: z.array(z.string()).optional() }).optional(),
        installs: opaque().optional(),
        handlers: z.array(z.strictObject({ event: z.string(), module: z.string(), export: text() })).optional(),
      })
      .optional(),
  });

export const authPart = () =>
  z.strictObject({
    profiles: z
      .record(z.string(), z.strictObject({ provider: z.string(), mode: z.string(), email: text() }))
      .optional(),
    order: z.record(z.string(), z.array(z.string())).optional(),
    cooldowns: z
      .strictObject({
        billingBackoffHours: z.number().optional(),
        billingBackoffHoursByProvider: z.record(z.string(), z.number()).optional(),
        billingMaxHours: z.number().optional(),
        failureWindowHours: z.number().optional(),
      })
      .optional(),
  });

export const diagnosticsPart = () =>
  z.strictObject({
    enabled: flag(),
    flags: z.array(z.string()).optional(),
    otel: z
      .strictObject({
        enabled: flag(),
        endpoint: text(),
        protocol: text(),
        serviceName: text(),
        headers: z.record(z.string(), z.string()).optional(),
        traces: flag(),
        metrics: flag(),
        logs: flag(),
        sampleRate: z.number().min(0).max(1).optional(),
        flushIntervalMs: count().optional(),
      })
      .optional(),
  });
