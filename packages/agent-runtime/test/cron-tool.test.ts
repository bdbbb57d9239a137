import type { MethodName, ParamsOf, ResultOf, ToolContext, ToolResult } from "@openclaw/gateway-core/ports";
import { describe, expect, test } from "vitest";

import { builtInTools } from "../src/index.ts";

const NOW = Date.UTC(2026, 10, 24, 12);

/** A turn's context whose gateway gives the answers of the table. */
function contextWith(answers: { readonly [M in MethodName]?: (params: ParamsOf<M>) => ResultOf<M> }) {
  const calls: { readonly method: MethodName; readonly params: unknown }[] = [];
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
    start: () => Promise.reject(new Error("nothing starts")),
  };
  return { context, calls };
}

function execute(input: unknown, context: ToolContext): Promise<ToolResult> {
  const tool = builtInTools().find(({ name }) => name === "cron");
  if (tool === undefined) throw new Error("no tool cron");
  return tool.execute(input, context, new AbortController().signal);
}

describe("cron", () => {
  const job: ResultOf<"cron.add"> = {
    id: "job-1",
    name: "tea",
    enabled: true,
    createdAtMs: NOW,
    updatedAtMs: NOW,
    schedule: { kind: "at", atMs: NOW, at: "2026-11-24T12:00:00.000Z" },
    sessionTarget: "main",
    wakeMode: "now",
    payload: { kind: "systemEvent", text: "Tea." },
    state: { lastStatus: "ok" },
    nextRunAtMs: NOW,
  };
  const line = "job-1 | tea | 2026-11-24T12:00:00.000Z | next 2026-11-24T12:00:00.000Z | last ok";
  const gateway = () =>
    contextWith({
      "cron.status": () => ({ enabled: true, storePath: "/s", jobs: 1, nextWakeAtMs: NOW }),
      "cron.list": () => ({ jobs: [job] }),
      "cron.add": () => job,
      "cron.update": () => job,
      "cron.remove": () => ({ ok: true, removed: true }),
      "cron.run": () => ({ ok: true, enqueued: true }),
      "cron.runs": () => ({
        entries: [{ ts: NOW, jobId: "job-1", action: "finished", status: "skipped", slot: "missed", error: "away" }],
      }),
      wake: () => ({ ok: true }),
    });

  test.each([
    [{ action: "status" }, "cron.status", {}, "Jobs run: yes. Jobs: 1. Next: 2026-11-24T12:00:00.000Z."],
    [{ action: "list" }, "cron.list", { includeDisabled: false }, line],
    [{ action: "add", job: { name: "tea" } }, "cron.add", { job: { agentId: "main", name: "tea" } }, `Added. ${line}`],
    [
      { action: "update", id: "job-1", job: { enabled: false } },
      "cron.update",
      { id: "job-1", patch: { enabled: false } },
      `Changed. ${line}`,
    ],
    [{ action: "remove", id: "job-1" }, "cron.remove", { id: "job-1" }, "Removed job-1."],
    [
      { action: "run", id: "job-1" },
      "cron.run",
      { id: "job-1", mode: "force" },
      "It runs now; runs shows how it ends.",
    ],
    [
      { action: "runs", id: "job-1" },
      "cron.runs",
      { id: "job-1", limit: 10 },
      "2026-11-24T12:00:00.000Z | missed | away",
    ],
    [{ action: "wake", text: "hi", mode: "now" }, "wake", { text: "hi", mode: "now" }, "The main session is woken."],
  ])("%j asks the gateway", async (input, method, params, text) => {
    const { context, calls } = gateway();
    expect((await execute(input, context)).text).toBe(text);
    expect(calls).toEqual([{ method, params }]);
  });

  test.each([
    [{ action: "add" }, '"job" is required for add'],
    [{ action: "run" }, '"id" is required for run'],
    [{ action: "update", id: "job-1" }, '"job" is required for update'],
    [{ action: "wake" }, '"text" is required for wake'],
    [{ action: "dance" }, 'The action "dance" does not exist.'],
  ])("%j is told what is missing", async (input, text) => {
    const { context, calls } = gateway();
    const result = await execute(input, context);
    expect(result.isError).toBe(true);
    expect(result.text).toContain(text);
    expect(calls).toEqual([]);
  });
});
