import { createAgentRuntime, type ModelApi } from "../src/index.ts";
import { countOnSignal } from "@openclaw/testkit/signals";
import { describe, expect, test } from "vitest";

import { createTool, createTurn, outcomeOf, realClock, RecordedLog, startAgent } from "./harness.ts";

const REASON = new Error("stopped by a test");

describe("abort", () => {
  test.each<ModelApi>(["openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai"])(
    "%s: an abort in the middle of a stream ends the turn at once and closes the connection",
    async (api) => {
      await using agent = await startAgent({ provider: { api } });
      agent.model.enqueue({ kind: "answer", text: ["one ", "two "], ending: "hang" });
      const controller = new AbortController();
      const heard: string[] = [];
      const turn = (async () => {
        for await (const part of agent.parts({}, controller.signal)) {
          if (part.type !== "text") continue;
          heard.push(part.delta);
          if (heard.length === 2) controller.abort(REASON);
        }
      })();
      await expect(turn).rejects.toBe(REASON);
      expect(heard).toEqual(["one ", "two "]);
      expect(await (await agent.model.request(1)).ended).toBe("closed");
    },
  );

  test("F16 a turn leaves nothing behind at its signal", async () => {
    await using agent = await startAgent();
    const { signal } = new AbortController();
    for (let turn = 0; turn < 10; turn += 1) {
      agent.model.enqueue({ kind: "answer", text: ["hello"] });
      expect((await agent.run({}, signal)).error).toBeUndefined();
    }
    expect(countOnSignal(signal)).toBe(0);
  });

  test("an abort before the first byte does so too", async () => {
    await using agent = await startAgent();
    agent.model.enqueue({ kind: "silence" });
    const controller = new AbortController();
    const running = agent.run({}, controller.signal);
    const request = await agent.model.request(1);
    controller.abort(REASON);
    expect((await running).error).toBe(REASON);
    expect(await request.ended).toBe("closed");
  });

  test("a turn that was aborted before it began asks nobody", async () => {
    await using agent = await startAgent();
    expect((await agent.run({}, AbortSignal.abort(REASON))).error).toBe(REASON);
    expect(agent.model.requests).toHaveLength(0);
  });

  test("an abort ends a tool that does not listen, and no model is asked again", async () => {
    await using agent = await startAgent();
    const controller = new AbortController();
    const deaf = createTool("deaf", () => {
      queueMicrotask(() => controller.abort(REASON));
      return new Promise(() => {});
    });
    agent.model.enqueue({ kind: "answer", toolCalls: [{ name: "deaf", input: { city: "Oslo" } }] });
    const { error, parts } = await agent.run({ tools: [deaf] }, controller.signal);
    expect(error).toBe(REASON);
    expect(parts.at(-1)?.type).toBe("tool-call");
    expect(agent.model.requests).toHaveLength(1);
  });

  test("an abort is not taken for a failure that another model could mend", async () => {
    await using agent = await startAgent({
      settings: { defaults: { model: { primary: "fake/a", fallbacks: ["fake/b"] } } },
    });
    agent.model.enqueue({ kind: "silence" });
    const controller = new AbortController();
    const running = agent.run({}, controller.signal);
    await agent.model.request(1);
    controller.abort(REASON);
    expect((await running).error).toBe(REASON);
    expect(agent.model.requests).toHaveLength(1);
  });

  test("a listener who walks away closes the connection", async () => {
    await using agent = await startAgent();
    agent.model.enqueue({ kind: "answer", text: ["one ", "two "], ending: "hang" });
    for await (const part of agent.parts({}, new AbortController().signal)) {
      if (part.type === "text") break;
    }
    expect(await (await agent.model.request(1)).ended).toBe("closed");
  });

  test("a fetch that does not listen to the signal can not hold the turn", async () => {
    const chunk = { id: "c", model: "m", choices: [{ index: 0, delta: { content: "one" }, finish_reason: null }] };
    const deaf: typeof globalThis.fetch = async () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`)),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    };
    const settings = { providers: { deaf: { baseUrl: "http://127.0.0.1:9/v1" } } };
    const agent = createAgentRuntime({
      settings: () => settings,
      clock: realClock,
      log: new RecordedLog(),
      fetch: deaf,
    });
    const controller = new AbortController();
    const heard: string[] = [];
    const turn = (async () => {
      for await (const part of agent.runTurn(createTurn({ model: "deaf/m" }), controller.signal)) {
        if (part.type !== "text") continue;
        heard.push(part.delta);
        setImmediate(() => controller.abort(REASON));
      }
    })();
    await expect(turn).rejects.toBe(REASON);
    expect(heard).toEqual(["one"]);
  });

  test("offline/echo can be aborted while it waits", async () => {
    await using agent = await startAgent({ settings: { defaults: { model: "offline/echo" } } });
    const controller = new AbortController();
    const running = outcomeOf(agent.parts(createTurn({ prompt: "/say working\n/wait 60000" }), controller.signal));
    setImmediate(() => controller.abort(REASON));
    expect((await running).error).toBe(REASON);
  });
});
