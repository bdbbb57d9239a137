import type { AgentErrorReason, TurnPart } from "@openclaw/gateway-core/ports";
import type { FakeReply } from "@openclaw/testkit/fake-model";
import { describe, expect, test } from "vitest";

import { type AgentRuntimeSettings, createAgentRuntime } from "../src/index.ts";
import { Cooldowns } from "../src/models/cooldowns.ts";
import { createTurn, type Outcome, outcomeOf, realClock, RecordedLog, SECRET, startAgent } from "./harness.ts";

const MINUTE = 60_000;
const TWO_MODELS: AgentRuntimeSettings = { defaults: { model: { primary: "fake/first", fallbacks: ["fake/second"] } } };

/** A real clock whose time of day is moved by hand. */
function movableClock() {
  let shift = 0;
  return {
    clock: { ...realClock, now: () => realClock.now() + shift },
    move: (milliseconds: number) => {
      shift += milliseconds;
    },
  };
}

function modelParts({ parts }: Outcome) {
  return parts.filter((part): part is Extract<TurnPart, { type: "model" }> => part.type === "model");
}

const failure = (status: number, headers: Record<string, string> = {}): FakeReply => ({
  kind: "error",
  status,
  message: "no",
  headers,
});

describe("cooldowns", () => {
  test("a model that failed is left alone, and the next turns say which one stands for it", async () => {
    const { clock, move } = movableClock();
    await using agent = await startAgent({ settings: TWO_MODELS, clock });
    agent.model.enqueue(failure(503));
    const insteadOf = { provider: "fake", model: "first" };
    expect(modelParts(await agent.run())).toMatchObject([{ model: "first" }, { model: "second", insteadOf }]);
    expect(modelParts(await agent.run())).toMatchObject([{ model: "second", insteadOf }]);
    move(MINUTE);
    expect(modelParts(await agent.run())).toEqual([{ type: "model", provider: "fake", model: "first" }]);
    expect(agent.model.requests.map(({ model }) => model)).toEqual(["first", "second", "second", "first"]);
  });

  test("a provider that limits the rate says how long", async () => {
    const { clock, move } = movableClock();
    await using agent = await startAgent({ settings: TWO_MODELS, clock });
    agent.model.enqueue(failure(429, { "retry-after": "600" }));
    await agent.run();
    move(9 * MINUTE);
    expect((await agent.run()).models).toEqual(["fake/second"]);
    move(MINUTE);
    expect((await agent.run()).models).toEqual(["fake/first"]);
  });

  test("when all are left alone, whoever is ready first is asked all the same", async () => {
    const { clock, move } = movableClock();
    await using agent = await startAgent({ settings: TWO_MODELS, clock });
    agent.model.enqueue(failure(429, { "retry-after": "600" }), failure(503));
    expect((await agent.run()).error).toMatchObject({ reason: "rate-limit" });
    move(1_000);
    expect((await agent.run()).models).toEqual(["fake/second"]);
  });

  test("another key is worth a try at once", async () => {
    await using agent = await startAgent();
    let apiKey = SECRET;
    const runtime = createAgentRuntime({
      settings: () => ({ ...TWO_MODELS, providers: { fake: { baseUrl: agent.model.baseUrls.openai, apiKey } } }),
      clock: realClock,
      log: new RecordedLog(),
    });
    const run = () => outcomeOf(runtime.runTurn(createTurn(), new AbortController().signal));
    agent.model.enqueue(failure(401));
    await run();
    expect((await run()).models).toEqual(["fake/second"]);
    apiKey = "sk-another-key-12345";
    expect((await run()).models).toEqual(["fake/first"]);
  });
});

describe("Cooldowns", () => {
  const failed = (reason: AgentErrorReason, retryAfterMs?: number) => ({ reason, retryAfterMs });

  test("last 1, 5, 25 and 60 minutes, and begin anew after a success or a quiet day", () => {
    const { clock, move } = movableClock();
    const cooldowns = new Cooldowns(clock);
    const lasts = () => Math.round(((cooldowns.of("a/b", "k")?.until ?? 0) - clock.now()) / MINUTE);
    const minutes = [1, 2, 3, 4, 5].map(() => {
      cooldowns.failed("a/b", "k", failed("network"));
      return lasts();
    });
    expect(minutes).toEqual([1, 5, 25, 60, 60]);
    cooldowns.succeeded("a/b");
    expect(cooldowns.of("a/b", "k")).toBeUndefined();
    cooldowns.failed("a/b", "k", failed("overloaded"));
    cooldowns.failed("a/b", "k", failed("overloaded"));
    expect(lasts()).toBe(5);
    move(24 * 60 * MINUTE);
    cooldowns.failed("a/b", "k", failed("overloaded"));
    expect(lasts()).toBe(1);
  });

  test("are for failures that pass, never longer than an hour, and bounded in number", () => {
    const cooldowns = new Cooldowns(realClock);
    for (const reason of [
      "invalid-request",
      "context-length",
      "unknown-model",
      "no-credentials",
      "internal",
    ] as const) {
      cooldowns.failed("a/b", "k", failed(reason));
      expect(cooldowns.of("a/b", "k"), reason).toBeUndefined();
    }
    cooldowns.failed("a/b", "k", failed("rate-limit", 24 * 60 * MINUTE));
    expect(cooldowns.of("a/b", "k")?.until).toBeLessThanOrEqual(realClock.now() + 60 * MINUTE);
    for (let index = 0; index < 300; index += 1) cooldowns.failed(`a/${index}`, "k", failed("network"));
    const left = Array.from({ length: 300 }, (_, index) => cooldowns.of(`a/${index}`, "k")).filter(Boolean);
    expect(left).toHaveLength(256);
  });
});
