export { MODEL_ENVIRONMENT_KEYS } from "./models/known-providers.ts";
export { createAgentRuntime } from "./runtime.ts";
export type { AgentRuntimeOptions } from "./runtime.ts";
export type {
  AgentRuntimeSettings,
  AgentSettings,
  MemoryFlushSettings,
  ModelApi,
  ModelChoice,
  ModelEntry,
  ModelSettings,
  ProviderSettings,
  ThinkingLevel,
  TurnLimits,
} from "./settings.ts";
export type { PruningSettings } from "./history/pruning.ts";
export type { AgentToAgent } from "./tools/sessions/agent-reach.ts";
export type { SubagentPolicy } from "./tools/sessions/sessions-spawn.ts";
export { builtInTools } from "./tools/built-in-tools.ts";
export type { BuiltInToolSettings } from "./tools/built-in-tools.ts";
export { webFetchTool } from "./tools/web/web-fetch.ts";
export type { WebFetchOptions, WebFetchSettings } from "./tools/web/web-fetch.ts";
export { mcpServers } from "./mcp/mcp-servers.ts";
export type { McpServersOptions } from "./mcp/mcp-servers.ts";
export type { McpAddress, McpProgram, McpServerSettings } from "./mcp/mcp-settings.ts";
export { execTool } from "./tools/exec/exec.ts";
export type { ExecOptions } from "./tools/exec/exec.ts";
export type { ExecSettings } from "./tools/exec/exec-settings.ts";
