import type { ResolvedModel } from "../models/resolve.ts";
import { OfflineEcho } from "./offline-echo.ts";
import type { ModelProvider, ProviderHost } from "./provider.ts";

/** Makes a settled model ready to be asked. The AI SDK is loaded by the first model that needs it. */
export async function createProvider(model: ResolvedModel, host: ProviderHost): Promise<ModelProvider> {
  if (model.kind === "offline") return new OfflineEcho(host.clock);
  const { AiSdkProvider } = await import("./ai-sdk/ai-sdk-provider.ts");
  return new AiSdkProvider(model.endpoint, host);
}
