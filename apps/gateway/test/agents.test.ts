import { fixedConfig } from "@openclaw/gateway-core";
import { describe, expect, it } from "vitest";

import { agentRuntimeSettings } from "../src/agents.ts";

describe("what the agent learns from the configuration", () => {
  it("is nothing but a workspace and the environment when nothing is configured", () => {
    const settings = agentRuntimeSettings(
      fixedConfig({}, { stateDir: "/state", environment: { OPENAI_API_KEY: "k" } }),
    );
    expect(settings).toMatchObject({ providers: {}, defaults: { workspace: "/state/workspace" }, agents: {} });
    expect(settings.environment?.["OPENAI_API_KEY"]).toBe("k");
    expect(settings).not.toHaveProperty("models");
  });

  it("holds providers with their models, but none of an API that this agent does not speak", () => {
    const { providers } = agentRuntimeSettings(
      fixedConfig({
        models: {
          providers: {
            local: {
              baseUrl: "http://127.0.0.1:1/v1",
              apiKey: "k",
              api: "openai-completions",
              headers: { "x-team": "a" },
              models: [{ id: "m", reasoning: true, contextWindow: 1000, maxTokens: 100 }],
            },
            bedrock: { api: "bedrock-converse-stream", models: [{ id: "b" }] },
          },
        },
      }),
    );
    expect(Object.keys(providers ?? {})).toEqual(["local"]);
    expect(providers?.["local"]).toMatchObject({
      baseUrl: "http://127.0.0.1:1/v1",
      apiKey: "k",
      api: "openai-completions",
      headers: { "x-team": "a" },
      models: [{ id: "m", reasoning: true, contextWindow: 1000, maxTokens: 100, input: ["text"] }],
    });
  });

  it("holds model choices, aliases and the numbers that a call takes", () => {
    const settings = agentRuntimeSettings(
      fixedConfig({
        agents: {
          defaults: {
            model: { primary: "openai/gpt-5", fallbacks: ["anthropic/claude"] },
            models: {
              "openai/gpt-5": { alias: "gpt", params: { temperature: 0.5, maxTokens: 10, cacheControlTtl: "5m" } },
            },
            userTimezone: "Europe/Oslo",
            contextTokens: 5000,
          },
        },
      }),
    );
    expect(settings).toMatchObject({
      models: { "openai/gpt-5": { alias: "gpt", params: { temperature: 0.5, maxTokens: 10 } } },
      defaults: {
        model: { primary: "openai/gpt-5", fallbacks: ["anthropic/claude"] },
        userTimezone: "Europe/Oslo",
        contextTokens: 5000,
      },
    });
  });

  it("gives every agent beside the main one a workspace of its own", () => {
    const { agents, defaults } = agentRuntimeSettings(
      fixedConfig(
        {
          agents: {
            defaults: { workspace: "/work/space" },
            list: [{ id: "main" }, { id: "ops", model: "openai/gpt-5" }, { id: "lab", workspace: "/lab" }],
          },
        },
        { stateDir: "/state" },
      ),
    );
    expect(defaults?.workspace).toBe("/work/space");
    expect(agents).toMatchObject({
      main: { workspace: "/work/space" },
      ops: { workspace: "/work/space-ops", model: "openai/gpt-5" },
      lab: { workspace: "/lab" },
    });
  });
});
