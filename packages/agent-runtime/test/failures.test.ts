import { createServer } from "node:net";
import { once } from "node:events";

import { AgentError, type AgentErrorReason } from "@openclaw/gateway-core/ports";
import type { FakeReply } from "@openclaw/testkit/fake-model";
import { ManualClock } from "@openclaw/testkit/clock";
import { describe, expect, test } from "vitest";

import type { ModelApi } from "../src/index.ts";
import { everythingOf, messageOf, SECRET, startAgent } from "./harness.ts";

interface Case {
  readonly name: string;
  readonly reply: FakeReply;
  readonly reason: AgentErrorReason;
  /** What a person must be able to read. */
  readonly says: readonly RegExp[];
  readonly retryAfterMs?: number;
}

const PAGE = `<html><body><h1>Portal</h1>${SECRET}</body></html>`;

const CASES: readonly Case[] = [
  {
    name: "401",
    reply: { kind: "error", status: 401, message: `Incorrect API key provided: ${SECRET}.` },
    reason: "authentication",
    says: [/^fake\/model-1: /u, /HTTP 401/u, /models\.providers\.fake\.apiKey/u],
  },
  {
    name: "401 that quotes a masked key of another shape",
    reply: { kind: "error", status: 401, message: "Incorrect API key provided: sk-proj-abc*****wxyz" },
    reason: "authentication",
    says: [/\[redacted\]/u],
  },
  {
    name: "403",
    reply: { kind: "error", status: 403, message: "no access" },
    reason: "authentication",
    says: [/HTTP 403/u],
  },
  {
    name: "400 that means a bad key, as Google says it",
    reply: {
      kind: "error",
      status: 400,
      message: "API key not valid. Please pass a valid API key.",
      code: "INVALID_ARGUMENT",
    },
    reason: "authentication",
    says: [/HTTP 400/u],
  },
  {
    name: "429 that means an empty account",
    reply: { kind: "error", status: 429, message: "You exceeded your current quota.", code: "insufficient_quota" },
    reason: "authentication",
    says: [/credit/u],
  },
  {
    name: "429 with Retry-After in seconds",
    reply: { kind: "error", status: 429, message: "Slow down", headers: { "retry-after": "17" } },
    reason: "rate-limit",
    says: [/HTTP 429/u, /Try again in 17 s/u],
    retryAfterMs: 17_000,
  },
  {
    name: "429 with retry-after-ms",
    reply: {
      kind: "error",
      status: 429,
      message: "Slow down",
      headers: { "retry-after-ms": "2500", "retry-after": "99" },
    },
    reason: "rate-limit",
    says: [/Try again in 3 s/u],
    retryAfterMs: 2_500,
  },
  {
    name: "500",
    reply: { kind: "error", status: 500, message: "boom" },
    reason: "overloaded",
    says: [/HTTP 500/u, /boom/u],
  },
  {
    name: "529",
    reply: { kind: "error", status: 529, message: "Overloaded" },
    reason: "overloaded",
    says: [/HTTP 529/u],
  },
  {
    name: "404",
    reply: { kind: "error", status: 404, message: "The model does not exist" },
    reason: "unknown-model",
    says: [/HTTP 404/u, /baseUrl/u],
  },
  {
    name: "400 for a conversation that is too long",
    reply: { kind: "error", status: 400, message: "too long", code: "context_length_exceeded" },
    reason: "context-length",
    says: [/larger context window/u],
  },
  {
    name: "400",
    reply: { kind: "error", status: 400, message: "temperature is out of range" },
    reason: "invalid-request",
    says: [/temperature is out of range/u],
  },
  {
    name: "an HTML error page",
    reply: { kind: "raw", status: 502, contentType: "text/html", body: PAGE },
    reason: "overloaded",
    says: [/HTTP 502/u, /web page/u, /models\.providers\.fake\.baseUrl/u],
  },
  {
    name: "an HTML page with status 200",
    reply: { kind: "raw", contentType: "text/html", body: PAGE },
    reason: "network",
    says: [/text\/html/u, /models\.providers\.fake\.baseUrl/u],
  },
  {
    name: "a JSON error with status 200",
    reply: { kind: "raw", contentType: "application/json", body: '{"error":{"message":"rate limit reached"}}' },
    reason: "rate-limit",
    says: [/rate limit reached/u],
  },
  {
    name: "broken JSON in the stream",
    reply: { kind: "raw", contentType: "text/event-stream", body: 'data: {"choices":[\n\n' },
    reason: "network",
    says: [/not an answer of the model API/u, /models\.providers\.fake\.baseUrl/u],
  },
  {
    name: "an error in the middle of the stream",
    reply: {
      kind: "raw",
      contentType: "text/event-stream",
      body: 'data: {"error":{"message":"The server is overloaded","type":"server_error"}}\n\n',
    },
    reason: "overloaded",
    says: [/The server is overloaded/u],
  },
  {
    name: "a redirect",
    reply: { kind: "raw", status: 307, headers: { location: "http://127.0.0.1:9/elsewhere" }, body: "moved" },
    reason: "network",
    says: [/HTTP 307/u, /redirect/u, /baseUrl/u],
  },
  {
    name: "a connection cut before the answer",
    reply: { kind: "disconnect" },
    reason: "network",
    says: [/127\.0\.0\.1/u],
  },
  {
    name: "a connection cut in the middle",
    reply: { kind: "answer", text: ["one ", "two "], ending: "cut" },
    reason: "network",
    says: [/broke/u],
  },
];

