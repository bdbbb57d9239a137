import { describe, expect, test, vi } from "vitest";

import { type AgentRuntimeSettings, createAgentRuntime, MODEL_ENVIRONMENT_KEYS } from "../src/index.ts";
import { createTurn, messageOf, outcomeOf, realClock, RecordedLog, startAgent } from "./harness.ts";

function agentWith(settings: AgentRuntimeSettings) {
  return createAgentRuntime({ settings: () => settings, clock: realClock, log: new RecordedLog() });
}

describe("the default model", () => {
  const local = { baseUrl: "http://127.0.0.1:1/v1", models: [{ id: "small" }, { id: "large" }] };

  test.each<[string, AgentRuntimeSettings, string]>([
    ["nothing is configured", {}, "offline/echo"],
    ["a key is in the environment", { environment: { OPENAI_API_KEY: "k" } }, "openai/gpt-5.2"],
    ["an empty key is in the environment", { environment: { OPENAI_API_KEY: " " } }, "offline/echo"],
    ["a key is configured", { providers: { Google: { apiKey: "k" } } }, "google/gemini-3-pro-preview"],
    ["a provider is configured", { providers: { Local: local }, environment: { OPENAI_API_KEY: "k" } }, "local/small"],
    ["a model is configured", { defaults: { model: "OpenRouter/Meta/Llama" } }, "openrouter/Meta/Llama"],
    ["a list is configured", { defaults: { model: { primary: "zai/glm", fallbacks: ["a/b"] } } }, "zai/glm"],
    ["the agent has its own", { defaults: { model: "a/b" }, agents: { main: { model: "c/d" } } }, "c/d"],
    ["another agent has its own", { defaults: { model: "a/b" }, agents: { other: { model: "c/d" } } }, "a/b"],
    ["another spelling is used", { defaults: { model: "z.ai/glm" } }, "zai/glm"],
    ["the provider is left out", { defaults: { model: "claude-x" } }, "anthropic/claude-x"],
    ["an alias is used", { models: { "a/b": { alias: "Best" } }, defaults: { model: "best" } }, "a/b"],
    ["a built-in alias is used", { models: { "openai/gpt-5.2": {} }, defaults: { model: "gpt" } }, "openai/gpt-5.2"],
    [
      "a built-in alias is taken",
      { models: { "a/b": { alias: "gpt" }, "openai/gpt-5.2": {} }, defaults: { model: "gpt" } },
      "a/b",
    ],
    ["a built-in alias names no listed model", { defaults: { model: "gpt" } }, "anthropic/gpt"],
    ["the configured model is no reference", { defaults: { model: " /x" } }, " /x"],
    ["the configured provider has no address", { providers: { odd: { models: [{ id: "m" }] } } }, "offline/echo"],
    ["a name of JavaScript is used", { defaults: { model: "constructor/__proto__" } }, "constructor/__proto__"],
  ])("when %s", (_name, settings, expected) => {
    expect(agentWith(settings).defaultModel("main")).toBe(expected);
  });

  test("settings are read anew each time", () => {
    let model = "a/b";
    const agent = createAgentRuntime({
      settings: () => ({ defaults: { model } }),
      clock: realClock,
      log: new RecordedLog(),
    });
    expect(agent.defaultModel("main")).toBe("a/b");
    model = "c/d";
    expect(agent.defaultModel("main")).toBe("c/d");
  });

  test.each(["", "/", "a/", "/b", "x".repeat(600)])("%o is refused as a model", async (model) => {
    const agent = agentWith({});
    const { error } = await outcomeOf(agent.runTurn(createTurn({ model }), new AbortController().signal));
    expect(error).toMatchObject({ reason: "invalid-request" });
    expect(messageOf(error)).toContain('"provider/model"');
  });
});

describe("listModels", () => {
  test("a fresh install has the offline model", async () => {
    expect(await agentWith({}).listModels()).toEqual([
      {
        id: "echo",
        name: "Offline echo",
        provider: "offline",
        contextWindow: 128_000,
        reasoning: false,
        input: ["text"],
      },
    ]);
  });

  test("configured models come first, then the known ones with a key, then those only named", async () => {
    const models = await agentWith({
      providers: {
        local: {
          baseUrl: "http://127.0.0.1:1/v1",
          models: [{ id: "small", name: "Small", contextWindow: 4096, reasoning: true, input: ["text", "image"] }],
        },
        openai: { models: [{ id: "gpt-5.2", contextWindow: 1000 }] },
      },
      models: { "openrouter/meta/llama": {}, "openai/gpt-5-mini": {} },
      environment: { OPENAI_API_KEY: "k" },
    }).listModels();
    expect(models.map((model) => `${model.provider}/${model.id} ${model.contextWindow}`)).toEqual([
      "local/small 4096",
      "openai/gpt-5.2 1000",
      "openai/gpt-5-mini 400000",
      "openrouter/meta/llama 200000",
      "offline/echo 128000",
    ]);
    expect(models[0]).toEqual({
      id: "small",
      name: "Small",
      provider: "local",
      contextWindow: 4096,
      reasoning: true,
      input: ["text", "image"],
    });
  });
});

