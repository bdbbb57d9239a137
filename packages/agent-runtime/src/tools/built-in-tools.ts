import type { Tool } from "@openclaw/gateway-core/ports";

import type { AgentToAgent } from "./sessions/agent-reach.ts";
import { agentsListTool } from "./sessions/agents-list.ts";
import { cronTool } from "./cron.ts";
import { messageTool } from "./message.ts";
import { canvasTool } from "./nodes/canvas-tool.ts";
import { NodeFiles } from "./nodes/node-files.ts";
import { nodesTool } from "./nodes/nodes-tool.ts";
import { sessionStatusTool } from "./sessions/session-status.ts";
import { sessionsHistoryTool } from "./sessions/sessions-history.ts";
import { sessionsListTool } from "./sessions/sessions-list.ts";
import { type SubagentPolicy, sessionsSpawnTool } from "./sessions/sessions-spawn.ts";
import { sessionsSendTool } from "./sessions/sessions-send.ts";

export interface BuiltInToolSettings {
  /** Asked at every call. Agents are kept apart when absent. */
  readonly agentToAgent?: () => AgentToAgent;
  /** What an agent may do with sub-agents, asked at every call. */
  readonly subagents?: (agentId: string) => SubagentPolicy;
  /** Where pictures and films of nodes are kept for being sent. Without it they can not be had. */
  readonly mediaDirectory?: string;
}

/** The tools that every gateway can offer its agent: they need nothing but the gateway's own methods. */
export function builtInTools({
  agentToAgent = () => ({}),
  subagents = () => ({}),
  mediaDirectory,
}: BuiltInToolSettings = {}): readonly Tool[] {
  const files = mediaDirectory === undefined ? undefined : new NodeFiles(mediaDirectory);
  return [
    sessionStatusTool(agentToAgent),
    sessionsListTool(agentToAgent),
    sessionsHistoryTool(agentToAgent),
    sessionsSendTool(agentToAgent),
    sessionsSpawnTool(subagents),
    agentsListTool(agentToAgent),
    messageTool,
    cronTool,
    nodesTool(files),
    canvasTool(files),
  ];
}
