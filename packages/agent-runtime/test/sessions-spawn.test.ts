import type { AcceptedOf, MethodName, ToolContext } from "@openclaw/gateway-core/ports";
import { describe, expect, test } from "vitest";

import { builtInTools, type SubagentPolicy } from "../src/index.ts";

/** A turn's context whose gateway takes every run, and remembers it. */
function recordingContext() {
  const calls: { readonly method: MethodName; readonly params: unknown }[] = [];
  const context: ToolContext = {
    runId: "run-1",
    agentId: "main",
    sessionKey: "agent:main:main",
    toolCallId: "call-1",
    call: () => Promise.reject(new Error("nothing is called")),
    async start(method, params) {
      calls.push({ method, params });
      return { runId: "run-1:call-1", status: "accepted", acceptedAt: 1 } as AcceptedOf<typeof method>;
    },
  };
  return { context, calls };
}

describe("sessions_spawn", () => {
  const spawn = (input: unknown, context: ToolContext, policy: SubagentPolicy = {}) => {
    const found = builtInTools({ subagents: () => policy }).find(({ name }) => name === "sessions_spawn");
    if (!found) throw new Error("no tool sessions_spawn");
    return found.execute(input, context, new AbortController().signal);
  };

  test("starts a turn in a session of its own, once however often it is executed, and does not wait", async () => {
    const { context, calls } = recordingContext();
    const input = { task: "count", label: "Counting", thinking: "low", runTimeoutSeconds: 1.5, cleanup: "delete" };
    const result = await spawn(input, context, { model: "fake/small" });
    const childSessionKey = "agent:main:subagent:run-1:call-1";
    expect(result.details).toEqual({ status: "accepted", runId: "run-1:call-1", childSessionKey });
    expect(calls).toMatchObject([
      {
        method: "agent",
        params: {
          sessionKey: childSessionKey,
          message: "count",
          spawnedBy: "agent:main:main",
          deliver: false,
          label: "Counting",
          model: "fake/small",
          thinking: "low",
          timeout: 2,
          cleanup: "delete",
          idempotencyKey: "run-1:call-1",
        },
      },
    ]);
  });

  test.each([
    [undefined, "main", true],
    [undefined, "work", false],
    [["work"], "work", true],
    [["*"], "work", true],
    [["other"], "work", false],
  ])("with allowAgents %j a task for %s is given: %s", async (allowAgents, agentId, isGiven) => {
    const { context, calls } = recordingContext();
    const result = await spawn({ task: "count", agentId }, context, { allowAgents });
    expect(calls).toHaveLength(isGiven ? 1 : 0);
    if (!isGiven) expect(result.text).toContain("allowAgents");
  });

  test("wants a task", async () => {
    expect(await spawn({ task: " " }, recordingContext().context)).toMatchObject({ isError: true });
  });
});
