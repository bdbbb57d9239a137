import type { Tool as McpToolListing } from "@modelcontextprotocol/sdk/types.js";
import type { Tool, ToolResult } from "@openclaw/gateway-core/ports";

import { failed } from "../tools/gateway-call.ts";
import type { McpAnswer } from "./mcp-session.ts";

/** What models take as a tool's name. */
const MAX_NAME = 64;
const MAX_DESCRIPTION = 2_000;

export type McpCall = (tool: string, input: Record<string, unknown>, signal: AbortSignal) => Promise<McpAnswer>;

/** The tools of an MCP server as the gateway's own, named `mcp_<server>_<tool>`. */
export function toolsOf(server: string, listings: readonly McpToolListing[], call: McpCall): readonly Tool[] {
  const taken = new Set<string>();
  return listings.map((listing) => {
    const name = freeName(`mcp_${server}_${listing.name}`, taken);
    return {
      name,
      description: (listing.description ?? listing.title ?? `The tool ${listing.name} of ${server}.`).slice(
        0,
        MAX_DESCRIPTION,
      ),
      parameters: listing.inputSchema,
      // What a server says of its own harmlessness is taken as a hint for repeating a call, never as a right.
      sideEffects: listing.annotations?.readOnlyHint !== true,
      execute: async (input, _context, signal) => {
        const answer = await call(listing.name, isRecord(input) ? input : {}, signal);
        return resultOf(answer);
      },
    };
  });
}

function freeName(wanted: string, taken: Set<string>): string {
  const plain = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, "_")
    .slice(0, MAX_NAME);
  let name = plain;
  for (let copy = 2; taken.has(name); copy += 1) name = `${plain.slice(0, MAX_NAME - 4)}_${copy}`;
  taken.add(name);
  return name;
}

function resultOf(answer: McpAnswer): ToolResult {
  const content = Array.isArray(answer.content) ? (answer.content as readonly unknown[]) : [];
  const texts = content.map((block) => describe(block)).filter((text) => text !== "");
  const text = texts.length === 0 ? "The tool gave no text." : texts.join("\n");
  const details = answer.structuredContent === undefined ? {} : { details: answer.structuredContent };
  return answer.isError === true ? { ...failed(text), ...details } : { text, ...details };
}

function describe(block: unknown): string {
  if (!isRecord(block)) return "";
  if (block["type"] === "text") return typeof block["text"] === "string" ? block["text"] : "";
  const { resource } = block;
  if (isRecord(resource) && typeof resource["text"] === "string") return resource["text"];
  const place = isRecord(resource) ? resource["uri"] : block["uri"];
  const kind = [block["type"], block["mimeType"], place].filter((fact) => typeof fact === "string").join(" ");
  return `[${kind}, not shown]`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
