import { AsyncLocalStorage } from "node:async_hooks";

import type { ModelEndpoint } from "../../models/resolve.ts";
import type { ProviderHost } from "../provider.ts";
import { type ModelObject, withoutWarnings } from "./model-options.ts";
import { watchedFetch } from "./watched-fetch.ts";

type Fetch = typeof globalThis.fetch;

/**
 * Sent where an SDK insists on a key and the server needs none. Without one the SDK would look into the process
 * environment for a key that was never meant for this server.
 */
const NO_KEY = "none";
/** Models in use at one time. One that was dropped is made again when it is needed. */
const MAX_KEPT = 50;

/** The AI SDK's model objects. One is costly to make, so those in use are kept. */
export class LanguageModels {
  readonly #host: ProviderHost;
  readonly #fetch: Fetch;
  readonly #kept = new Map<string, Promise<ModelObject>>();
  /** Who wants to hear of the connection of the call that is being made. */
  readonly #listener = new AsyncLocalStorage<() => void>();

  constructor(host: ProviderHost) {
    this.#host = host;
    this.#fetch = watchedFetch(host.fetch, () => this.#listener.getStore());
  }

  /** Makes a call whose every sign of life on the wire is reported. */
  watch<T>(onActivity: () => void, call: () => T): T {
    return this.#listener.run(onActivity, call);
  }

  async get(endpoint: ModelEndpoint): Promise<ModelObject> {
    const { api, baseUrl, apiKey, authHeader, headers, provider, id } = endpoint;
    const key = JSON.stringify([api, baseUrl, apiKey, authHeader, headers, provider, id]);
    const model = this.#kept.get(key) ?? this.#make(endpoint);
    this.#kept.delete(key);
    this.#kept.set(key, model);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return model;
  }

  async #make(endpoint: ModelEndpoint): Promise<ModelObject> {
    return withoutWarnings(await createLanguageModel(endpoint, this.#fetch), this.#host.log);
  }
}

/** Each provider package is loaded when it is first needed. */
async function createLanguageModel(endpoint: ModelEndpoint, fetch: Fetch): Promise<ModelObject> {
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
