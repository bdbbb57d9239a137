import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";
import { hangingScript } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const say = (message: string, idempotencyKey: string, more: object = {}) => ({
  sessionKey: "main",
  message,
  idempotencyKey,
  ...more,
});

describe("R6.12 chat.send", () => {
  it("answers started at once, then tells the reply as chat events under the session's full key", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    expect(await client.request("chat.send", say("hello", "c1"))).toMatchObject({
      ok: true,
      payload: { runId: "c1", status: "started" },
    });
    const final = await client.event("chat", ({ payload }) => payload?.["state"] === "final");
    expect(final.payload).toMatchObject({
      runId: "c1",
      sessionKey: "agent:main:main",
      message: { role: "assistant", content: [{ type: "text", text: "Echo: hello" }] },
    });
    const deltas = client.events("chat").filter(({ payload }) => payload?.["state"] === "delta");
    expect(deltas.map(({ payload }) => payload?.["deltaText"]).join("")).toBe("Echo: hello");
  });

  it("15.1 says what became of a key that is repeated", async () => {
    await using gateway = await startGateway(directory.path);
    const { script, begun } = hangingScript();
    await using client = await gateway.connect();
    gateway.agent.script = script;
    await client.request("chat.send", say("first", "c1"));
    await begun;
    expect((await client.request("chat.send", say("first", "c1"))).payload).toEqual({
      runId: "c1",
      status: "in_flight",
    });
    await client.request("chat.abort", { sessionKey: "main", runId: "c1" });
    expect((await client.request("chat.send", say("first", "c1"))).payload).toMatchObject({
      status: "timeout",
      summary: "aborted",
      stopReason: "rpc",
    });
  });

  it("15.5 answers a command with started, then one chat final with seq 1 and no agent events", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    const answer = await client.request("chat.send", say("/status", "c8"));
    expect(answer.payload).toEqual({ runId: "c8", status: "started" });
    const final = await client.event("chat", ({ payload }) => payload?.["runId"] === "c8");
    expect(final.payload).toMatchObject({
      seq: 1,
      state: "final",
      sessionKey: "agent:main:main",
      message: { role: "assistant", content: [{ text: expect.stringContaining("OpenClaw 1.2.3") as string }] },
    });
    expect(client.frames.indexOf(answer)).toBeLessThan(client.frames.indexOf(final));
    expect(client.events("agent")).toEqual([]);
    expect((await client.request("chat.send", say("/status", "c8"))).payload).toMatchObject({ status: "ok" });
    expect(client.events("chat")).toHaveLength(1);
  });

  it("begins a session anew by /new, and lets only an administrator use what is the owner's", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    const told = async (message: string, key: string, by = client) => {
      await by.request("chat.send", say(message, key));
      const ended = ({ payload }: { payload?: Record<string, unknown> }) =>
        payload?.["runId"] === key && payload["state"] === "final";
      return JSON.stringify((await by.event("chat", ended)).payload);
    };
    await told("hello", "c1");
    const before = await client.request("chat.history", { sessionKey: "main" });
    expect(await told("/new again", "c2")).toContain("Echo: again");
    const after = await client.request("chat.history", { sessionKey: "main" });
    expect(after.payload?.["sessionId"]).not.toBe(before.payload?.["sessionId"]);
    expect(await told("/send off", "c3")).toContain("no longer delivered");
    await using writer = await gateway.connect({ scopes: ["operator.read", "operator.write"] });
    expect(await told("/send on", "c4", writer)).toContain("/send is for the owner");
  });

  it("refuses what the session's send policy forbids, but for the command that lifts it", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    await gateway.call("sessions.patch", { key: "main", sendPolicy: "deny" });
    expect(await client.request("chat.send", say("hello", "c1"))).toMatchObject({
      ok: false,
      error: { code: "INVALID_REQUEST", details: { reason: "send-policy" } },
    });
    const route = { deliver: true, channel: "memory", to: "ada" };
    const agent = { message: "hello", sessionKey: "main", idempotencyKey: "a1", ...route };
    await expect(gateway.call("agent", agent)).rejects.toMatchObject({ details: { reason: "send-policy" } });
    expect(await client.request("chat.send", say("/send on", "c2"))).toMatchObject({ ok: true });
    expect(await client.request("chat.send", say("hello", "c3"))).toMatchObject({ payload: { status: "started" } });
  });

  it("15.3 chat.abort sends the aborted event, with what was said so far, before it answers", async () => {
    await using gateway = await startGateway(directory.path);
    const { script, begun } = hangingScript();
    gateway.agent.script = script;
    await using client = await gateway.connect();
    await client.request("chat.send", say("first", "c1"));
    await begun;
    const answer = await client.request("chat.abort", { sessionKey: "agent:main:main" }, "abort");
    expect(answer.payload).toEqual({ ok: true, aborted: true, runIds: ["c1"] });
    const aborted = client.frames.findIndex(
      ({ event, payload }) => event === "chat" && payload?.["state"] === "aborted",
    );
    expect(aborted).toBeGreaterThan(-1);
    expect(aborted).toBeLessThan(client.frames.indexOf(answer));
    expect(client.frames[aborted]?.payload).toMatchObject({
      stopReason: "rpc",
      message: { content: [{ text: "So far" }] },
    });
    expect((await client.request("chat.abort", { sessionKey: "main" })).payload).toEqual({
      ok: true,
      aborted: false,
      runIds: [],
    });
  });

  it.each(["/stop", "stop", "Abort"])("15.4 takes the message %s as a wish to stop", async (word) => {
    await using gateway = await startGateway(directory.path);
    const { script, begun } = hangingScript();
    gateway.agent.script = script;
    await using client = await gateway.connect();
    await client.request("chat.send", say("first", "c1"));
    await begun;
    expect((await client.request("chat.send", say(word, "c2"))).payload).toEqual({
      ok: true,
      aborted: true,
      runIds: ["c1"],
    });
  });

  it.each([
    [{ message: " " }, "message or attachment required"],
    [{ idempotencyKey: undefined }, "must have required property 'idempotencyKey'"],
    [{ deliver: true }, "nowhere to deliver to"],
  ])("15.10 refuses %j", async (changes, message) => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    expect(await client.request("chat.send", say("hello", "c1", changes))).toMatchObject({
      ok: false,
      error: { code: "INVALID_REQUEST", message: expect.stringContaining(message) as string },
    });
  });
});

