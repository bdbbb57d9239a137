import type { ModelApi } from "../settings.ts";

/** A provider that needs no configuration beyond a key. */
export interface KnownProvider {
  readonly api: ModelApi;
  readonly baseUrl: string;
  /** Environment variables that may hold the key, the first one set wins. */
  readonly environment: readonly string[];
  /** A server on one's own machine: works without a key. */
  readonly local?: true;
}

function provider(api: ModelApi, baseUrl: string, ...environment: readonly string[]): KnownProvider {
  return { api, baseUrl, environment };
}

/** Base URLs as each provider's public API reference gives them. */
export const KNOWN_PROVIDERS: ReadonlyMap<string, KnownProvider> = new Map([
  ["anthropic", provider("anthropic-messages", "https://api.anthropic.com", "ANTHROPIC_API_KEY")],
  ["openai", provider("openai-responses", "https://api.openai.com/v1", "OPENAI_API_KEY")],
  ["google", provider("google-generative-ai", "https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY")],
  ["cerebras", provider("openai-completions", "https://api.cerebras.ai/v1", "CEREBRAS_API_KEY")],
  ["groq", provider("openai-completions", "https://api.groq.com/openai/v1", "GROQ_API_KEY")],
  ["kimi-coding", provider("anthropic-messages", "https://api.kimi.com/coding", "KIMI_API_KEY")],
  ["minimax", provider("anthropic-messages", "https://api.minimax.io/anthropic", "MINIMAX_API_KEY")],
  ["mistral", provider("openai-completions", "https://api.mistral.ai/v1", "MISTRAL_API_KEY")],
  ["moonshot", provider("openai-completions", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY")],
  ["opencode", provider("openai-completions", "https://opencode.ai/zen/v1", "OPENCODE_API_KEY")],
  ["openrouter", provider("openai-completions", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY")],
  ["synthetic", provider("anthropic-messages", "https://api.synthetic.new/anthropic", "SYNTHETIC_API_KEY")],
  ["vercel-ai-gateway", provider("openai-completions", "https://ai-gateway.vercel.sh/v1", "AI_GATEWAY_API_KEY")],
  ["xai", provider("openai-completions", "https://api.x.ai/v1", "XAI_API_KEY")],
  ["zai", provider("openai-completions", "https://api.z.ai/api/coding/paas/v4", "ZAI_API_KEY", "Z_AI_API_KEY")],
  ["lmstudio", { ...provider("openai-responses", "http://127.0.0.1:1234/v1"), local: true }],
  ["ollama", { ...provider("openai-completions", "http://127.0.0.1:11434/v1", "OLLAMA_API_KEY"), local: true }],
]);

/** Every environment variable that the runtime may look up in `AgentRuntimeSettings.environment`. */
export const MODEL_ENVIRONMENT_KEYS: readonly string[] = [...KNOWN_PROVIDERS.values()].flatMap(
  (known) => known.environment,
);
