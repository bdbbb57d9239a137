import type { FakeReply } from "@openclaw/testkit/fake-model";
import { startFakeModel } from "@openclaw/testkit/fake-model";
import { describe, expect, test } from "vitest";

import type { AgentRuntimeSettings } from "../src/index.ts";
import { createTool, everythingOf, messageOf, SECRET, startAgent } from "./harness.ts";

const THREE_MODELS: AgentRuntimeSettings = {
  defaults: { model: { primary: "fake/first", fallbacks: ["fake/second", "fake/third"] } },
};

const MOVE_ON: readonly (readonly [string, FakeReply])[] = [
  ["authentication", { kind: "error", status: 401, message: "bad key" }],
  ["rate limit", { kind: "error", status: 429, message: "slow down" }],
  ["overload", { kind: "error", status: 529, message: "Overloaded" }],
  ["failure", { kind: "error", status: 500, message: "boom" }],
  ["cut connection", { kind: "disconnect" }],
];

describe("fallbacks", () => {
  test.each(MOVE_ON)("%s: the next model is asked, in order", async (_name, reply) => {
    await using agent = await startAgent({ settings: THREE_MODELS });
    agent.model.enqueue(reply, reply);
    const { text, models, finish, error } = await agent.run({ prompt: "hi" });
    expect(error).toBeUndefined();
    expect(text).toBe("Echo: hi");
    expect(models).toEqual(["fake/first", "fake/second", "fake/third"]);
    expect(agent.model.requests.map((request) => request.model)).toEqual(["first", "second", "third"]);
    expect(finish?.messages[0]).toMatchObject({ model: "third" });
    expect(agent.log.text).toContain("asking the next one");
  });

  test("a silent model is left for the next one", async () => {
    await using agent = await startAgent({ settings: { ...THREE_MODELS, limits: { idleTimeoutMs: 100 } } });
    agent.model.enqueue({ kind: "silence" });
    const { text, models } = await agent.run({ prompt: "hi" });
    expect(text).toBe("Echo: hi");
    expect(models).toEqual(["fake/first", "fake/second"]);
  });

  test("a model without a key is left for the next one", async () => {
    const model = { primary: "anthropic/claude-opus-4-5", fallbacks: ["fake/second"] };
    await using agent = await startAgent({ settings: { defaults: { model } } });
    expect((await agent.run()).models).toEqual(["fake/second"]);
  });

  test("what the request itself is wrong about is not asked again", async () => {
    await using agent = await startAgent({ settings: THREE_MODELS });
    agent.model.enqueue({ kind: "error", status: 400, message: "bad tool schema" });
    expect((await agent.run()).error).toMatchObject({ reason: "invalid-request" });
    expect(agent.model.requests).toHaveLength(1);
  });

  test("once something was said, no other model says it again", async () => {
    await using agent = await startAgent({ settings: THREE_MODELS });
    agent.model.enqueue({ kind: "answer", text: ["Well, "], ending: "cut" });
    const { text, error } = await agent.run();
    expect(text).toBe("Well, ");
    expect(error).toMatchObject({ reason: "network", model: "first" });
    expect(agent.model.requests).toHaveLength(1);
  });

  test("a model that fails between tool calls is replaced without calling the tools again", async () => {
    await using agent = await startAgent({ settings: THREE_MODELS });
    const tool = createTool("weather");
    agent.model.enqueue(
      { kind: "answer", toolCalls: [{ name: "weather", input: { city: "Oslo" } }] },
      { kind: "error", status: 503, message: "gone" },
    );
    const { text, error, models } = await agent.run({ tools: [tool] });
    expect(error).toBeUndefined();
    expect(tool.calls).toHaveLength(1);
    expect(models).toEqual(["fake/first", "fake/second"]);
    expect(text).toContain("Tool said: sunny");
  });

  test("when all fail, all are named, and the turn may be tried again if one may", async () => {
    await using agent = await startAgent({ settings: THREE_MODELS });
    agent.model.enqueue(
      { kind: "error", status: 401, message: `bad key ${SECRET}` },
      { kind: "error", status: 429, message: "slow down", headers: { "retry-after": "3" } },
      { kind: "error", status: 401, message: "bad key" },
    );
    const { error } = await agent.run();
    expect(error).toMatchObject({ reason: "rate-limit", retryable: true, retryAfterMs: 3_000, model: "second" });
    expect(messageOf(error)).toMatch(/All 3 models failed.*fake\/first.*fake\/second.*fake\/third/su);
    expect(everythingOf(error) + agent.log.text).not.toContain(SECRET);
  });

  test("a model asked for comes first and the configured ones after it", async () => {
    await using agent = await startAgent({ settings: THREE_MODELS });
    const down: FakeReply = { kind: "error", status: 503, message: "down" };
    agent.model.enqueue(down, down, down, down);
    await agent.run({ model: "fake/asked" });
    expect(agent.model.requests.map((request) => request.model)).toEqual(["asked", "second", "third", "first"]);
  });

  test("the next model may be at another provider that speaks another API", async () => {
    await using other = await startFakeModel();
    const providers = {
      other: { baseUrl: other.baseUrls.anthropic, api: "anthropic-messages" as const, apiKey: "other-key-123" },
    };
    const model = { primary: "fake/first", fallbacks: ["other/claude"] };
    await using agent = await startAgent({ settings: { providers, defaults: { model } } });
    const tool = createTool("weather");
    agent.model.enqueue(
      { kind: "answer", reasoning: ["hm"], toolCalls: [{ name: "weather", input: { city: "Oslo" } }] },
      { kind: "error", status: 500, message: "down" },
    );
    const { text, error } = await agent.run({ tools: [tool] });
    expect(error).toBeUndefined();
    expect(text).toContain("Tool said");
    expect(other.requests[0]?.headers["x-api-key"]).toBe("other-key-123");
    expect(JSON.stringify(other.requests[0]?.headers)).not.toContain(SECRET);
  });
});