describe("which models may be asked for", () => {
  const allowed: AgentRuntimeSettings = { models: { "fake/one": { alias: "uno" } }, defaults: { model: "fake/main" } };

  test("with a list, only those on it and the configured ones", async () => {
    await using agent = await startAgent({ settings: allowed });
    expect((await agent.run({ model: "fake/one" })).models).toEqual(["fake/one"]);
    expect((await agent.run({ model: "UNO" })).models).toEqual(["fake/one"]);
    expect((await agent.run({ model: "fake/main" })).models).toEqual(["fake/main"]);
    expect((await agent.run()).models).toEqual(["fake/main"]);
    const { error } = await agent.run({ model: "fake/two" });
    expect(error).toMatchObject({ reason: "unknown-model", model: "two" });
    expect(messageOf(error)).toBe(
      'The model "fake/two" is not allowed. agents.defaults.models in the configuration lists: fake/one.',
    );
  });

  test("without a list, any", async () => {
    await using agent = await startAgent();
    expect((await agent.run({ model: "fake/anything/at/all" })).models).toEqual(["fake/anything/at/all"]);
    expect(agent.model.requests[0]?.body["model"]).toBe("anything/at/all");
  });

  test("parameters of a listed model are sent", async () => {
    const models = { "fake/one": { params: { temperature: 0.25, maxTokens: 99 } } };
    await using agent = await startAgent({ settings: { models, defaults: { model: "fake/one" } } });
    await agent.run();
    expect(agent.model.requests[0]?.body).toMatchObject({ temperature: 0.25, max_tokens: 99 });
  });
});

describe("thinking", () => {
  const thinker = { models: [{ id: "model-1", reasoning: true }] };

  test.each([
    [undefined, "low"],
    ["high", "high"],
    ["think harder", "medium"],
    ["off", undefined],
  ])("%s asks a model that can think for %s", async (thinking, effort) => {
    await using agent = await startAgent({ provider: thinker });
    await agent.run(thinking === undefined ? {} : { thinking });
    expect(agent.model.requests[0]?.body["reasoning_effort"]).toBe(effort);
  });

  test("the agent's own default is used", async () => {
    await using agent = await startAgent({
      provider: thinker,
      settings: { defaults: { model: "fake/model-1", thinkingDefault: "medium" } },
    });
    await agent.run();
    expect(agent.model.requests[0]?.body["reasoning_effort"]).toBe("medium");
  });

  test("a model that can not think is not asked to", async () => {
    await using agent = await startAgent();
    await agent.run({ thinking: "high" });
    expect(agent.model.requests[0]?.body).not.toHaveProperty("reasoning_effort");
  });
});

describe("keys", () => {
  test("the environment is asked for these names and no others", () => {
    expect(MODEL_ENVIRONMENT_KEYS).toEqual(
      expect.arrayContaining(["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "ZAI_API_KEY", "Z_AI_API_KEY"]),
    );
    expect(new Set(MODEL_ENVIRONMENT_KEYS).size).toBe(MODEL_ENVIRONMENT_KEYS.length);
  });

  test("a key in the environment is used for the provider it belongs to", async () => {
    await using agent = await startAgent({ settings: { environment: { OPENAI_API_KEY: "env-openai-key" } } });
    const settings: AgentRuntimeSettings = {
      providers: { openai: { baseUrl: agent.model.baseUrls.openai, api: "openai-completions" } },
      environment: { OPENAI_API_KEY: "env-openai-key" },
    };
    const openai = createAgentRuntime({ settings: () => settings, clock: realClock, log: new RecordedLog() });
    await outcomeOf(openai.runTurn(createTurn({ model: "openai/x" }), new AbortController().signal));
    expect(agent.model.requests[0]?.headers["authorization"]).toBe("Bearer env-openai-key");
  });

  test("a server without a key gets none, not even one from the process environment", async () => {
    for (const name of ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"])
      vi.stubEnv(name, "process-key");
    try {
      for (const api of [
        "openai-completions",
        "openai-responses",
        "anthropic-messages",
        "google-generative-ai",
      ] as const) {
        await using agent = await startAgent({ provider: { api, apiKey: "" } });
        expect((await agent.run()).error).toBeUndefined();
        expect(JSON.stringify(agent.model.requests[0]?.headers)).not.toContain("process-key");
      }
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("authHeader sends the key as a bearer token", async () => {
    for (const api of ["anthropic-messages", "google-generative-ai"] as const) {
      await using agent = await startAgent({ provider: { api, apiKey: "my-key", authHeader: true } });
      await agent.run();
      expect(agent.model.requests[0]?.headers["authorization"]).toBe("Bearer my-key");
    }
  });

  test("nothing of a conversation is left stored at the provider", async () => {
    await using agent = await startAgent({ provider: { api: "openai-responses" } });
    await agent.run();
    expect(agent.model.requests[0]?.body["store"]).toBe(false);
  });
});
