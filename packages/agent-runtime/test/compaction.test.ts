import type { TranscriptMessage } from "@openclaw/gateway-core/ports";
import type { FakeReply } from "@openclaw/testkit/fake-model";
import { describe, expect, test } from "vitest";

import { createAgentRuntime } from "../src/index.ts";
import { toConversation } from "../src/history/conversation.ts";
import { createTool, createTurn, messageOf, outcomeOf, realClock, RecordedLog, startAgent } from "./harness.ts";

const SMALL = { provider: { models: [{ id: "model-1", contextWindow: 4_000 }] } };
const TOO_LONG: FakeReply = { kind: "error", status: 400, message: "too long", code: "context_length_exceeded" };

/** Turns of about 110 tokens each; `firstAt` is the time of the first message, one more for each further one. */
function turns(count: number, firstAt = 1): TranscriptMessage[] {
  return Array.from({ length: count }, (_, index): TranscriptMessage[] => [
    {
      role: "user",
      content: [{ type: "text", text: `question ${index} ${"q".repeat(200)}` }],
      timestamp: firstAt + index * 2,
    },
    {
      role: "assistant",
      content: [{ type: "text", text: `answer ${index} ${"a".repeat(200)}` }],
      timestamp: firstAt + index * 2 + 1,
    },
  ]).flat();
}

function sent(request: { readonly body: Record<string, unknown> } | undefined): string {
  return JSON.stringify(request?.body["messages"]);
}

