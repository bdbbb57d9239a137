import { describe, expect, test } from "vitest";

import type { ModelApi, ProviderSettings } from "../src/index.ts";
import { createTool, type Harness, SECRET, startAgent } from "./harness.ts";

const APIS: readonly ModelApi[] = [
  "openai-completions",
  "openai-responses",
  "anthropic-messages",
  "google-generative-ai",
];

describe.each(APIS)("%s", (api) => {
  const start = (more: ProviderSettings = {}): Promise<Harness> => startAgent({ provider: { api, ...more } });

  test("streams text, counts tokens and gives the transcript", async () => {
    await using agent = await start();
    agent.model.enqueue({
      kind: "answer",
      text: ["Good ", "morning", "!"],
      usage: { input: 20, output: 5, cached: 8 },
    });
    const { parts, finish, error } = await agent.run({ prompt: "hello" });
    expect(error).toBeUndefined();
    expect(parts.slice(0, -1)).toEqual([
      { type: "model", provider: "fake", model: "model-1" },
      { type: "text", delta: "Good " },
      { type: "text", delta: "morning" },
      { type: "text", delta: "!" },
    ]);
    const usage = { input: 12, output: 5, cacheRead: 8, cacheWrite: 0, total: 25 };
    expect(finish).toMatchObject({ reason: "stop", usage });
    const timestamp: unknown = expect.any(Number);
    expect(finish?.messages).toEqual([
      {
        role: "assistant",
        content: [{ type: "text", text: "Good morning!" }],
        timestamp,
        provider: "fake",
        model: "model-1",
        usage,
        stopReason: "stop",
      },
    ]);
    expect(agent.model.requests[0]).toMatchObject({
      dialect: api,
      model: "model-1",
      messages: [{ role: "user", text: "hello" }],
    });
  });

  test("counts nothing where the provider counts nothing", async () => {
    await using agent = await start();
    agent.model.enqueue({ kind: "answer", text: ["ok"], usage: null });
    const { finish, error } = await agent.run();
    expect(error).toBeUndefined();
    expect(finish?.usage).toEqual({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 });
  });

  test("calls a tool and goes on with its result", async () => {
    await using agent = await start();
    const weather = createTool("weather");
    agent.model.enqueue(
      { kind: "answer", text: ["Let me look."], toolCalls: [{ name: "weather", input: { city: "Oslo" } }] },
      { kind: "answer", text: ["It is sunny."] },
    );
    const { parts, text, finish, error } = await agent.run({ tools: [weather] });
    expect(error).toBeUndefined();
    expect(weather.calls).toEqual([{ city: "Oslo" }]);
    expect(parts.map((part) => part.type)).toEqual(["model", "text", "tool-call", "tool-result", "text", "finish"]);
    expect(text).toBe("Let me look.\n\nIt is sunny.");
    expect(finish?.messages.map((message) => message.role)).toEqual(["assistant", "toolResult", "assistant"]);
    expect(finish?.usage).toEqual({ input: 22, output: 14, cacheRead: 0, cacheWrite: 0, total: 36 });
    const [first, second] = agent.model.requests;
    expect(JSON.stringify(first?.body["tools"])).toContain("weather");
    expect(second?.messages.map((message) => message.role)).toEqual(["user", "assistant", "tool"]);
    expect(second?.messages.at(-1)?.text).toContain("sunny in");
  });

  test("tells a refused key, and keeps it to itself", async () => {
    await using agent = await start();
    agent.model.enqueue({ kind: "error", status: 401, message: `Incorrect API key provided: ${SECRET}` });
    const { error, parts } = await agent.run();
    expect(error).toMatchObject({ reason: "authentication", provider: "fake", model: "model-1", retryable: false });
    expect(parts.map((part) => part.type)).toEqual(["model"]);
  });

  test("an answer that ends without its last word is an error, not an answer", async () => {
    await using agent = await start();
    agent.model.enqueue({ kind: "answer", text: ["half of "], ending: "end" });
    const { error, text } = await agent.run();
    expect(text).toBe("half of ");
    expect(error).toMatchObject({ reason: "network", retryable: true });
  });

  test("asks for what is configured: key, headers, output limit", async () => {
    await using agent = await start({ headers: { "x-team": "blue" }, models: [{ id: "model-1", maxTokens: 777 }] });
    await agent.run();
    const [request] = agent.model.requests;
    expect(request?.headers["x-team"]).toBe("blue");
    expect(JSON.stringify(request?.headers)).toContain(SECRET);
    expect(JSON.stringify(request?.body)).toContain("777");
  });
});

test("what a turn costs is counted by the model's prices, over all its steps", async () => {
  const cost = { input: 2, output: 10, cacheRead: 1, cacheWrite: 4 };
  await using agent = await startAgent({ provider: { models: [{ id: "model-1", cost }] } });
  agent.model.enqueue({ kind: "answer", toolCalls: [{ name: "weather", input: { city: "Oslo" } }] });
  const { finish } = await agent.run({ tools: [createTool("weather")] });
  const usage = finish?.usage;
  const { input = 0, output = 0, cacheRead = 0 } = usage ?? {};
  expect(input * output).toBeGreaterThan(0);
  expect(usage?.cost?.total).toBeCloseTo((input * 2 + output * 10 + cacheRead) / 1_000_000, 10);
  await using free = await startAgent();
  expect((await free.run()).finish?.usage).not.toHaveProperty("cost");
});
