import type {
  AcceptedOf,
  MethodName,
  ParamsOf,
  ResultOf,
  Tool,
  ToolContext,
  ToolResult,
} from "@openclaw/gateway-core/ports";
import { describe, expect, test } from "vitest";

import { type AgentToAgent, builtInTools } from "../src/index.ts";

const NOW = Date.UTC(2026, 10, 24, 12);

type Sessions = ResultOf<"sessions.list">;

const SESSIONS: Sessions = {
  ts: NOW,
  path: "/state/openclaw.sqlite",
  count: 4,
  defaults: { modelProvider: "offline", model: "echo", contextTokens: 128_000 },
  sessions: [
    {
      key: "agent:main:main",
      kind: "direct",
      updatedAt: NOW - 120_000,
      lastChannel: "telegram",
      model: "gpt-5.2",
      modelProvider: "openai",
      totalTokens: 1_200,
      contextTokens: 400_000,
    },
    {
      key: "agent:main:telegram:group:-1",
      kind: "group",
      updatedAt: NOW - 7_200_000,
      channel: "telegram",
      displayName: "Family",
    },
    { key: "agent:main:cron:job-1", kind: "direct", updatedAt: NOW - 5 * 86_400_000 },
    { key: "hook:1", kind: "direct", updatedAt: null },
  ],
};

interface Recorded {
  readonly method: MethodName;
  readonly params: unknown;
}

/** A turn's context whose gateway gives the answers of the table. */
function contextWith(answers: { readonly [M in MethodName]?: (params: ParamsOf<M>) => ResultOf<M> }) {
  const calls: Recorded[] = [];
  const context: ToolContext = {
    runId: "run-1",
    agentId: "main",
    sessionKey: "agent:main:main",
    toolCallId: "call-1",
    async call(method, params) {
      calls.push({ method, params });
      const answer = answers[method];
      if (answer === undefined) throw new Error(`nothing answers ${method}`);
      return answer(params);
    },
    async start(method, params) {
      calls.push({ method, params });
      if (method !== "agent") throw new Error(`nothing starts ${method}`);
      return { runId: "run-1:call-1", status: "accepted", acceptedAt: NOW } as AcceptedOf<typeof method>;
    },
  };
  return { context, calls };
}

