import type { ResultOf, Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { headAndTail } from "../../text-bounds.ts";
import { type AgentToAgent, agentOfSession, mayReach, outOfReach } from "./agent-reach.ts";
import { countField, flagField, textField } from "../fields.ts";
import { failed, withGateway } from "../gateway-call.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
const MAX_MESSAGE_CHARS = 2_000;

type HistoryMessage = ResultOf<"chat.history">["messages"][number];

/** What was said in a session. */
export function sessionsHistoryTool(agentToAgent: () => AgentToAgent): Tool {
  return {
    name: "sessions_history",
    description: "Shows the newest messages of a session, oldest first. sessions_list has the keys of sessions.",
    parameters: {
      type: "object",
      properties: {
        sessionKey: { type: "string", description: "The key of the session." },
        limit: {
          type: "integer",
          minimum: 1,
          maximum: MAX_LIMIT,
          description: `How many messages; ${DEFAULT_LIMIT} when left out.`,
        },
        includeTools: { type: "boolean", description: "Also what tools were called with and answered." },
      },
      required: ["sessionKey"],
      additionalProperties: false,
    },
    sideEffects: false,
    execute: (input, context) => withGateway(() => show(input, context, agentToAgent())),
  };
}

async function show(input: unknown, context: ToolContext, agentToAgent: AgentToAgent): Promise<ToolResult> {
  const sessionKey = textField(input, "sessionKey");
  if (sessionKey === undefined) return failed('"sessionKey" is required and must not be empty.');
  const other = agentOfSession(sessionKey);
  if (!mayReach(context.agentId, other, agentToAgent)) return failed(outOfReach(other));
  const limit = Math.min(countField(input, "limit") ?? DEFAULT_LIMIT, MAX_LIMIT);
  const history = await context.call("chat.history", { sessionKey, limit });
  if (history.sessionId === undefined) {
    return failed(`There is no session "${sessionKey}". sessions_list shows the keys of those there are.`);
  }
  const withTools = flagField(input, "includeTools");
  const lines = history.messages.flatMap((message) => describe(message, withTools));
  if (lines.length === 0) return { text: "Nothing was said yet." };
  return { text: [...(history.hasMore === true ? ["[Older messages are left out.]"] : []), ...lines].join("\n") };
}

function describe(message: HistoryMessage, withTools: boolean): string[] {
  const isResult = message.role === "toolResult";
  if (isResult && !withTools) return [];
  const when = new Date(message.timestamp ?? 0).toISOString();
  const blocks = Array.isArray(message.content) ? message.content : [{ type: "text" as const, text: message.content }];
  return blocks.flatMap((block: { readonly type: string }) => {
    const text = "text" in block && typeof block.text === "string" ? block.text.trim() : "";
    if (block.type === "text" && text !== "")
      return [`[${when}] ${message.role}: ${headAndTail(text, MAX_MESSAGE_CHARS)}`];
    if (block.type !== "toolCall" || !withTools) return [];
    return [`[${when}] tool call: ${headAndTail(JSON.stringify(block), MAX_MESSAGE_CHARS)}`];
  });
}
