import type { Tool } from "@openclaw/gateway-core/ports";

import type { AgentToAgent } from "./sessions/agent-reach.ts";
import { agentsListTool } from "./sessions/agents-list.ts";
import { cronTool } from "./cron.ts";
import { messageTool } from "./message.ts";
import { sessionStatusTool } from "./sessions/session-status.ts";
import { sessionsHistoryTool } from "./sessions/sessions-history.ts";
import { sessionsListTool } from "./sessions/sessions-list.ts";
import { type SubagentPolicy, sessionsSpawnTool } from "./sessions/sessions-spawn.ts";
import { sessionsSendTool } from "./sessions/sessions-send.ts";
import { toolsWithoutNodes } from "./without-nodes.ts";

export interface BuiltInToolSettings {
  /** Asked at every call. Agents are kept apart when absent. */
  readonly agentToAgent?: () => AgentToAgent;
  /** What an agent may do with sub-agents, asked at every call. */
  readonly subagents?: (agentId: string) => SubagentPolicy;
}

/** The tools that every gateway can offer its agent: they need nothing but the gateway's own methods. */
export function builtInTools({
  agentToAgent = () => ({}),
  subagents = () => ({}),
}: BuiltInToolSettings = {}): readonly Tool[] {
  return [
    sessionStatusTool(agentToAgent),
    sessionsListTool(agentToAgent),
    sessionsHistoryTool(agentToAgent),
    sessionsSendTool(agentToAgent),
    sessionsSpawnTool(subagents),
    agentsListTool(agentToAgent),
    messageTool,
    cronTool,
    ...toolsWithoutNodes,
  ];
}