function tool(name: string, agentToAgent: AgentToAgent = {}): Tool {
  const found = builtInTools({ agentToAgent: () => agentToAgent }).find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no tool ${name}`);
  return found;
}

function execute(name: string, input: unknown, context: ToolContext): Promise<ToolResult> {
  return tool(name).execute(input, context, new AbortController().signal);
}

test("each tool declares a schema, a description, and whether it acts", () => {
  expect(builtInTools().map(({ name, sideEffects }) => [name, sideEffects])).toEqual([
    ["session_status", false],
    ["sessions_list", false],
    ["sessions_history", false],
    ["sessions_send", true],
    ["sessions_spawn", true],
    ["agents_list", false],
    ["message", true],
    ["cron", true],
    ["nodes", true],
    ["canvas", true],
  ]);
  for (const { parameters, description } of builtInTools()) {
    expect(parameters).toMatchObject({ type: "object" });
    expect(description.length).toBeGreaterThan(40);
  }
});

describe("sessions_list", () => {
  const list = () => contextWith({ "sessions.list": () => SESSIONS });

  test("shows sessions, newest first", async () => {
    const { context, calls } = list();
    const { text } = await execute("sessions_list", {}, context);
    expect(text.split("\n")).toEqual([
      "agent:main:main | main | telegram | 2 min ago | gpt-5.2",
      "agent:main:telegram:group:-1 | group | Family | telegram | 2 h ago",
      "agent:main:cron:job-1 | cron | 5 days ago",
      "hook:1 | hook",
    ]);
    expect(calls).toEqual([{ method: "sessions.list", params: { limit: 200 } }]);
  });

  test("chooses by kind and bounds the number", async () => {
    const { context, calls } = list();
    expect((await execute("sessions_list", { kinds: ["group", "hook"] }, context)).text.split("\n")).toHaveLength(2);
    expect(
      (await execute("sessions_list", { kinds: ["main", "cron"], limit: 1 }, context)).text.split("\n"),
    ).toHaveLength(1);
    expect((await execute("sessions_list", { kinds: ["node"] }, context)).text).toBe("There are no such sessions.");
    await execute("sessions_list", { limit: 5, activeMinutes: 10 }, context);
    expect(calls.at(-1)?.params).toEqual({ limit: 200, activeMinutes: 10 });
  });
});

describe("session_status", () => {
  test("shows this session and the time", async () => {
    const { context, calls } = contextWith({ "sessions.list": () => SESSIONS });
    const { text } = await execute("session_status", {}, context);
    expect(text).toMatch(/^Time: .*2026.*\(2026-11-24T12:00:00\.000Z\)$/mu);
    expect(text).toMatch(/^Session: agent:main:main$/mu);
    expect(text).toMatch(/^Model: openai\/gpt-5\.2$/mu);
    expect(text).toMatch(/^Context: 1200 of 400000 tokens$/mu);
    expect(calls[0]?.params).toMatchObject({ search: "agent:main:main" });
  });

  test("shows the defaults for a session that is not listed yet, and refuses an unknown one that was asked for", async () => {
    const { context } = contextWith({ "sessions.list": () => ({ ...SESSIONS, sessions: [] }) });
    expect((await execute("session_status", {}, context)).text).toMatch(/^Model: offline\/echo$/mu);
    const unknown = await execute("session_status", { sessionKey: "agent:main:nope" }, context);
    expect(unknown).toMatchObject({ isError: true });
    expect(unknown.text).toContain("sessions_list");
  });
});

describe("message", () => {
  const receipt: ResultOf<"send"> = { runId: "k", messageId: "42", channel: "telegram", chatId: "123", state: "sent" };

  test("sends, with a key that is the same for every execution of the call", async () => {
    const { context, calls } = contextWith({ send: () => receipt });
    const input = { action: "send", channel: "telegram", to: "123", message: "hi", replyTo: "7", threadId: "9" };
    const result = await execute("message", input, context);
    expect(result).toEqual({ text: "Sent to 123 on telegram as message 42.", details: receipt });
    await execute("message", input, context);
    const params = {
      to: "123",
      message: "hi",
      channel: "telegram",
      replyToId: "7",
      threadId: "9",
      idempotencyKey: "run-1:call-1",
    };
    expect(calls).toEqual([
      { method: "send", params },
      { method: "send", params },
    ]);
  });

  test("says when the message is not sent yet", async () => {
    const { context } = contextWith({ send: () => ({ runId: "k", channel: "telegram", state: "queued" }) });
    const { text } = await execute("message", { action: "send", to: "123", message: "hi" }, context);
    expect(text).toBe("Taken (queued) to 123 on telegram.");
  });

  test.each([
    [{ action: "poll", to: "1", message: "x" }, /only action is "send"/u],
    [{ action: "send", to: " ", message: "x" }, /"to" and "message" are required/u],
    [{ action: "send", to: "1" }, /"to" and "message" are required/u],
    ["text", /action/u],
  ])("%o is refused without a call", async (input, words) => {
    const { context, calls } = contextWith({});
    const result = await execute("message", input, context);
    expect(result).toMatchObject({ isError: true });
    expect(result.text).toMatch(words);
    expect(calls).toEqual([]);
  });

  test("what the gateway refuses is told to the model; what breaks is not", async () => {
    const refusal = Object.assign(new Error("unsupported channel: bogus"), {
      name: "GatewayError",
      code: "INVALID_REQUEST",
    });
    const refusing = contextWith({
      send: () => {
        throw refusal;
      },
    });
    const input = { action: "send", to: "1", message: "x", channel: "bogus" };
    expect(await execute("message", input, refusing.context)).toEqual({
      text: "INVALID_REQUEST: unsupported channel: bogus",
      isError: true,
    });
    await expect(execute("message", input, contextWith({}).context)).rejects.toThrow("nothing answers send");
  });
});

describe("sessions_history", () => {
  const history: ResultOf<"chat.history"> = {
    sessionKey: "agent:main:main",
    sessionId: "s-1",
    hasMore: true,
    messages: [
      { role: "user", content: "hello", timestamp: NOW },
      {
        role: "assistant",
        content: [
          { type: "text", text: "Let me see." },
          { type: "toolCall", id: "c1", name: "weather", arguments: { city: "Oslo" } },
        ],
        timestamp: NOW,
      },
      { role: "toolResult", content: [{ type: "text", text: "sunny" }], timestamp: NOW },
    ],
  };

  test("shows what was said, and with tools what was done", async () => {
    const { context, calls } = contextWith({ "chat.history": () => history });
    const { text } = await execute("sessions_history", { sessionKey: "agent:main:main", limit: 5 }, context);
    expect(text.split("\n")).toEqual([
      "[Older messages are left out.]",
      "[2026-11-24T12:00:00.000Z] user: hello",
      "[2026-11-24T12:00:00.000Z] assistant: Let me see.",
    ]);
    expect(calls[0]?.params).toEqual({ sessionKey: "agent:main:main", limit: 5 });
    const all = await execute("sessions_history", { sessionKey: "agent:main:main", includeTools: true }, context);
    expect(all.text).toContain('"name":"weather"');
    expect(all.text).toContain("toolResult: sunny");
  });

  test("says when there is no such session", async () => {
    const { context } = contextWith({ "chat.history": () => ({ sessionKey: "x", messages: [] }) });
    expect(await execute("sessions_history", { sessionKey: "agent:main:x" }, context)).toMatchObject({ isError: true });
  });
});

describe("sessions_send", () => {
  const listed = { "sessions.list": () => SESSIONS };
  const target = "agent:main:telegram:group:-1";
  const answering = (text: string): { agent: () => ResultOf<"agent"> } => ({
    agent: () => ({
      runId: "run-1:call-1",
      status: "ok",
      summary: "completed",
      result: {
        payloads: text === "" ? [] : [{ text, mediaUrl: null }],
        meta: { durationMs: 1, agentMeta: { sessionId: "s", provider: "p", model: "m" }, aborted: false },
      },
    }),
  });

  test("gives the answer of the other session, with a key that is the same for every execution", async () => {
    const { context, calls } = contextWith({ ...listed, ...answering("At six.") });
    const result = await execute("sessions_send", { sessionKey: target, message: "When is dinner?" }, context);
    expect(result).toEqual({ text: "At six.", details: { runId: "run-1:call-1", status: "ok", reply: "At six." } });
    expect(calls.at(-1)).toMatchObject({
      method: "agent",
      params: { sessionKey: target, message: "When is dinner?", deliver: false, idempotencyKey: "run-1:call-1" },
    });
  });

  test.each(["REPLY_SKIP", ""])("%j is no answer", async (reply) => {
    const { context } = contextWith({ ...listed, ...answering(reply) });
    const { text } = await execute("sessions_send", { sessionKey: target, message: "fyi" }, context);
    expect(text).toContain("nothing to answer");
  });

  test("with 0 seconds does not wait, and leaves the rest to the two sessions", async () => {
    const { context, calls } = contextWith(listed);
    const input = { sessionKey: target, message: "hi", timeoutSeconds: 0 };
    expect(await execute("sessions_send", input, context)).toMatchObject({ details: { status: "accepted" } });
    expect(calls.at(-1)?.params).toMatchObject({ spawnedBy: "agent:main:main", lane: "nested" });
  });

  test.each([[0.05, "timeout"]])("waits %d seconds at most", async (timeoutSeconds, status) => {
    const { context } = contextWith(listed);
    const call: ToolContext["call"] = (method, params) =>
      method === "agent" ? new Promise(() => {}) : context.call(method, params);
    const input = { sessionKey: target, message: "hi", timeoutSeconds };
    expect(await execute("sessions_send", input, { ...context, call })).toMatchObject({ details: { status } });
  });

  test("an abort ends the wait", async () => {
    const { context } = contextWith(listed);
    const call: ToolContext["call"] = (method, params) =>
      method === "agent" ? new Promise(() => {}) : context.call(method, params);
    const abort = new AbortController();
    const sending = tool("sessions_send").execute(
      { sessionKey: target, message: "hi" },
      { ...context, call },
      abort.signal,
    );
    abort.abort(new Error("stopped"));
    await expect(sending).rejects.toThrow("stopped");
  });

  test.each([
    [{ sessionKey: "agent:main:main", message: "hi" }, "your own session"],
    [{ sessionKey: "agent:main:nope", message: "hi" }, "no session"],
    [{ sessionKey: target }, "required"],
  ])("%o is refused", async (input, words) => {
    const { context } = contextWith({ ...listed, ...answering("x") });
    const result = await execute("sessions_send", input, context);
    expect(result).toMatchObject({ isError: true });
    expect(result.text).toContain(words);
  });
});

describe("tools.agentToAgent", () => {
  const other = {
    ...SESSIONS,
    sessions: [...SESSIONS.sessions, { key: "agent:work:main", kind: "direct", updatedAt: NOW }],
  };
  const answers = contextWith({
    "sessions.list": () => other as Sessions,
    "chat.history": () => ({ sessionKey: "agent:work:main", sessionId: "s", messages: [] }),
    "agents.list": () => ({
      defaultId: "main",
      mainKey: "main",
      scope: "per-sender",
      agents: [{ id: "main" }, { id: "work" }],
    }),
  });
  const run = (name: string, input: unknown, policy: AgentToAgent) =>
    tool(name, policy).execute(input, answers.context, new AbortController().signal);

  test.each([
    [{}, false],
    [{ enabled: false, allow: ["*"] }, false],
    [{ enabled: true }, true],
    [{ enabled: true, allow: ["main", "work"] }, true],
    [{ enabled: true, allow: ["work"] }, false],
    [{ enabled: true, allow: [] }, false],
    [{ enabled: true, allow: ["*"] }, true],
  ])("%o", async (policy, reaches) => {
    expect((await run("sessions_list", {}, policy)).text.includes("agent:work:main")).toBe(reaches);
    expect((await run("agents_list", {}, policy)).text.includes("work")).toBe(reaches);
    const history = await run("sessions_history", { sessionKey: "agent:work:main" }, policy);
    expect(history.isError ?? false).toBe(!reaches);
    const status = await run("session_status", { sessionKey: "agent:work:main" }, policy);
    expect(status.isError ?? false).toBe(!reaches);
    if (!reaches) {
      const sent = await run("sessions_send", { sessionKey: "agent:work:main", message: "hi" }, policy);
      expect(sent.text).toContain("tools.agentToAgent");
    }
  });
});
