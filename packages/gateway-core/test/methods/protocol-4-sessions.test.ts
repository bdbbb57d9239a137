import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";
import { hangingScript } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const KEY = "agent:main:sub1";

describe("16.8 live updates of sessions", () => {
  it("tell those who asked what changes, and of messages only those of the sessions they follow", async () => {
    await using gateway = await startGateway(directory.path);
    await using watcher = await gateway.connect({ scopes: ["operator.read"] });
    await using bystander = await gateway.connect({ protocol: 3 });
    expect((await watcher.request("sessions.subscribe", {})).payload).toEqual({ subscribed: true });
    const followed = await watcher.request("sessions.messages.subscribe", { key: "sub1" });
    expect(followed.payload).toEqual({ subscribed: true, key: KEY });

    const sent = await gateway.call("sessions.send", { key: KEY, message: "hello sub", idempotencyKey: "s-1" });
    expect(sent).toEqual({ runId: "s-1", status: "started" });
    await watcher.event("sessions.changed", ({ payload }) => payload?.["phase"] === "end");
    const messages = watcher.events("session.message").map(({ payload }) => payload);
    expect(messages).toMatchObject([
      {
        sessionKey: KEY,
        agentId: "main",
        messageSeq: 1,
        message: {
          role: "user",
          content: [{ type: "text", text: "hello sub" }],
          idempotencyKey: "s-1:user",
          __openclaw: { seq: 1, runId: "s-1" },
        },
      },
      { messageSeq: 2, message: { role: "assistant", content: [{ type: "text", text: "Echo: hello sub" }] } },
    ]);
    const ended = watcher.events("sessions.changed").at(-1);
    expect(ended?.payload).toMatchObject({
      sessionKey: KEY,
      runId: "s-1",
      session: { key: KEY, totalTokens: 8, hasActiveRun: false, lastMessagePreview: "Echo: hello sub" },
    });
    expect(ended?.seq).toEqual(expect.any(Number));

    await gateway.call("sessions.patch", { key: KEY, label: "Label" });
    const patched = await watcher.event("sessions.changed", ({ payload }) => payload?.["reason"] === "patch");
    expect(patched.payload).toMatchObject({ session: { label: "Label" } });
    await gateway.call("chat.inject", { sessionKey: KEY, message: "from outside" });
    await watcher.event("session.message", ({ payload }) => payload?.["messageSeq"] === 3);
    await gateway.call("chat.send", { sessionKey: "main", message: "elsewhere", idempotencyKey: "e" });
    await watcher.event("sessions.changed", ({ payload }) => payload?.["sessionKey"] === "agent:main:main");
    await gateway.call("sessions.delete", { key: KEY });
    const deleted = await watcher.event("sessions.changed", ({ payload }) => payload?.["reason"] === "delete");
    expect(deleted.payload).not.toHaveProperty("session");
    expect(watcher.events("session.message")).toHaveLength(3);

    expect((await watcher.request("sessions.unsubscribe")).payload).toEqual({ subscribed: false });
    const left = await watcher.request("sessions.messages.unsubscribe", { key: KEY });
    expect(left.payload).toEqual({ subscribed: false, key: KEY });
    const known = watcher.frames.length;
    await gateway.call("sessions.patch", { key: "other", label: "Other" });
    await watcher.request("health");
    expect(watcher.frames.slice(known).map(({ event }) => event)).not.toContain("sessions.changed");
    for (const name of ["sessions.changed", "session.message"]) expect(bystander.events(name)).toEqual([]);
  });

  it("hand the list out with the subscription to those who want it", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("sessions.create", { key: "one" });
    await using client = await gateway.connect();
    const params = { limit: 5, configuredAgentsOnly: true, ownerFirst: true };
    const { payload } = await client.request("sessions.subscribe", params);
    expect(payload).toMatchObject({ subscribed: true, list: { count: 1, sessions: [{ key: "agent:main:one" }] } });
  });

  it("end with the connection", async () => {
    await using gateway = await startGateway(directory.path);
    await using stays = await gateway.connect();
    const leaves = await gateway.connect();
    for (const client of [stays, leaves]) await client.request("sessions.subscribe");
    await leaves[Symbol.asyncDispose]();
    await gateway.call("sessions.patch", { key: "one", label: "One" });
    await stays.event("sessions.changed");
    const deliveries = gateway.log.lines.filter(
      ({ message, fields }) => message === "event" && fields?.["event"] === "sessions.changed",
    );
    expect(deliveries.map(({ fields }) => fields?.["receivers"])).toEqual([1]);
  });
});

