import type { PruningSettings } from "./history/pruning.ts";

/**
 * What the runtime needs to know, as plain data. Every field may be left out: with `{}` the built-in `offline/echo`
 * model answers. Field names and shapes follow the gateway configuration (`models.providers`, `agents.defaults`), so
 * that mapping one to the other copies values.
 */
export interface AgentRuntimeSettings {
  /** `models.providers`: providers of one's own, and changes to known ones. */
  readonly providers?: Readonly<Record<string, ProviderSettings>>;
  /** `agents.defaults.models`: model reference to alias and parameters. When not empty, also the models that may be asked for. */
  readonly models?: Readonly<Record<string, ModelEntry>>;
  /** What every agent uses unless its own settings say otherwise. */
  readonly defaults?: AgentSettings;
  /** Settings of single agents, by agent id. */
  readonly agents?: Readonly<Record<string, AgentSettings>>;
  /** The environment variables that may hold keys; see `MODEL_ENVIRONMENT_KEYS` for the names that are looked up. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<TurnLimits>;
}

/** The API that a provider speaks. */
export type ModelApi = "openai-completions" | "openai-responses" | "anthropic-messages" | "google-generative-ai";

export interface ProviderSettings {
  /** Where the API is, without the path of the single call: for example `https://api.openai.com/v1`. */
  readonly baseUrl?: string;
  readonly apiKey?: string;
  /** `openai-completions` when absent and the provider is not a known one. */
  readonly api?: ModelApi;
  /** Sends the key as `Authorization: Bearer` to APIs that have a key header of their own. */
  readonly authHeader?: boolean;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly models?: readonly ModelSettings[];
}

export interface ModelSettings {
  readonly id: string;
  readonly name?: string;
  /** Overrides the provider's API for this model. */
  readonly api?: ModelApi;
  /** The model can think before it answers. False when absent. */
  readonly reasoning?: boolean;
  /** What it reads. Text when absent. */
  readonly input?: readonly ("text" | "image")[];
  /** In tokens. */
  readonly contextWindow?: number;
  /** The most it writes in one answer, in tokens. Left to the provider when absent. */
  readonly maxTokens?: number;
  /** US dollars per million tokens; what turns cost is counted by it. */
  readonly cost?: Readonly<Partial<Record<"input" | "output" | "cacheRead" | "cacheWrite", number>>>;
}

export interface ModelEntry {
  readonly alias?: string;
  readonly params?: { readonly temperature?: number; readonly maxTokens?: number };
}

/** A model reference, or one with others to try after it. */
export type ModelChoice = string | { readonly primary?: string; readonly fallbacks?: readonly string[] };

export type ThinkingLevel = "off" | "minimal" | "low" | "medium" | "high" | "xhigh";

export interface AgentSettings {
  readonly model?: ModelChoice;
  /** How hard a model that can think does so. `low` when absent. */
  readonly thinkingDefault?: ThinkingLevel;
  /** The directory of the agent's own files. No files are read when absent. */
  readonly workspace?: string;
  /** The most characters of one workspace file that go into the prompt. 20,000 when absent. */
  readonly bootstrapMaxChars?: number;
  /** IANA time zone of the person. The host's when absent. */
  readonly userTimezone?: string;
  /** The context window of models whose own is not known, in tokens. 200,000 when absent. */
  readonly contextTokens?: number;
  /** Shortening old tool results. Off when absent. */
  readonly contextPruning?: PruningSettings;
  /** Writing down what must not be lost before a summary. On when absent. */
  readonly memoryFlush?: MemoryFlushSettings;
}

/** What the model is asked before the oldest part of a conversation is summarised. */
export interface MemoryFlushSettings {
  /** True when absent. */
  readonly enabled?: boolean | undefined;
  readonly prompt?: string | undefined;
  /** Follows the system prompt. */
  readonly systemPrompt?: string | undefined;
}

/** The bounds of one turn. */
export interface TurnLimits {
  /** Model calls in one turn. */
  readonly maxSteps: number;
  /** How long a model may stay completely silent, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** The most characters of one tool's output that the model gets to read. */
  readonly maxToolOutputChars: number;
}

export const DEFAULT_LIMITS: TurnLimits = { maxSteps: 24, idleTimeoutMs: 120_000, maxToolOutputChars: 32_000 };

export const DEFAULT_CONTEXT_TOKENS = 200_000;
export const DEFAULT_BOOTSTRAP_MAX_CHARS = 20_000;

/** The settings of one agent, laid over those that hold for all. */
export function agentSettings(settings: AgentRuntimeSettings, agentId: string): AgentSettings {
  const own = settings.agents !== undefined && Object.hasOwn(settings.agents, agentId) ? settings.agents[agentId] : {};
  return { ...settings.defaults, ...own };
}
