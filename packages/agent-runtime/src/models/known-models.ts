import type { AgentModel } from "@openclaw/gateway-core/ports";

/** A model whose numbers are known without configuration. */
export interface KnownModel extends AgentModel {
  /** Stands for the model in a reference, when `agents.defaults.models` lists the model. */
  readonly aliases: readonly string[];
}

function known(
  provider: string,
  id: string,
  name: string,
  rest: { contextWindow: number; aliases: string[] },
): KnownModel {
  return { id, name, provider, reasoning: true, input: ["text", "image"], ...rest };
}

/** In the order in which a default is looked for. Numbers from the providers' public model pages. */
export const KNOWN_MODELS: readonly KnownModel[] = [
  known("anthropic", "claude-opus-4-5", "Claude Opus 4.5", { contextWindow: 200_000, aliases: ["opus"] }),
  known("anthropic", "claude-sonnet-4-5", "Claude Sonnet 4.5", { contextWindow: 200_000, aliases: ["sonnet"] }),
  known("openai", "gpt-5.2", "GPT-5.2", { contextWindow: 400_000, aliases: ["gpt"] }),
  known("openai", "gpt-5-mini", "GPT-5 mini", { contextWindow: 400_000, aliases: ["gpt-mini"] }),
  known("google", "gemini-3-pro-preview", "Gemini 3 Pro", { contextWindow: 1_048_576, aliases: ["gemini"] }),
  known("google", "gemini-3-flash-preview", "Gemini 3 Flash", { contextWindow: 1_048_576, aliases: ["gemini-flash"] }),
];

/** The model that needs neither key nor network. */
export const OFFLINE_MODEL: AgentModel = {
  id: "echo",
  name: "Offline echo",
  provider: "offline",
  contextWindow: 128_000,
  reasoning: false,
  input: ["text"],
};
