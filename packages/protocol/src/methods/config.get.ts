import * as z from "zod";

import { configIssue } from "../entities/config.ts";
import { json } from "../entities/primitives.ts";
import { defineMethod } from "../define.ts";

/** Credentials never leave the gateway: in their place stands "__OPENCLAW_REDACTED__". */
export const configGet = defineMethod({
  name: "config.get",
  summary: "The configuration file, what it comes to with defaults, and what is in use. Credentials are redacted.",
  roles: ["operator"],
  scope: "operator.read",
  params: z.strictObject({}),
  result: z.object({
    path: z.string(),
    exists: z.boolean(),
    raw: z.string().nullable().describe("The text with credentials replaced by a mark; null without a readable file."),
    parsed: json.describe("What the text says."),
    sourceConfig: json.describe("As parsed."),
    config: json.describe("With included files, variables and every default put in."),
    resolved: json.describe("As config."),
    runtimeConfig: json.describe("What the gateway runs on now."),
    valid: z.boolean(),
    hash: z.string().optional().describe("Goes back as baseHash with a write. Another one after each restart."),
    configRevisionHash: z.string().optional().describe("As hash."),
    appliedConfigHash: z.string().optional().describe("The hash of what the gateway runs on."),
    issues: z.array(configIssue),
    warnings: z.array(configIssue),
    legacyIssues: z.array(configIssue),
    includedPaths: z.array(z.string()),
  }),
  idempotency: "none",
  errors: [],
  example: {
    params: {},
    result: {
      path: "/home/me/.openclaw/openclaw.json",
      exists: true,
      raw: '{ gateway: { mode: "local", auth: { token: "__OPENCLAW_REDACTED__" } } }\n',
      parsed: { gateway: { mode: "local", auth: { token: "__OPENCLAW_REDACTED__" } } },
      sourceConfig: { gateway: { mode: "local", auth: { token: "__OPENCLAW_REDACTED__" } } },
      config: { gateway: { mode: "local", auth: { token: "__OPENCLAW_REDACTED__" } } },
      resolved: { gateway: { mode: "local", auth: { token: "__OPENCLAW_REDACTED__" } } },
      runtimeConfig: { gateway: { mode: "local", auth: { token: "__OPENCLAW_REDACTED__" } } },
      valid: true,
      hash: "hmac-sha256:v1:n7kDMxQR2e89AB3UB4IHFNFtF9_UxLBnXpn0mQskva8",
      configRevisionHash: "hmac-sha256:v1:n7kDMxQR2e89AB3UB4IHFNFtF9_UxLBnXpn0mQskva8",
      appliedConfigHash: "hmac-sha256:v1:n7kDMxQR2e89AB3UB4IHFNFtF9_UxLBnXpn0mQskva8",
      issues: [],
      warnings: [],
      legacyIssues: [],
      includedPaths: [],
    },
  },
});
