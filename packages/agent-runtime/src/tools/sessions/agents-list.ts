import type { Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";

import { type AgentToAgent, mayReach } from "./agent-reach.ts";
import { withGateway } from "../gateway-call.ts";

/** Which agents a turn can reach. */
export function agentsListTool(agentToAgent: () => AgentToAgent): Tool {
  return {
    name: "agents_list",
    description: "Lists the agents of this gateway whose sessions you can reach: id, name and model of each.",
    parameters: { type: "object", properties: {}, additionalProperties: false },
    sideEffects: false,
    execute: (_input, context) => withGateway(() => list(context, agentToAgent())),
  };
}

async function list(context: ToolContext, agentToAgent: AgentToAgent): Promise<ToolResult> {
  const answer = await context.call("agents.list", {});
  const agents = answer.agents.filter(({ id }) => mayReach(context.agentId, id, agentToAgent));
  const lines = agents.map(({ id, name, identity, model }) => {
    const facts = [id, identity?.name ?? name, model?.primary, id === context.agentId ? "you" : undefined];
    return facts.filter((fact) => fact !== undefined && fact !== "").join(" | ");
  });
  return { text: lines.join("\n"), details: { requester: context.agentId, agents } };
}
