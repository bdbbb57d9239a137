import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Tool as McpTool } from "@modelcontextprotocol/sdk/types.js";
import type { Logger } from "@openclaw/gateway-core/ports";

import { DEFAULT_MCP_TIMEOUT_MS, type McpServerSettings } from "./mcp-settings.ts";

const MAX_TOOLS = 128;
const MAX_PAGES = 16;
const MAX_LOGGED = 500;

export type McpAnswer = Awaited<ReturnType<Client["callTool"]>>;

export interface McpSessionHost {
  readonly name: string;
  readonly settings: McpServerSettings;
  readonly log: Logger;
  /** The connection is gone and does not come back. */
  readonly onClose: () => void;
  readonly onToolsChanged: () => void;
}

/** One connection to an MCP server, from the handshake to its end. */
export class McpSession implements AsyncDisposable {
  readonly #client: Client;
  readonly #timeoutMs: number;
  readonly #log: Logger;

  private constructor(client: Client, { settings, log }: McpSessionHost) {
    this.#client = client;
    this.#timeoutMs = settings.timeoutMs ?? DEFAULT_MCP_TIMEOUT_MS;
    this.#log = log;
  }

  /** The SDK is loaded here: a gateway without MCP servers does not pay for it. Throws when the server can not be had. */
  static async open(host: McpSessionHost, signal: AbortSignal): Promise<McpSession> {
    const [{ Client }, { ToolListChangedNotificationSchema }] = await Promise.all([
      import("@modelcontextprotocol/sdk/client/index.js"),
      import("@modelcontextprotocol/sdk/types.js"),
    ]);
    const client = new Client({ name: "openclaw", version: "1" });
    const session = new McpSession(client, host);
    Object.assign(client, {
      onclose: host.onClose,
      onerror: (error: Error) => {
        host.log.debug("an MCP server's message could not be used", { server: host.name, error });
      },
    });
    client.setNotificationHandler(ToolListChangedNotificationSchema, host.onToolsChanged);
    const transport = await openTransport(host);
    try {
      await client.connect(transport, { timeout: session.#timeoutMs, signal });
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  async tools(signal: AbortSignal): Promise<readonly McpTool[]> {
    const tools: McpTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await this.#client.listTools(cursor === undefined ? {} : { cursor }, {
        timeout: this.#timeoutMs,
        signal,
      });
      tools.push(...answer.tools);
      cursor = answer.nextCursor;
      if (cursor === undefined || tools.length >= MAX_TOOLS) break;
    }
    return tools.slice(0, MAX_TOOLS);
  }

  call(name: string, input: Record<string, unknown>, signal: AbortSignal): Promise<McpAnswer> {
    return this.#client.callTool({ name, arguments: input }, undefined, { timeout: this.#timeoutMs, signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    delete this.#client.onclose;
    await this.#client.close().catch((error: unknown) => this.#log.debug("an MCP server did not close", { error }));
  }
}

async function openTransport({ name, settings, log }: McpSessionHost): Promise<Transport> {
  if ("url" in settings) {
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const requestInit = { headers: { ...settings.headers } };
    return new StreamableHTTPClientTransport(new URL(settings.url), { requestInit });
  }
  const { StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
  const { command, args = [], env, cwd } = settings;
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    stderr: "pipe",
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  transport.stderr?.on("data", (chunk: unknown) => {
    log.debug("an MCP server wrote", { server: name, text: String(chunk).slice(0, MAX_LOGGED) });
  });
  return transport;
}
