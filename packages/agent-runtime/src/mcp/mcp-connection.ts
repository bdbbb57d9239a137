import { type Clock, joinSignals, type Logger, type Timer, type Tool } from "@openclaw/gateway-core/ports";

import { McpSession } from "./mcp-session.ts";
import type { McpServerSettings } from "./mcp-settings.ts";
import { type McpCall, toolsOf } from "./mcp-tool.ts";

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** A connection that held this long makes earlier failures forgotten. */
const STABLE_MS = 60_000;

export interface McpConnectionOptions {
  readonly name: string;
  readonly settings: McpServerSettings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps one MCP server connected: a server that can not be had, or goes away, is tried again after a growing pause. */
export class McpConnection implements AsyncDisposable {
  readonly #options: McpConnectionOptions;
  readonly #stop = new AbortController();
  #session: McpSession | undefined;
  #tools: readonly Tool[] = [];
  #failures = 0;
  #connectedAt = 0;
  #retry: Timer | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(options: McpConnectionOptions) {
    this.#options = options;
  }

  /** Empty while there is no connection. */
  get tools(): readonly Tool[] {
    return this.#tools;
  }

  start(): void {
    this.#work = this.#connect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("The gateway stops."));
    this.#retry?.cancel();
    await this.#work;
    this.#tools = [];
    await this.#session?.[Symbol.asyncDispose]();
  }

  async #connect(): Promise<void> {
    const { name, settings, log, clock } = this.#options;
    try {
      const session = await McpSession.open(
        { name, settings, log, onClose: () => this.#lost(), onToolsChanged: () => void this.#refresh() },
        this.#stop.signal,
      );
      this.#session = session;
      this.#connectedAt = clock.now();
      await this.#readTools(session);
      log.info("an MCP server is connected", { server: name, tools: this.#tools.length });
    } catch (error) {
      await this.#session?.[Symbol.asyncDispose]();
      this.#again(error);
    }
  }

  async #readTools(session: McpSession): Promise<void> {
    this.#tools = toolsOf(this.#options.name, await session.tools(this.#stop.signal), this.#call);
  }

  async #refresh(): Promise<void> {
    try {
      if (this.#session) await this.#readTools(this.#session);
    } catch (error) {
      this.#options.log.warn("the tools of an MCP server could not be read again", {
        server: this.#options.name,
        error,
      });
    }
  }

  readonly #call: McpCall = async (tool, input, signal) => {
    const session = this.#session;
    if (session === undefined) throw new Error(`The MCP server ${this.#options.name} is not connected.`);
    using within = joinSignals(signal, this.#stop.signal);
    try {
      return await session.call(tool, input, within.signal);
    } catch (error) {
      // An HTTP server that is gone shows only by a request that fails; one that answers with an error is not gone.
      if (!signal.aborted && this.#session === session && !isAnswer(error)) {
        this.#lost(error);
        await session[Symbol.asyncDispose]();
      }
      throw error;
    }
  };

  #lost(error?: unknown): void {
    if (this.#session === undefined) return;
    if (this.#options.clock.now() - this.#connectedAt >= STABLE_MS) this.#failures = 0;
    this.#again(error ?? new Error("The server closed the connection."));
  }

  #again(error: unknown): void {
    this.#session = undefined;
    this.#tools = [];
    if (this.#stop.signal.aborted) return;
    const { name, clock, log } = this.#options;
    const retryInMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    log.warn("an MCP server is not connected; it is tried again", { server: name, error, retryInMs });
    this.#retry = clock.setTimeout(() => this.start(), retryInMs);
  }
}

/** Errors of the protocol have a number; they come from a server that is there. */
function isAnswer(error: unknown): boolean {
  return error instanceof Error && error.name === "McpError";
}
