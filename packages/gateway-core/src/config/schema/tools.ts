import * as z from "zod";

import {
  elevatedPart,
  execLater,
  execPart,
  mediaToolsPart,
  nestedToolsPart,
  firecrawlPart,
  webSearchPart,
} from "./later/tools.ts";
import { flag, later, laterPart, opaque, part, text, texts, whole } from "./notes.ts";
import { mcpSchema } from "./mcp.ts";
import { toolRules } from "./tool-rules.ts";

const execSchema = z.strictObject({
  enabled: flag("Offer exec. It is also offered when security is allowlist or full.").optional(),
  security: z
    .enum(["deny", "allowlist", "full"])
    .optional()
    .describe("What may run: nothing, what is in allowlist (the default when exec is enabled), or every program."),
  ask: z
    .enum(["off", "on-miss", "always"])
    .default("on-miss")
    .describe("When an operator has to agree: never, to what is not listed, or always."),
  allowlist: texts(
    "Programs that may run, as globs of their resolved paths; * stands for all but a slash, ** for all.",
  ).default([]),
  pathPrepend: texts("Directories to search before those of PATH.").default([]),
  safeBins: texts(
    "Of jq, grep, cut, sort, uniq, head, tail, tr and wc, those that need no entry where they only work on what is piped into them.",
  ).default(["jq", "grep", "cut", "sort", "uniq", "head", "tail", "tr", "wc"]),
  approvalTimeoutSec: whole(1, 3_600, "How long operators have to decide; what they do not decide is refused.").default(
    120,
  ),
  timeoutSec: whole(1, 86_400, "A program is ended after this many seconds.").default(1_800),
  ...execLater,
});

const webFetch = z.strictObject({
  enabled: flag("Offer web_fetch, which reads pages of the public internet.").default(true),
  maxChars: whole(100, 10_000_000, "Longest text of one page.").default(50_000),
  timeoutSeconds: z.number().positive().max(600).default(30).describe("For everything together, redirects included."),
  cacheTtlMinutes: z
    .number()
    .nonnegative()
    .max(1_440)
    .default(15)
    .describe("How long a page is kept; 0 for not at all."),
  maxRedirects: whole(0, 20, "How many redirects are followed.").default(3),
  userAgent: text("What the gateway calls itself.").default("Mozilla/5.0 (compatible; OpenClaw)"),
  readability: flag("Reduce pages to Markdown; false gives plain text.").default(true),
  firecrawl: laterPart(firecrawlPart, { enabled: false }),
});

/** `tools`: what the model may call. */
export const toolsSchema = z.strictObject({
  ...toolRules,
  agentToAgent: z
    .strictObject({
      enabled: flag("Agents may look into and write to each other's sessions. They may not without it.").optional(),
      allow: texts("Agents that may take part, * for any; every agent without it.").optional(),
    })
    .optional()
    .describe("Agents among themselves."),
  subagents: part(
    "Tools of sub-agents, within what everything else allows. The tools for sessions are never among them.",
    () =>
      z.strictObject({
        tools: z
          .strictObject({
            allow: texts("Only these tools.").optional(),
            deny: texts("Never these tools.").optional(),
          })
          .optional()
          .describe("Names, patterns with *, or groups."),
      }),
  ),
  sandbox: laterPart(nestedToolsPart),
  elevated: laterPart(elevatedPart, { enabled: false }),
  exec: execSchema.optional().describe("Running programs on the gateway's machine."),
  web: z
    .strictObject({ search: laterPart(webSearchPart, { enabled: false }), fetch: webFetch.prefault({}) })
    .prefault({})
    .describe("The web."),
  mcp: mcpSchema.optional().describe("Tools of other programs."),
  media: laterPart(mediaToolsPart),
  message: later(opaque()),
});

/** `agents.list[].tools`: what one agent's model may call, within what `tools` allows. */
export const agentToolsSchema = z.strictObject({
  ...toolRules,
  elevated: laterPart(elevatedPart, { enabled: false }),
  exec: laterPart(execPart),
  sandbox: laterPart(nestedToolsPart),
  message: later(opaque()),
});