describe("what a provider does wrong becomes an error for people, without the key", () => {
  test.each(CASES)("$name", async ({ reply, reason, says, retryAfterMs }) => {
    await using agent = await startAgent();
    agent.model.enqueue(reply);
    const { error, finish } = await agent.run();
    expect(error).toBeInstanceOf(AgentError);
    expect(error).toMatchObject({ reason, provider: "fake", model: "model-1", retryAfterMs });
    for (const words of says) expect(messageOf(error)).toMatch(words);
    expect(everythingOf(error) + agent.log.text).not.toContain(SECRET);
    expect(finish).toBeUndefined();
    expect(agent.model.requests).toHaveLength(1);
  });

  test.each<ModelApi>(["openai-responses", "anthropic-messages", "google-generative-ai"])(
    "%s: 429, 500 and a web page are told apart",
    async (api) => {
      await using agent = await startAgent({ provider: { api } });
      agent.model.enqueue(
        { kind: "error", status: 429, message: "slow down", headers: { "retry-after": "5" } },
        { kind: "error", status: 500, message: "boom" },
        { kind: "raw", contentType: "text/html", body: PAGE },
        { kind: "answer", text: ["a"], ending: "cut" },
      );
      expect((await agent.run()).error).toMatchObject({ reason: "rate-limit", retryAfterMs: 5_000 });
      expect((await agent.run()).error).toMatchObject({ reason: "overloaded" });
      expect(messageOf((await agent.run()).error)).toContain("text/html");
      expect((await agent.run()).error).toMatchObject({ reason: "network" });
    },
  );

  test("anthropic-messages: an error in the middle of the stream", async () => {
    await using agent = await startAgent({ provider: { api: "anthropic-messages" } });
    const start = {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        usage: { input_tokens: 1, output_tokens: 0 },
      },
    };
    const failure = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
    const body = [start, failure].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");
    agent.model.enqueue({ kind: "raw", contentType: "text/event-stream", body });
    const { error } = await agent.run();
    expect(error).toMatchObject({ reason: "overloaded", retryable: true });
    expect(messageOf(error)).toContain("Overloaded");
  });

  test("openai-responses: a response that fails in the middle", async () => {
    await using agent = await startAgent({ provider: { api: "openai-responses" } });
    const created = { type: "response.created", response: { id: "r", created_at: 1, model: "m" } };
    const failed = {
      type: "response.failed",
      response: { id: "r", error: { code: "server_error", message: "The server had an error" }, usage: null },
    };
    const body = [created, failed]
      .map((event, n) => `data: ${JSON.stringify({ ...event, sequence_number: n })}\n\n`)
      .join("");
    agent.model.enqueue({ kind: "raw", contentType: "text/event-stream", body });
    expect((await agent.run()).error).toMatchObject({ reason: "overloaded", retryable: true });
  });

  test("a date in Retry-After is a wait", async () => {
    await using agent = await startAgent();
    const date = new Date(Date.now() + 60_000).toUTCString();
    agent.model.enqueue({ kind: "error", status: 429, message: "later", headers: { "retry-after": date } });
    const { error } = await agent.run();
    const wait = error instanceof AgentError ? error.retryAfterMs : undefined;
    expect(wait).toBeGreaterThan(50_000);
    expect(wait).toBeLessThanOrEqual(60_000);
  });

  test("nobody listens at the address", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.close();
    await once(server, "close");
    await using agent = await startAgent({ provider: { baseUrl: `http://127.0.0.1:${port}/v1` } });
    const { error } = await agent.run();
    expect(error).toMatchObject({ reason: "network", retryable: true });
    expect(messageOf(error)).toContain(
      `nothing listens there (ECONNREFUSED). Check the network and that 127.0.0.1:${port} answers`,
    );
  });

  test("a mistake in a program is not taken for the network", async () => {
    const broken: typeof globalThis.fetch = () =>
      Promise.reject(new TypeError(`nothing is not a function of ${SECRET}`));
    await using agent = await startAgent({
      fetch: broken,
      settings: { defaults: { model: { primary: "fake/a", fallbacks: ["fake/b"] } } },
    });
    const { error, models } = await agent.run();
    expect(error).toMatchObject({ reason: "internal", retryable: false });
    expect(models).toEqual(["fake/a"]);
    expect(agent.log.text).toContain("nothing is not a function of [redacted]");
    expect(everythingOf(error) + agent.log.text).not.toContain(SECRET);
  });

  test("a model that falls silent is given up after the idle limit, and its connection is closed", async () => {
    const clock = new ManualClock();
    await using agent = await startAgent({ clock, settings: { limits: { idleTimeoutMs: 30_000 } } });
    agent.model.enqueue({ kind: "answer", text: ["I am thinking"], ending: "hang" });
    const running = agent.run();
    const request = await agent.model.request(1);
    await clock.advance(29_000);
    await clock.advance(60_000);
    const { error, text } = await running;
    expect(text).toBe("I am thinking");
    expect(error).toMatchObject({ reason: "network" });
    expect(messageOf(error)).toContain("nothing for 30 s");
    expect(await request.ended).toBe("closed");
  });

  test("a model that never answers is given up too", async () => {
    const clock = new ManualClock();
    await using agent = await startAgent({ clock });
    agent.model.enqueue({ kind: "silence" });
    const running = agent.run();
    const request = await agent.model.request(1);
    await clock.advance(119_000);
    expect(agent.model.requests).toHaveLength(1);
    await clock.advance(2_000);
    expect(messageOf((await running).error)).toContain("nothing for 120 s");
    expect(await request.ended).toBe("closed");
  });
});

