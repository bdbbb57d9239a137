import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { TranscriptMessage } from "../../src/ports.ts";
import { startGateway } from "../support/running-gateway.ts";
import { finishPart, sayParts } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const text = (words: string) => [{ type: "text" as const, text: words }];
const SUMMARY: TranscriptMessage = {
  role: "compaction",
  content: text("They greeted each other."),
  timestamp: 2,
  keptSince: 2,
  tokensBefore: 90,
  tokensAfter: 10,
};

describe("a turn that summarises its session", () => {
  it("leaves the summary in the transcript, tells clients, and every later turn begins from it", async () => {
    await using gateway = await startGateway(directory.path);
    const streams: string[] = [];
    gateway.events.on("agent", ({ stream }) => void streams.push(stream));
    gateway.agent.script = async function* () {
      yield { type: "compaction", summary: "They greeted each other.", tokensBefore: 90, tokensAfter: 10 };
      yield { type: "text", delta: "Hello." };
      yield finishPart([SUMMARY, { role: "assistant", content: text("Hello."), timestamp: 3 }]);
    };
    const run = await gateway.call("agent", { message: "hi", idempotencyKey: "k0" });
    expect(run.result?.payloads).toEqual([{ text: "Hello.", mediaUrl: null }]);
    expect(streams).toContain("compaction");
    gateway.agent.script = () => sayParts("Yes.");
    await gateway.call("agent", { message: "again", idempotencyKey: "k1" });
    expect(gateway.agent.turns[1]?.history.map(({ role }) => role)).toEqual(["user", "compaction", "assistant"]);

    const many = Array.from({ length: 500 }, (): TranscriptMessage => ({
      role: "assistant",
      content: text("x"),
      timestamp: 4,
    }));
    gateway.agent.script = async function* () {
      yield finishPart(many);
    };
    await gateway.call("agent", { message: "more", idempotencyKey: "k2" });
    await gateway.call("agent", { message: "and?", idempotencyKey: "k3" });
    const { history = [] } = gateway.agent.turns[3] ?? {};
    expect(history[0]).toEqual(SUMMARY);
    expect(history.filter(({ role }) => role === "compaction")).toHaveLength(1);
  });
});
