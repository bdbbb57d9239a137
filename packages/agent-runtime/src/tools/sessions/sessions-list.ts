import type { Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { type AgentToAgent, agentOfSession, mayReach } from "./agent-reach.ts";
import { countField, textListField } from "../fields.ts";
import { withGateway } from "../gateway-call.ts";
import { kindOfSession, SESSION_KINDS } from "./session-kind.ts";
import { ago, type SessionRow } from "./session-text.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;

/** Which conversations there are. */
export function sessionsListTool(agentToAgent: () => AgentToAgent): Tool {
  return {
    name: "sessions_list",
    description:
      "Lists the sessions (conversations) this gateway knows, newest first: key, kind, channel, last change and model of each.",
    parameters: {
      type: "object",
      properties: {
        kinds: {
          type: "array",
          items: { type: "string", enum: [...SESSION_KINDS] },
          description: "Only sessions of these kinds. All kinds when left out.",
        },
        limit: {
          type: "integer",
          minimum: 1,
          maximum: MAX_LIMIT,
          description: `How many at most; ${DEFAULT_LIMIT} when left out.`,
        },
        activeMinutes: {
          type: "integer",
          minimum: 1,
          description: "Only sessions that changed within so many minutes.",
        },
      },
      additionalProperties: false,
    },
    sideEffects: false,
    execute: (input, context) => withGateway(() => list(input, context, agentToAgent())),
  };
}

async function list(input: unknown, context: ToolContext, agentToAgent: AgentToAgent): Promise<ToolResult> {
  const limit = Math.min(countField(input, "limit") ?? DEFAULT_LIMIT, MAX_LIMIT);
  const kinds = textListField(input, "kinds");
  const activeMinutes = countField(input, "activeMinutes");
  const answer = await context.call("sessions.list", {
    // The kind is the tool's own notion, and so is what is in reach: the choice is made here.
    limit: MAX_LIMIT,
    ...(activeMinutes === undefined ? {} : { activeMinutes }),
  });
  const rows = answer.sessions
    .filter((row) => mayReach(context.agentId, agentOfSession(row.key), agentToAgent))
    .filter((row) => kinds.length === 0 || kinds.includes(kindOfSession(row.key)))
    .slice(0, limit);
  const lines = rows.map((row) => describe(row, answer.ts));
  return { text: lines.length === 0 ? "There are no such sessions." : lines.join("\n"), details: { sessions: rows } };
}

function describe(row: SessionRow, now: number): string {
  const facts = [
    row.key,
    kindOfSession(row.key),
    row.displayName ?? row.label,
    row.channel ?? row.lastChannel,
    row.updatedAt === null ? undefined : ago(now - row.updatedAt),
    row.model,
  ];
  return facts.filter((fact) => fact !== undefined && fact !== "").join(" | ");
}
