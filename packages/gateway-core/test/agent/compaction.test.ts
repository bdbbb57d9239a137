import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { TranscriptMessage } from "../../src/ports.ts";
import { startGateway } from "../support/running-gateway.ts";
import { finishPart, sayParts, ScriptedAgent } from "../support/scripted-agent.ts";

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

describe("a session that is summarised because somebody asks", () => {
  it("sessions.compact waits for its turn, keeps what it is told to, and says what came of it", async () => {
    await using gateway = await startGateway(directory.path);
    const key = "agent:main:main";
    expect(await gateway.call("sessions.compact", { key: "main" })).toEqual({
      ok: true,
      key,
      compacted: false,
      reason: "no transcript",
    });
    // Answers carry the clock's time, so that messages can be told apart by it.
    gateway.agent.script = async function* () {
      yield finishPart([{ role: "assistant", content: text("Yes."), timestamp: Date.now() }]);
    };
    for (const [index, message] of ["one", "two", "three"].entries()) {
      await gateway.call("agent", { message, idempotencyKey: `k${index}` });
      const before = Date.now();
      await expect.poll(() => Date.now()).toBeGreaterThan(before);
    }
    const answer = await gateway.call("sessions.compact", { key: "main", maxLines: 2, instructions: "names" });
    expect(answer).toEqual({ ok: true, key, compacted: true, kept: 2, tokensBefore: 90, tokensAfter: 10 });
    expect(gateway.agent.compacted?.wish).toEqual({ keepMessages: 2, instructions: "names" });
    expect(gateway.agent.compacted?.turn.tools).toEqual([]);
    const { entries } = await gateway.call("sessions.export", { key });
    expect(entries.map(({ message }) => message["role"])).toEqual([
      "user",
      "assistant",
      "user",
      "assistant",
      "user",
      "assistant",
      "compaction",
    ]);
    const { sessions } = await gateway.call("sessions.list", {});
    expect(sessions[0]?.totalTokens).toBe(4 * 8);
  });

  it("a chat's /compact is summarised in the session's lane and answered in the chat", async () => {
    await using gateway = await startGateway(directory.path, {
      config: {
        gateway: { mode: "local" },
        session: { dmScope: "per-channel-peer" },
        channels: { memory: { dmPolicy: "open", allowFrom: ["*"] } },
      },
    });
    const ask = async (words: string) => {
      const before = gateway.platform.sent.length;
      gateway.platform.say({ chatId: "ada", text: words });
      return eventually(`an answer to ${words}`, () => gateway.platform.sent[before]?.text);
    };
    expect(await ask("/compact")).toBe("There is nothing to summarise here yet.");
    await ask("hello");
    expect(await ask("/compact keep the names")).toBe("🧹 Summarised: about 90 tokens became 10.");
    expect(gateway.agent.compacted?.wish).toEqual({ instructions: "keep the names" });
    gateway.agent.script = () => sayParts("Yes.");
    await ask("again");
    const roles = gateway.agent.turns.at(-1)?.history.map(({ role }) => role);
    expect(roles).toEqual(["user", "assistant", "compaction"]);
  });

  it("an agent that can not summarise says so", async () => {
    const agent = new ScriptedAgent();
    await using gateway = await startGateway(directory.path, {
      agent: {
        runTurn: (turn, signal) => agent.runTurn(turn, signal),
        listModels: () => agent.listModels(),
        defaultModel: () => agent.defaultModel(),
      },
    });
    await gateway.call("agent", { message: "hello", idempotencyKey: "k" });
    await expect(gateway.call("sessions.compact", { key: "main" })).rejects.toThrow("can not summarise");
  });
});