describe("chat.history and chat.inject", () => {
  it("15.8 gives what was said, oldest first, the newest so many", async () => {
    await using gateway = await startGateway(directory.path);
    for (const key of ["c1", "c2"]) {
      await gateway.call("chat.send", say(key, key));
      await gateway.call("agent.wait", { runId: key });
    }
    const { messages, sessionId } = await gateway.call("chat.history", { sessionKey: "main" });
    expect(sessionId).toMatch(/^[0-9a-f-]{36}$/);
    expect(messages.map(({ role, content }) => [role, content])).toEqual([
      ["user", [{ type: "text", text: "c1" }]],
      ["assistant", [{ type: "text", text: "Echo: c1" }]],
      ["user", [{ type: "text", text: "c2" }]],
      ["assistant", [{ type: "text", text: "Echo: c2" }]],
    ]);
    const last = await gateway.call("chat.history", { sessionKey: "main", limit: 1 });
    expect(last).toMatchObject({ hasMore: true, messages: [{ role: "assistant" }] });
    const small = await gateway.call("chat.history", { sessionKey: "main", maxBytes: 1 });
    expect(small.messages).toHaveLength(1);
  });

  it("15.8 knows nothing of a session nobody spoke in", async () => {
    await using gateway = await startGateway(directory.path);
    expect(await gateway.call("chat.history", { sessionKey: "agent:main:none" })).toEqual({
      sessionKey: "agent:main:none",
      messages: [],
      hasMore: false,
    });
  });

  it("shows the question while the turn that answers it still runs", async () => {
    await using gateway = await startGateway(directory.path);
    const { script, begun } = hangingScript();
    gateway.agent.script = script;
    await gateway.call("chat.send", say("hello", "c1"));
    await begun;
    expect((await gateway.call("chat.history", { sessionKey: "main" })).messages).toMatchObject([{ role: "user" }]);
  });

  it("15.7 injects a note, with its event before the answer, and refuses an unknown session", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect();
    expect(await client.request("chat.inject", { sessionKey: "main", message: "note" })).toMatchObject({
      error: { message: expect.stringContaining("session not found") as string },
    });
    await gateway.call("agent", { message: "hello", idempotencyKey: "k1" });
    const answer = await client.request("chat.inject", { sessionKey: "main", message: "It is done.", label: "backup" });
    const messageId = String(answer.payload?.["messageId"]);
    const event = client.events("chat").find(({ payload }) => payload?.["runId"] === `inject-${messageId}`);
    expect(event?.payload).toMatchObject({
      seq: 0,
      state: "final",
      message: { content: [{ text: "[backup]\n\nIt is done." }] },
    });
    expect(client.frames.indexOf(event ?? answer)).toBeLessThan(client.frames.indexOf(answer));
    expect((await gateway.call("chat.history", { sessionKey: "main" })).messages.at(-1)).toMatchObject({
      role: "assistant",
    });
  });
});
