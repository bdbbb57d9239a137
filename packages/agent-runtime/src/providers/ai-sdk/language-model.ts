import type { ModelEndpoint } from "../../models/resolve.ts";
import type { ModelObject } from "./model-options.ts";

/**
 * Sent where an SDK insists on a key and the server needs none. Without one the SDK would look into the process
 * environment for a key that was never meant for this server.
 */
const NO_KEY = "none";

/** Makes the AI SDK's model object for an endpoint; each provider package is loaded when it is first needed. */
export async function createLanguageModel(
  endpoint: ModelEndpoint,
  fetch: typeof globalThis.fetch,
): Promise<ModelObject> {
  const { baseUrl, apiKey, id, provider: name } = endpoint;
  const headers = { ...endpoint.headers };
  switch (endpoint.api) {
    case "openai-completions": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const key = apiKey === undefined ? {} : { apiKey };
      return createOpenAICompatible({ name, baseURL: baseUrl, headers, fetch, includeUsage: true, ...key })(id);
    }
    case "openai-responses": {
      const { createOpenAI } = await import("@ai-sdk/openai");
      return createOpenAI({ baseURL: baseUrl, apiKey: apiKey ?? NO_KEY, headers, fetch }).responses(id);
    }
    case "anthropic-messages": {
      const { createAnthropic } = await import("@ai-sdk/anthropic");
      const key = apiKey ?? NO_KEY;
      const credentials = endpoint.authHeader ? { authToken: key } : { apiKey: key };
      return createAnthropic({ baseURL: withVersion(baseUrl), headers, fetch, ...credentials })(id);
    }
    case "google-generative-ai": {
      const { createGoogle } = await import("@ai-sdk/google");
      if (endpoint.authHeader && apiKey !== undefined) headers["authorization"] ??= `Bearer ${apiKey}`;
      return createGoogle({ baseURL: baseUrl, apiKey: apiKey ?? NO_KEY, headers, fetch })(id);
    }
  }
}

/** Base URLs of Anthropic-style APIs are configured without the version that the paths begin with. */
function withVersion(baseUrl: string): string {
  return /\/v\d+$/u.test(baseUrl) ? baseUrl : `${baseUrl}/v1`;
}
