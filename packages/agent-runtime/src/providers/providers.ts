import type { ResolvedModel } from "../models/resolve.ts";
import type { AiSdk } from "./ai-sdk/ai-sdk.ts";
import { OfflineEcho } from "./offline-echo.ts";
import type { ModelProvider, ProviderHost } from "./provider.ts";

/** Makes settled models ready to be asked. The AI SDK is loaded by the first model that needs it. */
export class Providers {
  readonly #host: ProviderHost;
  #sdk: AiSdk | undefined;

  constructor(host: ProviderHost) {
    this.#host = host;
  }

  /** `idleTimeoutMs`: how long the model may stay completely silent. */
  async open(model: ResolvedModel, idleTimeoutMs: number): Promise<ModelProvider> {
    if (model.kind === "offline") return new OfflineEcho(this.#host.clock);
    const { AiSdk } = await import("./ai-sdk/ai-sdk.ts");
    this.#sdk ??= new AiSdk(this.#host);
    return this.#sdk.provider(model.endpoint, idleTimeoutMs);
  }
}
