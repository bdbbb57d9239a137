import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

import type { AgentRuntimeSettings, AgentSettings, ModelApi, ProviderSettings } from "@openclaw/agent-runtime";
import type { ConfigRuntime, GatewayConfig } from "@openclaw/gateway-core";

type ConfiguredProvider = GatewayConfig["models"]["providers"][string];

const APIS: readonly ModelApi[] = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
];

/** What the default agent needs to know, from the configuration. Asked for at every turn, so it is cheap. */
export function agentRuntimeSettings({ current, paths, environment }: ConfigRuntime): AgentRuntimeSettings {
  const { defaults, list } = current.agents;
  const workspace = defaults.workspace === undefined ? paths.workspace : expand(defaults.workspace);
  return {
    providers: Object.fromEntries(
      Object.entries(current.models.providers)
        .filter(([, provider]) => speaksKnownApi(provider.api))
        .map(([id, provider]) => [id, providerSettings(provider)]),
    ),
    ...(defaults.models === undefined ? {} : { models: modelEntries(defaults.models) }),
    defaults: {
      ...modelOf(defaults.model),
      workspace,
      ...(defaults.thinkingDefault === undefined ? {} : { thinkingDefault: defaults.thinkingDefault }),
      ...(defaults.bootstrapMaxChars === undefined ? {} : { bootstrapMaxChars: defaults.bootstrapMaxChars }),
      ...(defaults.userTimezone === undefined ? {} : { userTimezone: defaults.userTimezone }),
      ...(defaults.contextTokens === undefined ? {} : { contextTokens: defaults.contextTokens }),
      ...pruningOf(defaults.contextPruning),
      ...flushOf(defaults.compaction),
    },
    agents: Object.fromEntries(
      list.map((agent): [string, AgentSettings] => [
        agent.id,
        {
          ...modelOf(agent.model),
          workspace: agent.workspace === undefined ? ownWorkspace(agent.id, workspace) : expand(agent.workspace),
        },
      ]),
    ),
    environment,
  };
}

/** The directory that an agent works in. */
export function agentWorkspace(config: ConfigRuntime, agentId: string): string {
  const { defaults, agents } = agentRuntimeSettings(config);
  return agents?.[agentId]?.workspace ?? defaults?.workspace ?? config.paths.workspace;
}

/** An agent beside the main one works in a folder of its own, next to the main one's. */
function ownWorkspace(agentId: string, workspace: string): string {
  return agentId === "main" ? workspace : `${workspace}-${agentId}`;
}

function providerSettings(provider: ConfiguredProvider): ProviderSettings {
  return {
    ...(provider.baseUrl === undefined ? {} : { baseUrl: provider.baseUrl }),
    ...(provider.apiKey === undefined ? {} : { apiKey: provider.apiKey }),
    ...apiOf(provider.api),
    ...(provider.authHeader === undefined ? {} : { authHeader: provider.authHeader }),
    ...(provider.headers === undefined ? {} : { headers: provider.headers }),
    models: provider.models
      .filter((model) => speaksKnownApi(model.api))
      .map(({ id, name, api, reasoning, input, contextWindow, maxTokens, cost }) => ({
        id,
        ...(name === undefined ? {} : { name }),
        ...apiOf(api),
        reasoning,
        input,
        contextWindow,
        maxTokens,
        cost,
      })),
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function pruningOf(
  pruning: GatewayConfig["agents"]["defaults"]["contextPruning"],
): Pick<AgentSettings, "contextPruning"> {
  if (pruning === undefined) return {};
  const { mode = "off", ttl, ...rest } = pruning;
  const [, amount, unit = ""] = /^(\d+)(ms|s|m|h)$/u.exec(ttl ?? "") ?? [];
  const ttlMs = amount === undefined ? undefined : Number(amount) * (UNITS[unit] ?? 1);
  return { contextPruning: { ...rest, mode, ttlMs } };
}

function flushOf(compaction: GatewayConfig["agents"]["defaults"]["compaction"]): Pick<AgentSettings, "memoryFlush"> {
  if (compaction?.memoryFlush === undefined) return {};
  const { enabled, prompt, systemPrompt } = compaction.memoryFlush;
  return { memoryFlush: { enabled, prompt, systemPrompt } };
}

function modelOf(model: GatewayConfig["agents"]["defaults"]["model"]): Pick<AgentSettings, "model"> {
  if (model === undefined) return {};
  if (typeof model === "string") return { model };
  return {
    model: {
      ...(model.primary === undefined ? {} : { primary: model.primary }),
      ...(model.fallbacks === undefined ? {} : { fallbacks: model.fallbacks }),
    },
  };
}

function modelEntries(
  models: NonNullable<GatewayConfig["agents"]["defaults"]["models"]>,
): NonNullable<AgentRuntimeSettings["models"]> {
  return Object.fromEntries(
    Object.entries(models).map(([reference, { alias, params }]) => [
      reference,
      { ...(alias === undefined ? {} : { alias }), ...(params === undefined ? {} : { params: numbers(params) }) },
    ]),
  );
}

function numbers(params: Readonly<Record<string, unknown>>): { temperature?: number; maxTokens?: number } {
  const { temperature, maxTokens } = params;
  return {
    ...(typeof temperature === "number" ? { temperature } : {}),
    ...(typeof maxTokens === "number" ? { maxTokens } : {}),
  };
}

function speaksKnownApi(api: string | undefined): boolean {
  return api === undefined || APIS.some((known) => known === api);
}

function apiOf(api: string | undefined): { api?: ModelApi } {
  const known = APIS.find((candidate) => candidate === api);
  return known === undefined ? {} : { api: known };
}

function expand(path: string): string {
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? path : resolve(path);
}
