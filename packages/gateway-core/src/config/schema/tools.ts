import * as z from "zod";

import { flag, later, opaque, texts } from "./notes.ts";

const profile = z.enum(["minimal", "coding", "messaging", "full"]);
const enabledOnly = () => z.looseObject({ enabled: z.boolean().optional() });

/** `tools`: what the model may call. */
export const toolsSchema = z.strictObject({
  profile: later(profile.describe("The set of tools to start from."), "full"),
  allow: later(texts("Tools the model may use, by name, with * and group:*; all without it.")),
  deny: later(texts("Tools the model may not use; wins over allow.")),
  alsoAllow: later(texts("Optional tools to add.")),
  byProvider: later(
    z.record(
      z.string(),
      z.strictObject({
        profile: profile.optional(),
        allow: z.array(z.string()).optional(),
        alsoAllow: z.array(z.string()).optional(),
        deny: z.array(z.string()).optional(),
      }),
    ),
    {},
  ),
  agentToAgent: later(
    z.strictObject({
      enabled: flag("Let agents write to each other.").optional(),
      allow: z.array(z.string()).optional(),
    }),
    { enabled: false },
  ),
  subagents: later(opaque()),
  sandbox: later(opaque()),
  elevated: later(enabledOnly(), { enabled: false }),
  exec: later(opaque()),
  web: later(opaque()),
  media: later(opaque()),
  message: later(opaque()),
  links: later(enabledOnly(), { enabled: false }),
});

/** `skills`: instructions the model can look up. */
export const skillsSchema = z.strictObject({
  allowBundled: z.array(z.string()).optional(),
  load: opaque().optional(),
  install: opaque().optional(),
  entries: z.record(z.string(), opaque()).optional(),
});

/** `plugins`: code that extends the gateway. */
export const pluginsSchema = z.strictObject({
  enabled: flag("Load plugins.").optional(),
  allow: z.array(z.string()).optional(),
  deny: z.array(z.string()).optional(),
  load: z.strictObject({ paths: z.array(z.string()).optional() }).optional(),
  slots: z.record(z.string(), z.string()).optional(),
  entries: z
    .record(z.string(), z.strictObject({ enabled: z.boolean().optional(), config: opaque().optional() }))
    .optional(),
  installs: opaque().optional(),
});
