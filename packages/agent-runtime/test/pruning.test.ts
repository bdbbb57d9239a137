import type { TranscriptMessage } from "@openclaw/gateway-core/ports";
import { describe, expect, test } from "vitest";

import type { ConversationMessage } from "../src/history/conversation.ts";
import { type PruningSettings, pruneToolResults } from "../src/history/pruning.ts";
import { startAgent } from "./harness.ts";

const NOW = 10_000_000;

/** One exchange with a tool result of so many characters. */
function exchange(name: string, length: number): ConversationMessage[] {
  const id = `${name}-${length}`;
  return [
    { role: "user", text: "look" },
    { role: "assistant", text: "", toolCalls: [{ id, name, input: {} }] },
    { role: "tool", results: [{ id, name, text: `<${"x".repeat(length - 2)}>`, isError: false }] },
    { role: "assistant", text: "seen", toolCalls: [] },
  ];
}

function lengths(conversation: readonly ConversationMessage[]): number[] {
  return conversation.flatMap((message) =>
    message.role === "tool" ? message.results.map(({ text }) => text.length) : [],
  );
}

function prune(conversation: readonly ConversationMessage[], settings: PruningSettings, contextWindow = 40_000) {
  return pruneToolResults(conversation, settings, { contextWindow, lastAskedAt: NOW - 6 * 60_000, now: NOW });
}

describe("old tool results", () => {
  const conversation = [...exchange("exec", 30_000), ...exchange("web_fetch", 40_000), ...exchange("exec", 9_000)];

  test("are cut to their ends from three tenths of the window on, but for those of the last answers", () => {
    const pruned = prune(conversation, { mode: "cache-ttl" });
    const [first = 0, second = 0, third] = lengths(pruned);
    expect([first < 3_100, second < 3_100, third]).toEqual([true, true, 9_000]);
    const [, , message] = pruned;
    const text = message?.role === "tool" ? message.results[0]?.text : undefined;
    expect(text).toMatch(/^<x{1499}\n\.\.\.\nx{1499}>\n\[Tool result trimmed: it had 30000 characters\.\]$/u);
    expect(lengths(prune(conversation, { mode: "cache-ttl" }, 200_000))).toEqual([30_000, 40_000, 9_000]);
  });

  test("go altogether, the oldest first, while they fill half of the window", () => {
    const many = Array.from({ length: 30 }, () => exchange("exec", 3_900)).flat();
    const left = lengths(prune(many, { mode: "adaptive" }, 40_000));
    expect(left.filter((length) => length < 100).length).toBeGreaterThan(5);
    expect(left.indexOf(3_900)).toBe(left.filter((length) => length < 100).length);
    expect(left.reduce((sum, length) => sum + length, 0)).toBeLessThan(80_000);
    expect(lengths(prune(many, { mode: "adaptive", minPrunableToolChars: 1_000_000 }))).toEqual(
      Array.from({ length: 30 }, () => 3_900),
    );
    expect(lengths(prune(many, { mode: "adaptive", hardClear: { enabled: false } }))).not.toContain(33);
    expect(
      new Set(lengths(prune(many.slice(0, 12), { mode: "aggressive", keepLastAssistants: 1 }, 1_000_000))),
    ).toEqual(new Set([33]));
  });

  test("stay while the cache is warm, where it is off, and where their tool is not meant", () => {
    const same = lengths(conversation);
    const warm = { contextWindow: 40_000, lastAskedAt: NOW - 60_000, now: NOW };
    expect(lengths(pruneToolResults(conversation, { mode: "cache-ttl" }, warm))).toEqual(same);
    expect(lengths(pruneToolResults(conversation, { mode: "cache-ttl", ttlMs: 1_000 }, warm))).not.toEqual(same);
    expect(lengths(prune(conversation, { mode: "off" }))).toEqual(same);
    expect(lengths(prune(conversation, { mode: "adaptive", tools: { deny: ["*"] } }))).toEqual(same);
    expect(lengths(prune(conversation, { mode: "adaptive", tools: { allow: ["web_*"] } }))[0]).toBe(30_000);
    expect(lengths(prune(conversation.slice(0, 4), { mode: "adaptive" }, 1_000))).toEqual([30_000]);
  });
});

test("a model reads its old tool results shortened, and the transcript keeps them", async () => {
  await using agent = await startAgent({
    settings: { defaults: { model: "fake/model-1", contextPruning: { mode: "adaptive", softTrimRatio: 0 } } },
  });
  const history = Array.from({ length: 4 }, (_, n): TranscriptMessage[] => [
    { role: "user", content: [{ type: "text", text: "look" }], timestamp: n },
    { role: "assistant", content: [{ type: "toolCall", id: `c${n}`, name: "look", arguments: {} }], timestamp: n },
    {
      role: "toolResult",
      toolCallId: `c${n}`,
      toolName: "look",
      content: [{ type: "text", text: "y".repeat(6_000) }],
      isError: false,
      timestamp: n,
    },
    { role: "assistant", content: [{ type: "text", text: "seen" }], timestamp: n },
  ]).flat();
  await agent.run({ prompt: "go on", history });
  const read = JSON.stringify(agent.model.requests[0]?.body["messages"]);
  expect(read.match(/Tool result trimmed: it had 6000 characters/gu)).toHaveLength(3);
  expect(read.match(/y{6000}/gu)).toHaveLength(1);
});
