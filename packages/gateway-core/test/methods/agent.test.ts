import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { AgentError } from "../../src/ports.ts";
import type { AnyFrame } from "../support/raw-client.ts";
import { startGateway } from "../support/running-gateway.ts";
import { WallClock } from "../support/wall-clock.ts";
import { hangingScript } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const answersTo = (frames: readonly AnyFrame[], id: string) =>
  frames.filter((frame) => frame.type === "res" && frame.id === id);

describe("agent", () => {
  it.each([3, 4] as const)(
    "R5.6 answers twice with the same id, with the agent events between them (protocol %i)",
    async (protocol) => {
      await using gateway = await startGateway(directory.path);
      await using client = await gateway.connect({ protocol });
      client.sendRaw(
        JSON.stringify({
          type: "req",
          id: "ag1",
          method: "agent",
          params: { message: "hello", sessionKey: "agent:main:wire1", idempotencyKey: "k1" },
        }),
      );
      await eventually("both answers", () => answersTo(client.frames, "ag1").length === 2);
      const [ack, final] = answersTo(client.frames, "ag1");
      expect(ack).toMatchObject({
        ok: true,
        payload: { runId: "k1", status: "accepted", acceptedAt: expect.any(Number) as number },
      });
      expect(final).toMatchObject({
        ok: true,
        payload: {
          runId: "k1",
          status: "ok",
          summary: "completed",
          result: { payloads: [{ text: "Echo: hello", mediaUrl: null }], meta: { aborted: false } },
        },
      });
      const order = client.frames.map((frame) => (frame.type === "res" ? `res ${frame.id}` : `${frame.event}`));
      const between = order.slice(order.indexOf("res ag1") + 1, order.lastIndexOf("res ag1"));
      expect(between.filter((name) => name === "agent")).toHaveLength(5);
      expect(between.at(-1)).toBe("chat");
    },
  );

  it("14.11 answers once, with the stored answer, when a key is repeated after the end", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    const params = { message: "hello", idempotencyKey: "k1" };
    await client.request("agent", params, "first");
    await eventually("the final answer", () => answersTo(client.frames, "first").length === 2);
    await client.request("agent", params, "second");
    await client.request("health", {}, "barrier");
    expect(answersTo(client.frames, "second")).toMatchObject([{ ok: true, payload: { runId: "k1", status: "ok" } }]);
    expect(gateway.agent.turns).toHaveLength(1);
  });

  it("14.11 answers accepted once, and no more, when a key is repeated during the run", async () => {
    await using gateway = await startGateway(directory.path);
    const { script, begun } = hangingScript();
    gateway.agent.script = script;
    await using client = await gateway.connect();
    const params = { message: "hello", sessionKey: "main", idempotencyKey: "k1" };
    const first = await client.request("agent", params, "first");
    await begun;
    const second = await client.request("agent", params, "second");
    expect(second.payload).toEqual(first.payload);
    await client.request("chat.abort", { sessionKey: "main" }, "abort");
    await eventually("the end of the first", () => answersTo(client.frames, "first").length === 2);
    await client.request("health", {}, "barrier");
    expect(answersTo(client.frames, "second")).toHaveLength(1);
  });

  it("2.2 a run that fails ends with both a payload and an error, in words for people", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.agent.script = async function* () {
      yield { type: "text", delta: "I" };
      throw new AgentError(
        "authentication",
        "acme/large refused the API key (HTTP 401); set models.providers.acme.apiKey.",
      );
    };
    await using client = await gateway.connect();
    await client.request("agent", { message: "hello", idempotencyKey: "k1" }, "a");
    await eventually("both answers", () => answersTo(client.frames, "a").length === 2);
    expect(answersTo(client.frames, "a")[1]).toMatchObject({
      ok: false,
      payload: { runId: "k1", status: "error", summary: expect.stringContaining("refused the API key") as string },
      error: { code: "UNAVAILABLE", message: expect.stringContaining("HTTP 401") as string },
    });
    expect(await client.event("chat", ({ payload }) => payload?.["state"] === "error")).toMatchObject({
      payload: { errorKind: "authentication" },
    });
  });

  it("R5.7 ends with AGENT_TIMEOUT when its time is up", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.agent.script = hangingScript().script;
    await using client = await gateway.connect();
    await client.request("agent", { message: "hello", timeout: 1, idempotencyKey: "k1" }, "a");
    await eventually("both answers", () => answersTo(client.frames, "a").length === 2);
    expect(answersTo(client.frames, "a")[1]).toMatchObject({
      ok: false,
      error: { code: "AGENT_TIMEOUT", retryable: true },
    });
  });

  it("delivers its answer to the chat that last wrote in the session, when asked", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    gateway.platform.say({ chatId: "ada", text: "hi" });
    await gateway.platform.waitForSent();
    await client.request("agent", { message: "remind her", sessionKey: "main", deliver: true, idempotencyKey: "k1" });
    expect(await gateway.platform.waitForSent(({ text }) => text === "Echo: remind her")).toMatchObject({
      to: { chatId: "ada" },
    });
  });

  it.each([
    [{ agentId: "nope" }, 'unknown agent id "nope"; configured agents: main'],
    [{ sessionKey: "agent:other:main" }, 'unknown agent id "other"'],
    [{ deliver: true }, "nowhere to deliver to"],
    [{ deliver: true, to: "ada", channel: "nochan" }, "unsupported channel: nochan"],
    [{ attachments: [{ fileName: "a.png", content: "AAAA" }] }, "Attachments are not supported by this version"],
    [{ bogus: true }, "unexpected property 'bogus'"],
    [{ message: "" }, "at /message"],
  ])("14.13 refuses %j and says why", async (changes, message) => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    const answer = await client.request("agent", { message: "hello", idempotencyKey: "k1", ...changes });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: "INVALID_REQUEST", message: expect.stringContaining(message) as string },
    });
  });

  it("14.12 agent.wait answers the end of a run, and timeout for one that is unknown or still going", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    await client.request("agent", { message: "hello", idempotencyKey: "k1" });
    expect(await client.request("agent.wait", { runId: "k1", timeoutMs: 5_000 })).toMatchObject({
      payload: {
        runId: "k1",
        status: "ok",
        startedAt: expect.any(Number) as number,
        endedAt: expect.any(Number) as number,
      },
    });
    expect(await client.request("agent.wait", { runId: "nobody", timeoutMs: 0 })).toMatchObject({
      ok: true,
      payload: { status: "timeout" },
    });
    gateway.agent.script = hangingScript().script;
    await client.request("agent", { message: "hello", idempotencyKey: "k2" });
    expect(await client.request("agent.wait", { runId: "k2", timeoutMs: 50 })).toMatchObject({
      ok: true,
      payload: { status: "timeout" },
    });
  });

  it("takes models as provider and model, and thinking, for one run", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("agent", {
      message: "hi",
      provider: "acme",
      model: "large",
      thinking: "high",
      idempotencyKey: "k1",
    });
    expect(gateway.agent.turns[0]).toMatchObject({ model: "acme/large", thinking: "high" });
  });

  it("tells the next turn of the main session what the system noted", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("system-event", { text: "The backup is done." });
    await gateway.call("agent", { message: "hi", idempotencyKey: "k1" });
    await gateway.call("agent", { message: "again", idempotencyKey: "k2" });
    expect(gateway.agent.turns.map(({ prompt }) => prompt)).toEqual(["System: The backup is done.\nhi", "again"]);
  });

  it("keeps what the system noted across restarts: the newest twenty of a day, each once", async () => {
    const clock = new WallClock(Date.UTC(2026, 0, 5, 12));
    {
      await using gateway = await startGateway(directory.path, { clock });
      await gateway.call("system-event", { text: "long ago" });
      await clock.advance(25 * 60 * 60 * 1000);
      for (let n = 0; n < 30; n += 1) await gateway.call("system-event", { text: `line ${n}` });
      await gateway.call("system-event", { text: "line 29" });
      await gateway.call("wake", { text: "a reminder", mode: "next-heartbeat" });
    }
    await using gateway = await startGateway(directory.path, { clock });
    const lines = Array.from({ length: 20 }, (_, n) => `line ${n + 10}`);
    expect((await gateway.call("status", {})).queuedSystemEvents).toEqual([...lines, "a reminder"]);
    await gateway.call("agent", { message: "hi", idempotencyKey: "k1" });
    await gateway.call("agent", { message: "again", idempotencyKey: "k2" });
    const told = [...lines, "a reminder"].map((line) => `System: ${line}`);
    expect(gateway.agent.turns.map(({ prompt }) => prompt)).toEqual([[...told, "hi"].join("\n"), "again"]);
    await gateway.call("system-event", { text: "yesterday's news" });
    await clock.advance(25 * 60 * 60 * 1000);
    expect((await gateway.call("status", {})).queuedSystemEvents).toEqual([]);
    await gateway.call("agent", { message: "later", idempotencyKey: "k3" });
    expect(gateway.agent.turns.at(-1)?.prompt).toBe("later");
  });
});
