import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Tool, ToolSource } from "../../src/ports.ts";
import { startGateway } from "../support/running-gateway.ts";
import { sayParts } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

function tool(name: string): Tool {
  return {
    name,
    description: name,
    parameters: { type: "object" },
    sideEffects: false,
    execute: async () => ({ text: name }),
  };
}

describe("the tools of a turn", () => {
  it("are those that the configuration leaves to its agent", async () => {
    await using gateway = await startGateway(directory.path, {
      config: {
        gateway: { mode: "local" },
        channels: { memory: {} },
        tools: { deny: ["exec"], byProvider: { openai: { deny: ["message"] } } },
        agents: { list: [{ id: "main" }, { id: "work", tools: { profile: "minimal" } }] },
      },
      tools: [tool("exec"), tool("message"), tool("session_status")],
    });
    await gateway.call("agent", { message: "hi", agentId: "main", idempotencyKey: "k1" });
    await gateway.call("agent", { message: "hi", agentId: "work", idempotencyKey: "k2" });
    const [main, work] = gateway.agent.turns.map((turn) => turn.tools);
    expect(main?.map(({ name }) => name)).toEqual(["message", "session_status"]);
    expect(work?.map(({ name }) => name)).toEqual(["session_status"]);
    const message = main?.find(({ name }) => name === "message");
    expect(message?.isFor?.({ provider: "anthropic", model: "claude" })).toBe(true);
    expect(message?.isFor?.({ provider: "openai", model: "gpt" })).toBe(false);
  });

  it("are what every sender in a group may have, also of one who writes to a turn that runs", async () => {
    await using gateway = await startGateway(directory.path, {
      config: {
        gateway: { mode: "local" },
        messages: { queue: { mode: "steer" } },
        channels: {
          memory: {
            groups: {
              "*": { requireMention: false, toolsBySender: { ada: { deny: ["exec"] }, bob: { deny: ["message"] } } },
            },
          },
        },
      },
      tools: [tool("exec"), tool("message")],
    });
    const model = { provider: "p", model: "m" };
    const left = Promise.withResolvers<unknown>();
    const begun = Promise.withResolvers<void>();
    gateway.agent.script = async function* (turn) {
      begun.resolve();
      await eventually("bob's message", async () => ((await turn.takeSteering?.()) ?? []).length > 0);
      left.resolve(turn.tools.filter((one) => one.isFor?.(model)).map(({ name }) => name));
      yield* sayParts("done");
    };
    const say = (senderId: string) => gateway.platform.say({ chatId: "g", chatType: "group", senderId, text: "hi" });
    say("ada");
    await begun.promise;
    expect(gateway.agent.turns[0]?.tools.map(({ name }) => name)).toEqual(["message"]);
    say("bob");
    expect(await left.promise).toEqual([]);
  });

  it("come from sources too, which start and stop with the gateway; of one name, the host's own is taken", async () => {
    const events: string[] = [];
    const source: ToolSource = {
      start: () => void events.push("started"),
      tools: () => [tool("files_read"), { ...tool("message"), description: "not this one" }],
      [Symbol.asyncDispose]: async () => void events.push("stopped"),
    };
    const gateway = await startGateway(directory.path, { tools: () => [tool("message")], toolSources: [source] });
    expect(events).toEqual(["started"]);
    await gateway.call("agent", { message: "hi", idempotencyKey: "k1" });
    const [turn] = gateway.agent.turns;
    expect(turn?.tools.map(({ name, description }) => [name, description])).toEqual([
      ["message", "message"],
      ["files_read", "files_read"],
    ]);
    await gateway.stop();
    expect(events).toEqual(["started", "stopped"]);
  });
});
