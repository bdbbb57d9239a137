import type { Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { type AgentToAgent, agentOfSession, mayReach, outOfReach } from "./agent-reach.ts";
import { textField } from "../fields.ts";
import { failed, withGateway } from "../gateway-call.ts";
import { ago, type SessionRow } from "./session-text.ts";

const MAX_SEARCHED = 200;

/** What there is to know about a session, and what time it is. */
export function sessionStatusTool(agentToAgent: () => AgentToAgent): Tool {
  return {
    name: "session_status",
    description:
      "Shows this session (or another one): the current time, the model, how full the context is, and the channel.",
    parameters: {
      type: "object",
      properties: { sessionKey: { type: "string", description: "Another session's key. This session when left out." } },
      additionalProperties: false,
    },
    sideEffects: false,
    execute: (input, context) => withGateway(() => show(textField(input, "sessionKey"), context, agentToAgent())),
  };
}

async function show(asked: string | undefined, context: ToolContext, agentToAgent: AgentToAgent): Promise<ToolResult> {
  const key = asked ?? context.sessionKey;
  const other = agentOfSession(key);
  if (!mayReach(context.agentId, other, agentToAgent)) return failed(outOfReach(other));
  const { sessions, defaults, ts } = await context.call("sessions.list", { search: key, limit: MAX_SEARCHED });
  const row = sessions.find((session) => session.key === key);
  if (row === undefined && asked !== undefined) {
    return failed(`There is no session "${key}". sessions_list shows the keys of those there are.`);
  }
  const model = row?.model ?? defaults.model;
  const provider = row?.modelProvider ?? defaults.modelProvider;
  const lines = [
    `Time: ${localTime(ts)}`,
    `Session: ${key}`,
    model === null ? undefined : `Model: ${provider === null ? model : `${provider}/${model}`}`,
    ...(row === undefined ? [] : rowLines(row, ts)),
  ];
  const text = lines.filter((line) => line !== undefined).join("\n");
  return { text, details: { ts, ...(row === undefined ? {} : { session: row }) } };
}

function rowLines(row: SessionRow, now: number): (string | undefined)[] {
  const { totalTokens, contextTokens, thinkingLevel, updatedAt } = row;
  const channel = row.channel ?? row.lastChannel;
  return [
    totalTokens === undefined
      ? undefined
      : `Context: ${totalTokens}${contextTokens === undefined ? "" : ` of ${contextTokens}`} tokens`,
    thinkingLevel === undefined ? undefined : `Thinking: ${thinkingLevel}`,
    channel === undefined ? undefined : `Channel: ${channel}`,
    updatedAt === null ? undefined : `Last change: ${ago(now - updatedAt)}`,
  ];
}

/** The time on the gateway's machine, with its zone, and in a form that programs read. */
function localTime(now: number): string {
  const local = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" }).format(now);
  return `${local} (${new Date(now).toISOString()})`;
}
