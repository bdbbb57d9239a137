import type { TranscriptMessage } from "@openclaw/gateway-core/ports";
import { startFakeModel } from "@openclaw/testkit/fake-model";
import { describe, expect, test } from "vitest";

import { createTool, type Harness, startAgent } from "./harness.ts";

let time = 1_000;
const user = (text: string): TranscriptMessage => ({
  role: "user",
  content: [{ type: "text", text }],
  timestamp: (time += 1),
});
const assistant = (text: string): TranscriptMessage => ({
  role: "assistant",
  content: [{ type: "text", text }],
  timestamp: (time += 1),
});
const call = (...ids: readonly string[]): TranscriptMessage => ({
  role: "assistant",
  content: ids.map((id) => ({ type: "toolCall", id, name: "weather", arguments: { city: id } })),
  timestamp: (time += 1),
});
const result = (toolCallId: string, text: string, isError = false): TranscriptMessage => ({
  role: "toolResult",
  toolCallId,
  toolName: "weather",
  content: [{ type: "text", text }],
  isError,
  timestamp: (time += 1),
});

/** The messages of a request in short: role and text. */
function sent(agent: Harness, index = 0): string[] {
  return (agent.model.requests.at(index)?.messages ?? []).map(({ role, text }) => `${role}: ${text}`);
}

async function sentFor(history: readonly TranscriptMessage[]): Promise<string[]> {
  await using agent = await startAgent();
  const { error } = await agent.run({ history, prompt: "now" });
  expect(error).toBeUndefined();
  return sent(agent);
}

describe("a session's history goes to the model", () => {
  test("as it was", async () => {
    const history = [user("one"), assistant("first"), user("two"), call("a"), result("a", "sun"), assistant("second")];
    expect(await sentFor(history)).toEqual([
      "user: one",
      "assistant: first",
      "user: two",
      "assistant: ",
      "tool: sun",
      "assistant: second",
      "user: now",
    ]);
  });

  test("a call without a result gets an error for a result", async () => {
    const lines = await sentFor([user("one"), call("a", "b"), result("b", "rain"), assistant("done")]);
    expect(lines.slice(2, 4)).toEqual([
      expect.stringMatching(/^tool: No result was recorded.*may or may not/u),
      "tool: rain",
    ]);
  });

  test("a result without a call is dropped, and so is the second result of one call", async () => {
    const history = [
      user("one"),
      result("x", "orphan"),
      call("a"),
      result("a", "sun"),
      result("a", "again"),
      assistant("done"),
    ];
    expect(await sentFor(history)).toEqual(["user: one", "assistant: ", "tool: sun", "assistant: done", "user: now"]);
  });

  test("a message that came in between a call and its result waits until after it", async () => {
    const history = [user("one"), call("a"), user("hurry"), result("a", "sun"), assistant("done")];
    expect(await sentFor(history)).toEqual([
      "user: one",
      "assistant: ",
      "tool: sun",
      "assistant: [The turn was interrupted before an answer.]",
      "user: hurry",
      "assistant: done",
      "user: now",
    ]);
  });

  test("neighbours of one role are joined", async () => {
    const history = [user("one"), user("two"), assistant("a"), assistant("b"), user("three")];
    expect(await sentFor(history)).toEqual(["user: one\n\ntwo", "assistant: a\n\nb", "user: three\n\nnow"]);
  });

  test("a turn that ended after its tools is closed before the next begins", async () => {
    const lines = await sentFor([user("one"), call("a"), result("a", "sun")]);
    expect(lines).toEqual([
      "user: one",
      "assistant: ",
      "tool: sun",
      "assistant: [The turn was interrupted before an answer.]",
      "user: now",
    ]);
  });

  test("a history that begins with the assistant, and empty messages", async () => {
    expect(await sentFor([assistant("note"), user(" "), assistant("")])).toEqual([
      "user: [The conversation begins with a message from you.]",
      "assistant: note",
      "user: now",
    ]);
  });

  test("a prompt without text is not sent empty", async () => {
    await using agent = await startAgent();
    await agent.run({ prompt: "  " });
    expect(sent(agent)).toEqual(["user: [The message has no text.]"]);
  });

  test.each([
    ["mistral", "openai-completions", /^[A-Za-z0-9]{9}$/u],
    ["anyone", "openai-completions", /^[\w-]{1,40}$/u],
    ["anyone", "anthropic-messages", /^[\w-]{1,40}$/u],
  ] as const)("tool call ids from elsewhere take the form that %s with %s accepts", async (provider, api, form) => {
    await using model = await startFakeModel();
    const baseUrl = api === "anthropic-messages" ? model.baseUrls.anthropic : model.baseUrls.openai;
    await using agent = await startAgent({
      settings: { providers: { [provider]: { baseUrl, api } }, defaults: { model: `${provider}/m` } },
    });
    const odd = "toolu:01/ü and much longer than forty characters altogether";
    await agent.run({ history: [user("one"), call(odd), result(odd, "sun"), assistant("done")] });
    const body = JSON.stringify(model.requests[0]?.body["messages"]);
    const ids = [...body.matchAll(/"(?:id|tool_call_id|tool_use_id)":"([^"]*)"/gu)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toMatch(form);
    expect(ids[1]).toBe(ids[0]);
  });
});