describe("a conversation that no longer fits", () => {
  test("is summarised by the model but for its newest turns, and the summary is kept in the transcript", async () => {
    await using agent = await startAgent(SMALL);
    agent.model.enqueue({ kind: "answer", text: ["They talked about q."] });
    const { parts, text, finish, error } = await agent.run({ prompt: "go on", history: turns(40) });
    expect(error).toBeUndefined();
    expect(text).toBe("Echo: go on");
    const [asked, answered] = agent.model.requests;
    expect(sent(asked)).toContain("> question 0 ");
    expect(sent(asked)).not.toContain("question 39");
    expect(asked?.body["tools"]).toBeUndefined();
    expect(sent(answered)).toContain("They talked about q.");
    expect(sent(answered)).toContain("question 39");
    expect(sent(answered)).not.toContain("question 0 ");
    expect(sent(answered).match(/go on/gu)).toHaveLength(1);
    const part = parts.find((candidate) => candidate.type === "compaction");
    expect(part?.summary).toBe("They talked about q.");
    expect(part?.tokensAfter).toBeLessThan(part?.tokensBefore ?? 0);
    const [entry, reply] = finish?.messages ?? [];
    expect(entry).toMatchObject({ role: "compaction", content: [{ type: "text", text: "They talked about q." }] });
    expect(reply).toMatchObject({ role: "assistant" });
    expect(finish?.usage.total).toBeGreaterThan(0);
  });

  test("goes on from its summary in later turns", async () => {
    await using agent = await startAgent(SMALL);
    agent.model.enqueue({ kind: "answer", text: ["They talked about q."] });
    const history = turns(40);
    const { finish } = await agent.run({ prompt: "go on", history });
    const prompt: TranscriptMessage = {
      role: "user",
      content: [{ type: "text", text: "go on" }],
      timestamp: Date.now(),
    };
    const { models, finish: next } = await agent.run({
      prompt: "and?",
      history: [...history, prompt, ...(finish?.messages ?? [])],
    });
    expect(models).toHaveLength(1);
    expect(agent.model.requests).toHaveLength(3);
    expect(sent(agent.model.requests[2])).toMatch(/They talked about q\..*question 39.*go on.*and\?/su);
    expect(sent(agent.model.requests[2])).not.toContain("question 0 ");
    expect(next?.messages.map(({ role }) => role)).toEqual(["assistant"]);
  });

  test("is summarised together with its last summary", async () => {
    await using agent = await startAgent(SMALL);
    agent.model.enqueue({ kind: "answer", text: ["All of it."] });
    const summary: TranscriptMessage = {
      role: "compaction",
      content: [{ type: "text", text: "An older summary." }],
      timestamp: 100,
      keptSince: 100,
      tokensBefore: 1,
      tokensAfter: 1,
    };
    await agent.run({ prompt: "go on", history: [...turns(5), summary, ...turns(40, 101)] });
    expect(sent(agent.model.requests[0])).toContain("> An older summary.");
    expect(sent(agent.model.requests[1])).not.toContain("An older summary.");
  });

  test("is summarised and asked again once when the provider counts more than the estimate", async () => {
    await using agent = await startAgent();
    agent.model.enqueue(TOO_LONG, { kind: "answer", text: ["Summary."] });
    const history = turns(400);
    const { text, error } = await agent.run({ prompt: "go on", history });
    expect(error).toBeUndefined();
    expect(text).toBe("Echo: go on");
    expect(agent.model.requests).toHaveLength(3);
    expect(sent(agent.model.requests[2])).toContain("Summary.");
    agent.model.enqueue(TOO_LONG, { kind: "answer", text: ["Summary."] }, TOO_LONG);
    expect((await agent.run({ prompt: "go on", history })).error).toMatchObject({ reason: "context-length" });
    expect(agent.model.requests).toHaveLength(6);
  });

  test("that can not be summarised loses its oldest part, as before", async () => {
    await using agent = await startAgent(SMALL);
    agent.model.enqueue({ kind: "error", status: 500, message: "no" });
    const { text, error, finish } = await agent.run({ prompt: "go on", history: turns(40) });
    expect(error).toBeUndefined();
    expect(text).toBe("Echo: go on");
    expect(finish?.messages.map(({ role }) => role)).toEqual(["assistant"]);
    expect(agent.log.text).toContain("could not be summarised");
  });

  test("is left alone when there is nothing but the newest turns", async () => {
    await using agent = await startAgent();
    agent.model.enqueue(TOO_LONG);
    expect((await agent.run({ prompt: "go on", history: turns(2) })).error).toMatchObject({ reason: "context-length" });
    expect(agent.model.requests).toHaveLength(1);
  });

  test("an abort while it is summarised ends the turn", async () => {
    await using agent = await startAgent(SMALL);
    agent.model.enqueue({ kind: "silence" });
    const abort = new AbortController();
    const running = agent.run({ prompt: "go on", history: turns(40) }, abort.signal);
    await expect.poll(() => agent.model.requests.length).toBe(1);
    abort.abort(new Error("stopped"));
    expect((await running).error).toMatchObject({ message: "stopped" });
  });

  test("the offline model summarises too, and no old line scripts it", async () => {
    const runtime = createAgentRuntime({ settings: () => ({}), clock: realClock, log: new RecordedLog() });
    const history = [...turns(3_000), ...turns(1, 7_000)].map((message, index): TranscriptMessage =>
      index === 0 && message.role === "user"
        ? { ...message, content: [{ type: "text", text: "/fail internal" }] }
        : message,
    );
    const { finish, text, error } = await outcomeOf(
      runtime.runTurn(createTurn({ prompt: "hi", history }), new AbortController().signal),
    );
    expect(error).toBeUndefined();
    expect(text).toContain("You said: hi");
    expect(finish?.messages[0]?.role).toBe("compaction");
  });
});

