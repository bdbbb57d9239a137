import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as z from "zod";

/** A real MCP server with a few tools that show what a client has to bear. */
export function createTestServer(): McpServer {
  const server = new McpServer({ name: "test", version: "1.0.0" });
  const text = (words: string) => ({ content: [{ type: "text" as const, text: words }] });
  server.registerTool(
    "add",
    { description: "Adds.", inputSchema: { a: z.number(), b: z.number() }, annotations: { readOnlyHint: true } },
    ({ a, b }) => text(String(a + b)),
  );
  server.registerTool("Say-It", { description: "Says.", inputSchema: { what: z.string() } }, ({ what }) => text(what));
  server.registerTool("fail", { description: "Fails." }, () => ({ ...text("it is broken"), isError: true }));
  server.registerTool("environment", { description: "Shows variables." }, () =>
    text(Object.keys(process.env).join(" ")),
  );
  server.registerTool("picture", { description: "Shows." }, () => ({
    content: [{ type: "image" as const, data: "AAAA", mimeType: "image/png" }],
  }));
  server.registerTool("hang", { description: "Hangs." }, () => new Promise(() => {}));
  server.registerTool("crash", { description: "Crashes." }, () => process.exit(1));
  return server;
}