/** What does not fit is summarised; when that fails, as in these tests, it is left out. */
describe("the history is bounded to the model's context window", () => {
  const noSummary = { kind: "error", status: 500, message: "no summary today" } as const;
  const turns = (count: number, length: number): TranscriptMessage[] =>
    Array.from({ length: count }, (_, index) => [
      user(`question ${index} ${"q".repeat(length)}`),
      call(`c${index}`),
      result(`c${index}`, `result ${index}`),
      assistant(`answer ${index} ${"a".repeat(length)}`),
    ]).flat();

  async function firstSent(
    contextWindow: number,
    history: readonly TranscriptMessage[],
    prompt = "now",
  ): Promise<string[]> {
    await using agent = await startAgent({ provider: { models: [{ id: "model-1", contextWindow }] } });
    if (contextWindow < 100_000) agent.model.enqueue(noSummary);
    const { error } = await agent.run({ history, prompt, tools: [createTool("weather")] });
    expect(error).toBeUndefined();
    return sent(agent, -1);
  }

  test("everything fits into a large window", async () => {
    expect(await firstSent(200_000, turns(10, 2_000))).toHaveLength(41);
  });

  test("whole turns are dropped, oldest first, so that a call and its result stay together", async () => {
    const lines = await firstSent(8_000, turns(10, 2_000));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.length).toBeLessThan(41);
    expect((lines.length - 1) % 4).toBe(0);
    expect(lines[0]).toMatch(/^user: question/u);
    expect(lines.at(-2)).toMatch(/^assistant: answer 9/u);
    // Four characters count as a token: what is sent stays below the window.
    expect(lines.join("").length).toBeLessThan(8_000 * 4);
  });

  test("the prompt is sent even when it leaves no room for anything else", async () => {
    expect(await firstSent(2_000, turns(3, 2_000), "p".repeat(9_000))).toEqual([`user: ${"p".repeat(9_000)}`]);
  });

  test("what tools give during the turn pushes older turns out", async () => {
    await using agent = await startAgent({
      provider: { models: [{ id: "model-1", contextWindow: 8_000 }] },
    });
    const long = createTool("weather", async () => ({ text: "w".repeat(12_000) }));
    agent.model.enqueue({ kind: "answer", toolCalls: [{ name: "weather", input: { city: "Oslo" } }] }, noSummary);
    await agent.run({ history: turns(10, 1_000), tools: [long] });
    const [before, , after] = agent.model.requests.map((request) => request.messages.length);
    expect(before).toBeGreaterThan(20);
    expect(after).toBeLessThan(before ?? 0);
    expect(agent.model.requests[2]?.messages.at(-1)?.text).toBe("w".repeat(12_000));
  });
});
