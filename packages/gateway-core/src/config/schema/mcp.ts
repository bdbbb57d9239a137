import * as z from "zod";

import { flag, secretText, text, texts } from "./notes.ts";

const server = z
  .strictObject({
    enabled: flag("Connect to it.").default(true),
    command: text(
      "A program that speaks MCP on its standard input and output; started directly, never by a shell.",
    ).optional(),
    args: texts("Its arguments, one by one.").optional(),
    env: z
      .record(z.string(), secretText("Value."))
      .optional()
      .describe("Variables it gets besides a few harmless ones."),
    cwd: text("Its working directory; the gateway's without it.").optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("In place of a program: the address of a server that speaks MCP over streamable HTTP."),
    headers: z.record(z.string(), secretText("Header value.")).optional().describe("HTTP headers sent to it."),
    timeoutSeconds: z.number().positive().max(3_600).default(60).describe("For connecting, and for each call."),
  })
  .superRefine((value, context) => {
    if ((value.command === undefined) === (value.url === undefined)) {
      context.addIssue({ code: "custom", message: "expected either command or url" });
    }
  });

/** `tools.mcp`: tools of other programs, through the Model Context Protocol. */
export const mcpSchema = z.strictObject({
  servers: z
    .record(z.string().regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, "lower-case letters, digits, - and _, at most 32"), server)
    .default({})
    .describe("Servers by name; the name stands before the names of their tools."),
});