describe("sessions of protocol 4", () => {
  it("are made, described, read and begun with a message", async () => {
    await using gateway = await startGateway(directory.path);
    const made = await gateway.call("sessions.create", { label: "Kitchen" });
    expect(made).toMatchObject({
      ok: true,
      key: expect.stringMatching(/^agent:main:dashboard:[0-9a-f-]{36}$/u) as string,
      entry: { label: "Kitchen", sessionId: made.sessionId },
      runStarted: false,
      resolved: { modelProvider: "scripted", model: "test" },
    });
    await expect(gateway.call("sessions.create", { label: "Kitchen" })).rejects.toMatchObject({
      message: "label already in use: Kitchen",
    });
    await expect(gateway.call("sessions.create", { key: "agent:main:x", agentId: "other" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    const said = await gateway.call("sessions.create", { key: "begun", message: "hi", parentSessionKey: made.key });
    expect(said.runStarted).toBe(true);
    await gateway.call("agent.wait", { runId: said.runId ?? "" });
    const { messages } = await gateway.call("sessions.get", { key: "begun" });
    expect(messages.map((message) => [message.role, message["__openclaw"]?.["seq"]])).toEqual([
      ["user", 1],
      ["assistant", 2],
    ]);
    expect((await gateway.call("sessions.get", { key: "begun", limit: 1 })).messages).toMatchObject([
      { role: "assistant", __openclaw: { seq: 2 } },
    ]);
    const { session } = await gateway.call("sessions.describe", { key: "begun", includeDerivedTitles: true });
    expect(session).toMatchObject({ key: "agent:main:begun", derivedTitle: "hi", spawnedBy: made.key });
    expect(await gateway.call("sessions.describe", { key: "none" })).toEqual({ session: null });
    expect(await gateway.call("sessions.get", { key: "none" })).toEqual({ messages: [] });
  });

  it("are stopped, and turned to something else", async () => {
    await using gateway = await startGateway(directory.path);
    const none = { ok: true, abortedRunId: null, status: "no-active-run" };
    expect(await gateway.call("sessions.abort", { key: KEY })).toEqual(none);
    const first = hangingScript();
    gateway.agent.script = first.script;
    await gateway.call("sessions.send", { key: KEY, message: "long", idempotencyKey: "long" });
    await first.begun;
    const second = hangingScript();
    gateway.agent.script = second.script;
    const steer = { key: KEY, message: "instead", idempotencyKey: "instead" };
    expect(await gateway.call("sessions.steer", steer)).toEqual({
      runId: "instead",
      status: "started",
      interruptedActiveRun: true,
    });
    await second.begun;
    expect(await gateway.call("sessions.steer", steer)).toEqual({ runId: "instead", status: "in_flight" });
    const aborted = await gateway.call("sessions.abort", { key: KEY, runId: "instead" });
    expect(aborted).toEqual({ ok: true, abortedRunId: "instead", status: "aborted" });
    await eventually("the first run to end", async () => {
      const { status } = await gateway.call("agent.wait", { runId: "long", timeoutMs: 1_000 });
      return status !== "timeout" || undefined;
    });
  });
});

describe("chat pages of protocol 4", () => {
  it("get what they need at once", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("agent", { message: "hello", sessionKey: "main", idempotencyKey: "k" });
    await gateway.call("agent", { message: "again", sessionKey: "main", idempotencyKey: "l" });
    const startup = await gateway.call("chat.startup", { sessionKey: "main", limit: 3 });
    expect(startup).toMatchObject({
      sessionKey: "agent:main:main",
      hasMore: true,
      totalMessages: 4,
      pendingInputs: { items: [], total: 0 },
      defaults: { modelProvider: "scripted", model: "test" },
      sessionInfo: { key: "agent:main:main", derivedTitle: "hello" },
    });
    expect(startup.messages.map((message) => message["__openclaw"]?.["seq"])).toEqual([2, 3, 4]);
    expect((await gateway.call("chat.startup", { sessionKey: "main", maxBytes: 1 })).messages).toHaveLength(1);
    const empty = await gateway.call("chat.startup", { sessionKey: "agent:main:none" });
    expect(empty).toMatchObject({ messages: [], totalMessages: 0, sessionInfo: null });
    const metadata = await gateway.call("chat.metadata", { sessionKey: "main" });
    expect(metadata.models.map(({ id }) => id)).toEqual(["test"]);
    const help = { name: "help", textAliases: expect.arrayContaining(["/help"]) as string[], acceptsArgs: false };
    expect(metadata.commands).toContainEqual(expect.objectContaining(help));
    expect(await gateway.call("commands.list", {})).toEqual({ commands: metadata.commands });
  });
});