describe("before a conversation is summarised", () => {
  const call: FakeReply = { kind: "answer", toolCalls: [{ name: "notes_write", input: { city: "Rome" } }] };

  test("the model writes down what must not be lost, once and in silence", async () => {
    await using agent = await startAgent(SMALL);
    const tool = createTool("notes_write");
    agent.model.enqueue(call, { kind: "answer", text: ["NO_REPLY"] }, { kind: "answer", text: ["Sum."] });
    const { text, finish, parts } = await agent.run({ prompt: "go on", history: turns(40), tools: [tool] });
    expect(tool.calls).toEqual([{ city: "Rome" }]);
    expect(text).toBe("Echo: go on");
    const [flush, , summary, answer] = agent.model.requests;
    expect(sent(flush)).toContain("memory/YYYY-MM-DD.md");
    expect(sent(flush)).toContain("question 39");
    expect(sent(summary)).toContain("Summarise this conversation");
    expect(sent(answer)).not.toContain("YYYY-MM-DD");
    expect(finish?.messages.map(({ role }) => role)).toEqual(["compaction", "assistant"]);
    expect(parts.filter(({ type }) => type === "tool-call")).toHaveLength(1);
  });

  test.each([
    ["no tool writes", "weather", {}],
    ["it is switched off", "notes_write", { memoryFlush: { enabled: false } }],
  ])("nothing is asked where %s", async (_why, name, more) => {
    await using agent = await startAgent({ ...SMALL, settings: { defaults: { model: "fake/model-1", ...more } } });
    agent.model.enqueue({ kind: "answer", text: ["Sum."] });
    await agent.run({ prompt: "go on", history: turns(40), tools: [createTool(name)] });
    expect(agent.model.requests).toHaveLength(2);
  });

  test("a failure there is no reason to stop, and the words are the configuration's where it has some", async () => {
    const memoryFlush = { prompt: "Keep the numbers.", systemPrompt: "Be quick." };
    await using agent = await startAgent({ ...SMALL, settings: { defaults: { model: "fake/model-1", memoryFlush } } });
    agent.model.enqueue({ kind: "error", status: 500, message: "no" }, { kind: "answer", text: ["Sum."] });
    const { text, error } = await agent.run({ prompt: "go on", history: turns(40), tools: [createTool("exec")] });
    expect([text, error]).toEqual(["Echo: go on", undefined]);
    expect(sent(agent.model.requests[0])).toMatch(/Be quick\..*Keep the numbers\./su);
    expect(agent.log.text).toContain("nothing was written down before a summary");
  });
});

describe("a conversation that somebody wants summarised", () => {
  test("is summarised but for the newest messages, with what the person asks of it, however short it is", async () => {
    await using agent = await startAgent();
    agent.model.enqueue({ kind: "answer", text: ["They talked about q."] });
    const { finish, text, models } = await agent.compact({ history: turns(8) }, { instructions: "keep the numbers" });
    expect([text, models]).toEqual(["", ["fake/model-1"]]);
    expect(finish?.messages).toHaveLength(1);
    expect(finish?.messages[0]).toMatchObject({ role: "compaction", content: [{ text: "They talked about q." }] });
    const [asked] = agent.model.requests;
    expect(sent(asked)).toContain("question 0 ");
    expect(sent(asked)).not.toContain("question 7");
    expect(sent(asked)).toContain("keep the numbers");
    agent.model.enqueue({ kind: "answer", text: ["Short."] });
    const few = await agent.compact({ history: turns(8) }, { keepMessages: 4 });
    expect(few.finish?.messages[0]).toMatchObject({ keptSince: 13 });
    expect((await agent.compact({ history: turns(2) }, { keepMessages: 4 })).finish?.messages).toEqual([]);
  });

  test("by a model that fails is summarised by the next one, or not at all with the failure", async () => {
    await using agent = await startAgent({
      settings: { defaults: { model: { primary: "fake/model-1", fallbacks: ["fake/model-2"] } } },
    });
    agent.model.enqueue({ kind: "error", status: 429, message: "slow down" }, { kind: "answer", text: ["Sum."] });
    expect((await agent.compact({ history: turns(4) }, {})).models).toEqual(["fake/model-1", "fake/model-2"]);
    agent.model.enqueue({ kind: "answer", text: [" "] });
    expect(messageOf((await agent.compact({ history: turns(4) }, {})).error)).toContain("no summary");
  });
});

test("a summary stands for what it does not leave in place", () => {
  const text = (words: string) => [{ type: "text" as const, text: words }];
  const conversation = toConversation([
    { role: "user", content: text("old"), timestamp: 1 },
    { role: "assistant", content: text("old answer"), timestamp: 2 },
    { role: "user", content: text("kept"), timestamp: 3 },
    { role: "assistant", content: text("kept answer"), timestamp: 4 },
    { role: "user", content: text("asked then"), timestamp: 5 },
    { role: "compaction", content: text("sum"), timestamp: 6, keptSince: 3, tokensBefore: 9, tokensAfter: 1 },
    { role: "assistant", content: text("answered then"), timestamp: 7 },
  ]);
  expect(conversation.map((message) => ("text" in message ? message.text : ""))).toEqual([
    "[Summary of the conversation so far]\nsum",
    "[I have read the summary.]",
    "kept",
    "kept answer",
    "asked then",
    "answered then",
  ]);
});
