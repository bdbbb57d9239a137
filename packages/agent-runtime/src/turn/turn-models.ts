import type { AgentTurn, Logger } from "@openclaw/gateway-core/ports";

import type { Cooldowns } from "../models/cooldowns.ts";
import { accessOf } from "../models/provider-lookup.ts";
import { resolveModel } from "../models/resolve.ts";
import { candidateModels } from "../models/selection.ts";
import type { Providers } from "../providers/providers.ts";
import { type AgentRuntimeSettings, agentSettings, DEFAULT_LIMITS } from "../settings.ts";
import { ModelSequence } from "./model-sequence.ts";

export interface ModelsHost {
  readonly settings: AgentRuntimeSettings;
  readonly log: Logger;
  readonly providers: Providers;
  readonly cooldowns: Cooldowns;
}

/** The models that a turn may use, in the order to try them. Throws AgentError for one that may not be asked for. */
export function modelsOf({ agentId, model }: AgentTurn, host: ModelsHost): ModelSequence {
  const { settings, log, providers, cooldowns } = host;
  const agent = agentSettings(settings, agentId);
  const { idleTimeoutMs } = { ...DEFAULT_LIMITS, ...settings.limits };
  return new ModelSequence(candidateModels(settings, agentId, model), {
    open: async (reference) => providers.open(resolveModel(reference, settings, agent), idleTimeoutMs),
    cooldowns,
    accessOf: (reference) => accessOf(reference, settings),
    log,
  });
}
