import type { Clock, Logger, Tool, ToolSource } from "@openclaw/gateway-core/ports";

import { McpConnection } from "./mcp-connection.ts";
import type { McpServerSettings } from "./mcp-settings.ts";

export interface McpServersOptions {
  /** `tools.mcp.servers`, by name. */
  readonly servers: Readonly<Record<string, McpServerSettings>>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The tools of MCP servers. Each server is connected by itself; one that is down takes only its own tools away. */
export function mcpServers({ servers, clock, log }: McpServersOptions): ToolSource {
  const connections = Object.entries(servers).map(
    ([name, settings]) => new McpConnection({ name, settings, clock, log }),
  );
  return {
    start(): void {
      for (const connection of connections) connection.start();
    },
    tools: (): readonly Tool[] => connections.flatMap((connection) => connection.tools),
    async [Symbol.asyncDispose](): Promise<void> {
      await Promise.all(connections.map((connection) => connection[Symbol.asyncDispose]()));
    },
  };
}