describe.concurrent("slow tokens are no silence", () => {
  test.each<ModelApi>(["openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai"])(
    "%s: an answer may take longer than the idle limit as long as something comes",
    async (api) => {
      await using agent = await startAgent({ provider: { api }, settings: { limits: { idleTimeoutMs: 3_000 } } });
      const text = Array.from({ length: 25 }, (_, index) => `${index} `);
      agent.model.enqueue({ kind: "answer", text, delayMs: 150 });
      const { error, text: heard } = await agent.run();
      expect(error).toBeUndefined();
      expect(heard).toBe(text.join(""));
    },
  );
});

describe("what is missing is said before anything is asked", () => {
  test("no key for a known provider", async () => {
    await using agent = await startAgent({ settings: { defaults: { model: "anthropic/claude-opus-4-5" } } });
    const { error } = await agent.run();
    expect(error).toMatchObject({ reason: "no-credentials" });
    expect(messageOf(error)).toMatch(
      /^No API key found for provider "anthropic"\. Set ANTHROPIC_API_KEY .* models\.providers\.anthropic\.apiKey/u,
    );
  });

  test("an unknown provider, and a model its provider does not list", async () => {
    await using agent = await startAgent({ provider: { models: [{ id: "model-1" }, { id: "model-2" }] } });
    const { error: noProvider } = await agent.run({ model: "nowhere/x" });
    expect(noProvider).toMatchObject({ reason: "unknown-model" });
    expect(messageOf(noProvider)).toMatch(/Unknown provider "nowhere".*models\.providers\.nowhere\.baseUrl/u);
    const { error: noModel } = await agent.run({ model: "fake/other" });
    expect(noModel).toMatchObject({ reason: "unknown-model" });
    expect(messageOf(noModel)).toContain("model-1, model-2");
    expect(agent.model.requests).toHaveLength(0);
  });

  test.each(["http://user:hunter2-pass@127.0.0.1/v1", "ftp://host/hunter2-pass", "hunter2-pass"])(
    "an address that can not be one is not asked and not quoted",
    async (baseUrl) => {
      await using agent = await startAgent({ provider: { baseUrl } });
      const { error } = await agent.run();
      expect(error).toMatchObject({ reason: "invalid-request", provider: "fake" });
      expect(messageOf(error)).toContain("models.providers.fake.baseUrl is not an http or https address");
      expect(everythingOf(error) + agent.log.text).not.toContain("hunter2");
    },
  );

  test("a thinking level that does not exist", async () => {
    await using agent = await startAgent();
    const { error } = await agent.run({ thinking: "hardest" });
    expect(error).toMatchObject({ reason: "invalid-request" });
    expect(messageOf(error)).toContain("off, minimal, low, medium, high or xhigh");
  });
});
