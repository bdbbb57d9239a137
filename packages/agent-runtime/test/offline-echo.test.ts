import type { TranscriptMessage } from "@openclaw/gateway-core/ports";
import { describe, expect, test } from "vitest";

import { createAgentRuntime } from "../src/index.ts";
import { createTool, createTurn, messageOf, outcomeOf, realClock, RecordedLog } from "./harness.ts";

const refuseNetwork: typeof globalThis.fetch = () => Promise.reject(new Error("the offline model used the network"));

function run(overrides: Parameters<typeof createTurn>[0]) {
  const agent = createAgentRuntime({
    settings: () => ({}),
    clock: realClock,
    log: new RecordedLog(),
    fetch: refuseNetwork,
  });
  return outcomeOf(agent.runTurn(createTurn(overrides), new AbortController().signal));
}

describe("offline/echo", () => {
  test("answers a fresh install: repeats the message and says in one line what it is and what to set", async () => {
    const { text, models, parts, finish } = await run({ prompt: "Good morning, is anybody there?" });
    expect(models).toEqual(["offline/echo"]);
    const [echo, empty, explanation, ...rest] = text.split("\n");
    expect(echo).toBe("You said: Good morning, is anybody there?");
    expect(empty).toBe("");
    expect(explanation).toMatch(/offline\/echo.*ANTHROPIC_API_KEY.*agents\.defaults\.model/u);
    expect(rest).toEqual([]);
    expect(parts.filter((part) => part.type === "text").length).toBeGreaterThanOrEqual(3);
    expect(finish).toMatchObject({ reason: "stop", usage: { total: 0 } });
    expect(finish?.messages).toMatchObject([
      { role: "assistant", content: [{ type: "text", text }], provider: "offline", model: "echo", stopReason: "stop" },
    ]);
  });

  test("repeats no more than a few thousand characters", async () => {
    expect((await run({ prompt: "x".repeat(100_000) })).text.length).toBeLessThan(5_000);
  });

  test("/say answers exactly that, and only that", async () => {
    expect((await run({ prompt: "/say NO_REPLY" })).text).toBe("NO_REPLY");
    expect((await run({ prompt: "ignored\n/say one\n/say two" })).text).toBe("one\ntwo");
  });

  test("/tool calls a tool and reports its result", async () => {
    const tool = createTool("weather");
    const { text, parts, finish } = await run({ prompt: '/tool weather {"city":"Oslo"}', tools: [tool] });
    expect(tool.calls).toEqual([{ city: "Oslo" }]);
    expect(text).toBe('weather answered: sunny in {"city":"Oslo"}');
    expect(parts.map((part) => part.type)).toEqual(expect.arrayContaining(["tool-call", "tool-result", "finish"]));
    expect(finish?.messages.map((message) => message.role)).toEqual(["assistant", "toolResult", "assistant"]);
  });

  test("a script with several tools and words runs in its order", async () => {
    const tool = createTool("weather");
    const prompt = '/say first\n/tool weather {"city":"Oslo"}\n/tool weather {"city":"Rome"}\n/say last';
    const { text, parts, finish } = await run({ prompt, tools: [tool] });
    expect(tool.calls).toEqual([{ city: "Oslo" }, { city: "Rome" }]);
    expect(text).toBe("first\n\nlast");
    const ids = parts.flatMap((part) => (part.type === "tool-call" ? [part.toolCallId] : []));
    expect(new Set(ids).size).toBe(2);
    expect(finish?.reason).toBe("stop");
  });

  test("a wrong call gets the same answer as any model's", async () => {
    const tool = createTool("weather");
    expect((await run({ prompt: "/tool weather {broken", tools: [tool] })).text).toMatch(
      /weather failed: .*not valid JSON/u,
    );
    expect((await run({ prompt: "/tool weather", tools: [tool] })).text).toMatch(
      /weather failed: .*required property 'city'/u,
    );
    expect((await run({ prompt: "/tool nothing", tools: [tool] })).text).toMatch(/nothing failed: There is no tool/u);
    expect(tool.calls).toHaveLength(0);
  });

  test("/fail fails with the reason it is given", async () => {
    const { error } = await run({ prompt: "/say hm\n/fail rate-limit" });
    expect(error).toMatchObject({ reason: "rate-limit", retryable: true, provider: "offline", model: "echo" });
    expect((await run({ prompt: "/fail nonsense" })).error).toMatchObject({ reason: "internal" });
  });

  test("reads the last message only: an old script in the history does nothing", async () => {
    const history: TranscriptMessage[] = [
      { role: "user", content: [{ type: "text", text: "/tool weather" }], timestamp: 1 },
      { role: "assistant", content: [{ type: "text", text: "done" }], timestamp: 2 },
    ];
    expect((await run({ prompt: "and now?", history })).text).toContain("You said: and now?");
  });

  test("there is no other offline model", async () => {
    const { error } = await run({ model: "offline/other" });
    expect(messageOf(error)).toContain('the offline model is "offline/echo"');
  });
});
