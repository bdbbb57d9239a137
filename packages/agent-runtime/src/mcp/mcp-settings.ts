/** One entry of `tools.mcp.servers`: a program to run, or an address to talk to. */
export type McpServerSettings = McpProgram | McpAddress;

interface McpLimits {
  /** For connecting, and for each call. 60,000 ms when absent. */
  readonly timeoutMs?: number | undefined;
}

/** A program that speaks MCP on its standard input and output. It is started directly, never through a shell. */
export interface McpProgram extends McpLimits {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** Added to the few harmless variables that the program inherits. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
}

/** A server that speaks MCP over streamable HTTP. */
export interface McpAddress extends McpLimits {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export const DEFAULT_MCP_TIMEOUT_MS = 60_000;
