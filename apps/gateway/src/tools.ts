import {
  builtInTools,
  type ExecSettings,
  execTool,
  mcpServers,
  type McpServerSettings,
  type SubagentPolicy,
  webFetchTool,
} from "@openclaw/agent-runtime";
import {
  type ConfigRuntime,
  createEgress,
  type GatewayConfig,
  type Logger,
  systemClock,
  type Tool,
  type ToolSource,
} from "@openclaw/gateway-core";

import { agentWorkspace } from "./agents.ts";

const MINUTE_MS = 60_000;
const DEFAULT_EXEC_SECONDS = 1_800;
const DEFAULT_APPROVAL_SECONDS = 120;

/** The tools that this program's configuration has; asked at every turn. Which turn may use which is for its policy. */
export function configuredTools(config: ConfigRuntime): () => readonly Tool[] {
  const always = builtInTools({
    agentToAgent: () => config.current.tools.agentToAgent ?? {},
    subagents: (agentId) => subagentPolicy(config, agentId),
    mediaDirectory: config.paths.mediaDirectory,
  });
  const fetchSettings = () => config.current.tools.web.fetch;
  const webFetch = webFetchTool({
    egress: createEgress({ clock: systemClock }),
    clock: systemClock,
    settings: () => {
      const { timeoutSeconds, cacheTtlMinutes, ...rest } = fetchSettings();
      return { ...rest, timeoutMs: timeoutSeconds * 1_000, cacheTtlMs: cacheTtlMinutes * MINUTE_MS };
    },
  });
  const exec = execTool({
    clock: systemClock,
    settings: () => execSettings(config),
    environment: config.environment,
    workspace: (agentId) => agentWorkspace(config, agentId),
    approvalsFile: config.paths.approvalsFile,
  });
  return () => [
    ...always,
    ...(fetchSettings().enabled ? [webFetch] : []),
    ...(execSettings(config).security === "deny" ? [] : [exec]),
  ];
}

function subagentPolicy({ current }: ConfigRuntime, agentId: string): SubagentPolicy {
  const own = current.agents.list.find(({ id }) => id === agentId)?.subagents;
  const model = own?.model ?? current.agents.defaults.subagents?.model;
  return { allowAgents: own?.allowAgents, model: typeof model === "object" ? model.primary : model };
}

/** Nothing runs unless the configuration asks for it, and nothing here that is meant for another machine. */
function execSettings({ current }: ConfigRuntime): ExecSettings {
  const { exec } = current.tools;
  const { ask = "on-miss", allowlist = [], safeBins = [], pathPrepend = [] } = { ...exec };
  const { timeoutSec = DEFAULT_EXEC_SECONDS, approvalTimeoutSec = DEFAULT_APPROVAL_SECONDS } = { ...exec };
  const isOff = exec?.enabled === false || exec?.host === "node";
  const security = exec?.security ?? (exec?.enabled === true ? "allowlist" : "deny");
  return {
    security: isOff ? "deny" : security,
    ask,
    allowlist,
    safeBins,
    pathPrepend,
    timeoutMs: timeoutSec * 1_000,
    approvalTimeoutMs: approvalTimeoutSec * 1_000,
  };
}

/** The tools of the MCP servers that the configuration names. */
export function configuredToolSources(config: ConfigRuntime, log: Logger): readonly ToolSource[] {
  const servers = Object.entries(config.current.tools.mcp?.servers ?? {})
    .filter(([, server]) => server.enabled)
    .map(([name, server]): [string, McpServerSettings] => [name, mcpSettings(server)]);
  return servers.length === 0 ? [] : [mcpServers({ servers: Object.fromEntries(servers), clock: systemClock, log })];
}

type ConfiguredMcpServer = NonNullable<GatewayConfig["tools"]["mcp"]>["servers"][string];

/** The schema made sure that there is either a command or an address. */
function mcpSettings({
  url,
  command = "",
  args,
  env,
  cwd,
  headers,
  timeoutSeconds,
}: ConfiguredMcpServer): McpServerSettings {
  const timeoutMs = timeoutSeconds * 1_000;
  return url === undefined ? { command, args, env, cwd, timeoutMs } : { url, headers, timeoutMs };
}
