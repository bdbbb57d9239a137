import type { ModelEndpoint } from "../../models/resolve.ts";
import type { ModelProvider, ProviderHost } from "../provider.ts";
import { AiSdkProvider } from "./ai-sdk-provider.ts";
import { LanguageModels } from "./language-models.ts";

/** Everything that uses the AI SDK, behind one import. */
export class AiSdk {
  readonly #host: ProviderHost;
  readonly #models: LanguageModels;

  constructor(host: ProviderHost) {
    this.#host = host;
    this.#models = new LanguageModels(host);
  }

  provider(endpoint: ModelEndpoint, idleTimeoutMs: number): ModelProvider {
    const { clock, log } = this.#host;
    return new AiSdkProvider(endpoint, { clock, log, models: this.#models, idleTimeoutMs });
  }
}
