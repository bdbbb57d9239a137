import type { FakeAnswer } from "@openclaw/testkit/fake-model";
import { describe, expect, test } from "vitest";

import { createTool, type Outcome, SECRET, startAgent } from "./harness.ts";

function asks(name: string, input: unknown, id?: string): FakeAnswer {
  return { kind: "answer", toolCalls: [{ name, input, ...(id === undefined ? {} : { id }) }] };
}

function results(outcome: Outcome) {
  return outcome.parts.flatMap((part) => (part.type === "tool-result" ? [part.result] : []));
}

describe("the tool loop", () => {
  test("what the person writes meanwhile is read at the next step, and the calls that remain are not made", async () => {
    await using agent = await startAgent();
    const first = createTool("first");
    const second = createTool("second");
    const input = { city: "Oslo" };
    agent.model.enqueue({
      kind: "answer",
      toolCalls: [
        { name: "first", input },
        { name: "second", input },
      ],
    });
    const written = [["Wait, Bergen instead."], []];
    const { parts } = await agent.run({ tools: [first, second], takeSteering: async () => written.shift() ?? [] });
    expect([first.calls.length, second.calls.length]).toEqual([1, 0]);
    expect(parts.filter((part) => part.type === "tool-result").map((part) => part.result.isError ?? false)).toEqual([
      false,
      true,
    ]);
    const texts = agent.model.requests[1]?.messages.map(({ role, text }) => `${role}: ${text}`);
    expect(texts?.at(-1)).toBe("user: Wait, Bergen instead.");
    expect(texts?.at(-2)).toMatch(/^tool: This call was not made/);
  });

  test("tools are offered with their schemas", async () => {
    await using agent = await startAgent();
    const tool = createTool("weather");
    await agent.run({ tools: [tool] });
    expect(agent.model.requests[0]?.body["tools"]).toEqual([
      {
        type: "function",
        function: { name: "weather", description: "The weather tool.", parameters: tool.parameters },
      },
    ]);
  });

  test("several calls of one answer are made one after the other, in order", async () => {
    await using agent = await startAgent();
    const order: string[] = [];
    const slow = createTool("slow", async () => {
      order.push("slow begins");
      await new Promise((resolve) => setImmediate(resolve));
      order.push("slow ends");
      return { text: "slow result" };
    });
    const quick = createTool("quick", async () => {
      order.push("quick");
      return { text: "quick result" };
    });
    const input = { city: "Oslo" };
    agent.model.enqueue({
      kind: "answer",
      toolCalls: [
        { name: "slow", input },
        { name: "quick", input },
      ],
    });
    const { parts } = await agent.run({ tools: [slow, quick] });
    expect(order).toEqual(["slow begins", "slow ends", "quick"]);
    expect(parts.map((part) => part.type)).toEqual([
      "model",
      "tool-call",
      "tool-result",
      "tool-call",
      "tool-result",
      "text",
      "text",
      "finish",
    ]);
    expect(agent.model.requests[1]?.messages.map((message) => message.text)).toEqual([
      "hi",
      "",
      "slow result",
      "quick result",
    ]);
  });

  test.each([
    ["broken JSON", '{"city": ', /not valid JSON/u],
    ["a missing property", { days: 1 }, /must have required property 'city'/u],
    ["a wrong type", { city: 7 }, /\/city must be string/u],
    ["an unknown property", { city: "Oslo", country: "no" }, /must NOT have additional properties/u],
  ])("%s is answered with an error that the model reads, and the tool does not run", async (_name, input, words) => {
    await using agent = await startAgent();
    const tool = createTool("weather");
    agent.model.enqueue(asks("weather", input));
    const outcome = await agent.run({ tools: [tool] });
    expect(outcome.error).toBeUndefined();
    expect(tool.calls).toHaveLength(0);
    const [result] = results(outcome);
    expect(result).toMatchObject({ isError: true });
    expect(result?.text).toMatch(words);
    expect(agent.model.requests[1]?.messages.at(-1)?.text).toMatch(words);
    expect(outcome.finish?.messages[1]).toMatchObject({ role: "toolResult", isError: true });
  });

  test("a tool that does not exist is answered with the names of those that do", async () => {
    await using agent = await startAgent();
    agent.model.enqueue(asks("wether", { city: "Oslo" }));
    const outcome = await agent.run({ tools: [createTool("weather")] });
    expect(results(outcome)[0]?.text).toBe('There is no tool "wether". The tools are: weather.');
    expect(outcome.finish?.reason).toBe("stop");
  });

  test("a tool that throws tells the model so and the log why, and the turn goes on", async () => {
    await using agent = await startAgent();
    const broken = createTool("broken", () => Promise.reject(new Error(`connect with ${SECRET}`)));
    agent.model.enqueue(asks("broken", { city: "Oslo" }));
    const outcome = await agent.run({ tools: [broken] });
    expect(results(outcome)).toEqual([
      { text: "The tool broken failed; the gateway's log names the cause.", isError: true },
    ]);
    expect(outcome.text).toContain("Tool said: The tool broken failed");
    expect(JSON.stringify(outcome.parts) + JSON.stringify(agent.model.requests[1]?.body)).not.toContain(SECRET);
    expect(agent.log.text).toContain("connect with");
  });

  test("a tool's long output is shortened in the middle, for the model and for the transcript", async () => {
    await using agent = await startAgent({ settings: { limits: { maxToolOutputChars: 1_000 } } });
    const long = createTool("long", async () => ({ text: `begin${"x".repeat(50_000)}end`, details: { kept: true } }));
    agent.model.enqueue(asks("long", { city: "Oslo" }));
    const outcome = await agent.run({ tools: [long] });
    const [result] = results(outcome);
    expect(result?.text.length).toBeLessThan(1_100);
    expect(result?.text).toMatch(/^begin.*\[… 49008 characters left out …\].*end$/su);
    expect(result?.details).toEqual({ kept: true });
    expect(JSON.stringify(agent.model.requests[1]?.body).length).toBeLessThan(10_000);
  });

  test("a model that never comes to an end is stopped after the step limit, with words that say so", async () => {
    await using agent = await startAgent({ settings: { limits: { maxSteps: 3 } } });
    const tool = createTool("weather");
    agent.model.enqueue(...Array.from({ length: 9 }, () => asks("weather", { city: "Oslo" })));
    const { finish, text, error } = await agent.run({ tools: [tool] });
    expect(error).toBeUndefined();
    expect(tool.calls).toHaveLength(3);
    expect(finish?.reason).toBe("step-limit");
    expect(text).toBe("I stopped after 3 steps without coming to an end. Ask me to go on if I should.");
    expect(finish?.messages.at(-1)).toMatchObject({
      role: "assistant",
      content: [{ type: "text", text }],
      stopReason: "step-limit",
    });
  });

  test("the limit is 24 steps when nothing else is set", async () => {
    await using agent = await startAgent();
    agent.model.enqueue(...Array.from({ length: 30 }, () => asks("weather", { city: "Oslo" })));
    expect((await agent.run({ tools: [createTool("weather")] })).finish?.reason).toBe("step-limit");
    expect(agent.model.requests).toHaveLength(24);
  });

  test("calls of an answer that was cut off at the output limit are not made", async () => {
    await using agent = await startAgent();
    const tool = createTool("weather");
    agent.model.enqueue({ ...asks("weather", { city: "Oslo" }), text: ["I will"], finish: "length" });
    const { finish } = await agent.run({ tools: [tool] });
    expect(tool.calls).toHaveLength(0);
    expect(finish?.reason).toBe("length");
    expect(finish?.messages).toMatchObject([{ role: "assistant", content: [{ type: "text", text: "I will" }] }]);
    expect(finish?.messages).toHaveLength(1);
  });

  test.each([
    ["length", "The model reached its output limit before it said anything."],
    ["content_filter", "The model's provider blocked the answer (content filter)."],
  ])("an answer that stops without a word (%s) says why", async (finishReason, words) => {
    await using agent = await startAgent();
    const chunk = { id: "c", model: "m", choices: [{ index: 0, delta: {}, finish_reason: finishReason }] };
    agent.model.enqueue({
      kind: "raw",
      contentType: "text/event-stream",
      body: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`,
    });
    const { text, finish, error } = await agent.run();
    expect(error).toBeUndefined();
    expect(text).toBe(words);
    expect(finish?.messages).toMatchObject([{ role: "assistant", content: [{ type: "text", text: words }] }]);
  });

  test("an answer without words that ends by itself stays without words", async () => {
    await using agent = await startAgent();
    agent.model.enqueue({ kind: "answer", text: [] });
    const { text, finish } = await agent.run();
    expect(text).toBe("");
    expect(finish).toMatchObject({ reason: "stop", messages: [] });
  });

  test("a model that uses one id twice in a turn gets them told apart", async () => {
    await using agent = await startAgent();
    const ids: string[] = [];
    const tool = createTool("weather", async (_input, toolCallId) => {
      ids.push(toolCallId);
      return { text: `result of ${toolCallId}` };
    });
    agent.model.enqueue(asks("weather", { city: "Oslo" }, "call_0"), asks("weather", { city: "Rome" }, "call_0"));
    const { finish } = await agent.run({ tools: [tool] });
    expect(ids).toEqual(["call_0", "call_0-2"]);
    const body = JSON.stringify(agent.model.requests[2]?.body["messages"]);
    expect(body.match(/"tool_call_id":"call_0-2"/gu)).toHaveLength(1);
    expect(body.match(/"id":"call_0-2"/gu)).toHaveLength(1);
    expect(finish?.reason).toBe("stop");
  });

  test("what a model thought is shown, sent back to it within the turn, and kept out of the transcript", async () => {
    await using agent = await startAgent({ provider: { api: "anthropic-messages" } });
    agent.model.enqueue({ ...asks("weather", { city: "Oslo" }), reasoning: ["Where is ", "Oslo?"] });
    const { parts, finish } = await agent.run({ tools: [createTool("weather")] });
    expect(parts.flatMap((part) => (part.type === "reasoning" ? [part.delta] : []))).toEqual(["Where is ", "Oslo?"]);
    const sentBack = JSON.stringify(agent.model.requests[1]?.body["messages"]);
    expect(sentBack).toContain('"thinking":"Where is Oslo?"');
    expect(sentBack).toContain("c2lnbmF0dXJl");
    expect(JSON.stringify(finish?.messages)).not.toContain("Where is");
  });

  test("a schema that can not be read does not take the tool away", async () => {
    await using agent = await startAgent();
    const odd = { ...createTool("odd"), parameters: { type: "object", properties: { city: { $ref: "#/nowhere" } } } };
    agent.model.enqueue(asks("odd", { city: "Oslo" }));
    const outcome = await agent.run({ tools: [odd] });
    expect(results(outcome)[0]?.text).toContain("sunny in");
    expect(agent.log.text).toContain("schema can not be read");
  });

  test("a tool that is not for the model that answers is neither offered nor called", async () => {
    const settings = { defaults: { model: { primary: "fake/first", fallbacks: ["fake/second"] } } };
    await using agent = await startAgent({ settings });
    const tool = createTool("weather");
    const guarded = { ...tool, isFor: ({ model }: { model: string }) => model === "first" };
    agent.model.enqueue({ kind: "error", status: 503, message: "down" }, asks("weather", { city: "Oslo" }));
    const outcome = await agent.run({ tools: [guarded] });
    const [first, second] = agent.model.requests.map((request) => JSON.stringify(request.body));
    expect(first).toContain("The weather tool.");
    expect(second).not.toContain("weather");
    expect(results(outcome)[0]).toMatchObject({ isError: true, text: expect.stringContaining("no tool") as string });
    expect(tool.calls).toEqual([]);
  });
});
