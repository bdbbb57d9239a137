import type { MethodName, ParamsOf, ResultOf, Tool, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";
import { describe, expect, test } from "vitest";

import { builtInTools } from "../src/index.ts";

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
  };
  return { context, calls };
}

function tool(name: string): Tool {
  const found = builtInTools().find((candidate) => candidate.name === name);
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
    ["message", true],
  ]);
  for (const { parameters, description } of builtInTools()) {
    expect(parameters).toMatchObject({ type: "object", additionalProperties: false });
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
    expect(calls).toEqual([{ method: "sessions.list", params: { limit: 20 } }]);
  });

  test("chooses by kind and bounds the number", async () => {
    const { context, calls } = list();
    expect((await execute("sessions_list", { kinds: ["group", "hook"] }, context)).text.split("\n")).toHaveLength(2);
    expect(
      (await execute("sessions_list", { kinds: ["main", "cron"], limit: 1 }, context)).text.split("\n"),
    ).toHaveLength(1);
    expect((await execute("sessions_list", { kinds: ["node"] }, context)).text).toBe("There are no such sessions.");
    await execute("sessions_list", { limit: 5, activeMinutes: 10 }, context);
    expect(calls.at(-1)?.params).toEqual({ limit: 5, activeMinutes: 10 });
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
