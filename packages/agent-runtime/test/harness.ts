import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";

import {
  type AgentTurn,
  type BoundTool,
  type Clock,
  type CompactionWish,
  type Logger,
  type ToolResult,
  type TurnPart,
} from "@openclaw/gateway-core/ports";
import { startFakeModel, type FakeModel } from "@openclaw/testkit/fake-model";

import { type AgentRuntimeSettings, createAgentRuntime, type ModelApi, type ProviderSettings } from "../src/index.ts";

/** A key that no message and no log line may hold. */
export const SECRET = "sk-verysecretkey-1234567890";

export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    const cancel = (): void => clearTimeout(timer);
    return { cancel, [Symbol.dispose]: cancel };
  },
  setInterval(callback, intervalMs) {
    const timer = setInterval(callback, intervalMs);
    const cancel = (): void => clearInterval(timer);
    return { cancel, [Symbol.dispose]: cancel };
  },
  sleep: (delayMs, signal) => sleep(delayMs, undefined, signal === undefined ? {} : { signal }),
};

/** A logger that keeps what it is told, fields and all, as text. */
export class RecordedLog implements Logger {
  readonly lines: string[] = [];
  readonly debug = this.#writer("debug");
  readonly info = this.#writer("info");
  readonly warn = this.#writer("warn");
  readonly error = this.#writer("error");

  child(): Logger {
    return this;
  }

  get text(): string {
    return this.lines.join("\n");
  }

  #writer(level: string): Logger["info"] {
    return (message, fields) =>
      void this.lines.push(`${level} ${message} ${inspect(fields, { depth: 8, showHidden: true })}`);
  }
}

export function createTurn(overrides: Partial<AgentTurn> = {}): AgentTurn {
  return {
    runId: "run-1",
    agentId: "main",
    sessionKey: "agent:main:main",
    sessionId: "session-1",
    prompt: "hi",
    history: [],
    tools: [],
    ...overrides,
  };
}

/** A tool that answers with what it was given, or does what it is told to. */
export function createTool(name: string, execute?: BoundTool["execute"]): BoundTool & { readonly calls: unknown[] } {
  const calls: unknown[] = [];
  return {
    name,
    description: `The ${name} tool.`,
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer", minimum: 1 } },
      required: ["city"],
      additionalProperties: false,
    },
    calls,
    async execute(input, toolCallId, signal): Promise<ToolResult> {
      calls.push(input);
      return execute === undefined ? { text: `sunny in ${JSON.stringify(input)}` } : execute(input, toolCallId, signal);
    },
  };
}

export interface Outcome {
  readonly parts: readonly TurnPart[];
  readonly text: string;
  readonly finish: Extract<TurnPart, { type: "finish" }> | undefined;
  readonly models: readonly string[];
  readonly error: unknown;
}

/** Runs a turn to its end, whichever it is. */
export async function outcomeOf(parts: AsyncIterable<TurnPart>): Promise<Outcome> {
  const seen: TurnPart[] = [];
  let error: unknown;
  try {
    for await (const part of parts) seen.push(part);
  } catch (thrown) {
    error = thrown;
  }
  return {
    parts: seen,
    text: seen.map((part) => (part.type === "text" ? part.delta : "")).join(""),
    finish: seen.find((part) => part.type === "finish"),
    models: seen.flatMap((part) => (part.type === "model" ? [`${part.provider}/${part.model}`] : [])),
    error,
  };
}

export interface AgentOptions {
  readonly settings?: AgentRuntimeSettings;
  /** Laid over the provider's address and key. */
  readonly provider?: ProviderSettings;
  readonly clock?: Clock;
  readonly fetch?: typeof globalThis.fetch;
}

/** An agent with one provider, "fake", at a fake model server. */
export async function startAgent(options: AgentOptions = {}): Promise<Harness> {
  const model = await startFakeModel();
  const log = new RecordedLog();
  const settings: AgentRuntimeSettings = {
    defaults: { model: "fake/model-1" },
    ...options.settings,
    providers: {
      fake: { baseUrl: baseUrlFor(options.provider?.api, model), apiKey: SECRET, ...options.provider },
      ...options.settings?.providers,
    },
  };
  const agent = createAgentRuntime({
    settings: () => settings,
    clock: options.clock ?? realClock,
    log,
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  return {
    model,
    log,
    run: (turn, signal = new AbortController().signal) => outcomeOf(agent.runTurn(createTurn(turn), signal)),
    compact: (turn, wish) => {
      if (!agent.compact) throw new Error("This agent can not compact.");
      return outcomeOf(agent.compact(createTurn(turn), wish, new AbortController().signal));
    },
    parts: (turn, signal) => agent.runTurn(createTurn(turn), signal),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}

function baseUrlFor(api: ModelApi | undefined, model: FakeModel): string {
  if (api === "anthropic-messages") return model.baseUrls.anthropic;
  return api === "google-generative-ai" ? model.baseUrls.google : model.baseUrls.openai;
}

export interface Harness extends AsyncDisposable {
  readonly model: FakeModel;
  readonly log: RecordedLog;
  run(turn?: Partial<AgentTurn>, signal?: AbortSignal): Promise<Outcome>;
  compact(turn: Partial<AgentTurn>, wish: CompactionWish): Promise<Outcome>;
  parts(turn: Partial<AgentTurn>, signal: AbortSignal): AsyncIterable<TurnPart>;
}

/** The words of an error; empty when there is none. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

/** Everything of an error that could reach a log or a person. */
export function everythingOf(error: unknown): string {
  return inspect(error, { depth: 12, showHidden: true });
}
