import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { eventually } from "@openclaw/testkit/eventually";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";
import { finishPart } from "../support/scripted-agent.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

describe("12.13 usage", () => {
  it("counts finished turns by day, by session and by turn, with prices where a model has one", async () => {
    await using gateway = await startGateway(directory.path);
    const ask = (message: string, sessionKey: string) =>
      gateway.call("agent", { message, sessionKey, idempotencyKey: message });
    await ask("one", "main");
    await ask("two", "side");
    gateway.agent.script = async function* () {
      yield { type: "text", delta: "priced" };
      const cost = { input: 0.5, output: 1, cacheRead: 0, cacheWrite: 0, total: 1.5 };
      yield {
        ...finishPart([
          { role: "assistant", content: [{ type: "text", text: "priced" }], timestamp: 1, stopReason: "stop" },
        ]),
        usage: { input: 10, output: 20, cacheRead: 1, cacheWrite: 2, total: 33, cost },
      } as ReturnType<typeof finishPart>;
    };
    await ask("three", "side");
    const cost = await gateway.call("usage.cost", { days: 2 });
    expect(cost.days).toBe(2);
    expect(cost.totals).toMatchObject({ totalTokens: 49, totalCost: 1.5, missingCostEntries: 2 });
    expect(cost.daily.at(-1)?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/u);
    const all = await gateway.call("sessions.usage", {});
    expect(all.sessions.map(({ key, usage }) => [key, usage.turns, usage.totalTokens])).toEqual([
      ["agent:main:side", 2, 41],
      ["agent:main:main", 1, 8],
    ]);
    expect(all.totals.totalTokens).toBe(49);
    expect((await gateway.call("sessions.usage", { key: "main" })).sessions).toHaveLength(1);
    expect((await gateway.call("sessions.usage", { endDate: "2001-01-01" })).sessions).toEqual([]);
    const { points } = await gateway.call("sessions.usage.timeseries", { key: "side" });
    expect(
      points.map(({ totalTokens, cost: price, cumulativeTokens }) => [totalTokens, price, cumulativeTokens]),
    ).toEqual([
      [8, 0, 8],
      [33, 1.5, 41],
    ]);
    const { logs } = await gateway.call("sessions.usage.logs", { key: "main" });
    expect(logs.map(({ role, content }) => [role, content])).toEqual([
      ["user", "one"],
      ["assistant", "Echo: one"],
    ]);
    expect(await gateway.call("usage.status", {})).toMatchObject({ providers: [] });
    const reply = async (text: string) => {
      const before = gateway.platform.sent.length;
      gateway.platform.say({ chatId: "ada", text });
      return (await eventually(`an answer to ${text}`, () => gateway.platform.sent[before])).text;
    };
    await reply("/usage full");
    expect(await reply("hi")).toBe(
      "priced\n\nUsage: 10 in / 20 out, cache 1 read / 2 written · scripted/test · $1.5000",
    );
    expect((await reply("/usage cost")).split("\n")).toEqual([
      "💵 What was spent:",
      "This conversation, 30 days: $1.50 for 41 tokens, 1 turn without a price",
      "Everything, today: $3.00 for 82 tokens, 2 turns without a price",
      "Everything, 30 days: $3.00 for 82 tokens, 2 turns without a price",
      "Prices are set with models.providers.<id>.models[].cost.",
    ]);
    expect(await reply("/status")).toContain("💵 Cost: $1.50 in 30 days, 1 turns without a price");
  });
});

describe("12.9 skills.status", () => {
  const skill = async (folder: string, head: string) => {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "SKILL.md"), `---\n${head}\n---\n# Body\n`);
  };

  it("shows what is in the workspace and the state directory, what each needs and what of that is missing", async () => {
    const workspace = join(directory.path, "workspace");
    const needs = {
      emoji: "🌤",
      requires: { bins: ["node-of-nowhere"], env: ["NO_SUCH_KEY"], config: ["gateway.mode"] },
    };
    const metadata = { openclaw: { ...needs, primaryEnv: "NO_SUCH_KEY", install: [{ kind: "brew", bins: ["sky"] }] } };
    await skill(
      join(workspace, "skills", "weather"),
      `name: weather\ndescription: "Tells: the weather"\nhomepage: https://example.org\nmetadata: ${JSON.stringify(metadata)}`,
    );
    await skill(join(workspace, "skills", "plain"), "name: plain\ndescription: Nothing needed\nuser-invocable: false");
    await skill(join(workspace, "skills", "off"), "name: off\ndescription: Switched off");
    await skill(join(workspace, "skills", "broken"), "name: without description");
    await skill(join(directory.path, "skills", "weather"), "name: weather\ndescription: the other one");
    await skill(
      join(directory.path, "skills", "mars"),
      'name: mars\ndescription: x\nmetadata: {openclaw: {os: ["mars"]}}',
    );
    await using gateway = await startGateway(directory.path, {
      config: {
        gateway: { mode: "local" },
        agents: { defaults: { workspace } },
        skills: { entries: { off: { enabled: false } } },
        channels: { memory: {} },
      },
    });
    const status = await gateway.call("skills.status", {});
    expect(status).toMatchObject({ workspaceDir: workspace, managedSkillsDir: join(directory.path, "skills") });
    expect(status.skills.map(({ name, source, eligible, disabled }) => [name, source, eligible, disabled])).toEqual([
      ["mars", "openclaw-managed", false, false],
      ["off", "openclaw-workspace", false, true],
      ["plain", "openclaw-workspace", true, false],
      ["weather", "openclaw-workspace", false, false],
    ]);
    expect(status.skills[3]).toMatchObject({
      description: "Tells: the weather",
      emoji: "🌤",
      homepage: "https://example.org",
      primaryEnv: "NO_SUCH_KEY",
      missing: { bins: ["node-of-nowhere"], anyBins: [], env: ["NO_SUCH_KEY"], config: [], os: [] },
      configChecks: [{ path: "gateway.mode", satisfied: true }],
      install: [{ id: "brew-0", kind: "brew", label: "Install (brew)", bins: ["sky"] }],
    });
    await expect(gateway.call("skills.status", { agentId: "nope" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: 'unknown agent id "nope"',
    });
  });
});

describe("methods that have nothing to do here", () => {
  it("say so, in the words that older clients know", async () => {
    await using gateway = await startGateway(directory.path);
    for (const method of ["web.login.start", "web.login.wait"] as const) {
      await expect(gateway.call(method, {})).rejects.toMatchObject({
        code: "NOT_LINKED",
        message: expect.stringMatching(/^web login provider is not available/u) as string,
      });
    }
    for (const channel of ["whatsapp", "bogus"]) {
      await expect(gateway.call("channels.logout", { channel })).rejects.toMatchObject({
        code: "INVALID_REQUEST",
        message: "invalid channels.logout channel",
      });
    }
    expect(await gateway.call("channels.logout", { channel: "memory" })).toMatchObject({
      loggedOut: false,
      reason: expect.stringContaining("channels.memory") as string,
    });
    await expect(gateway.call("channels.logout", { channel: "memory", accountId: "x" })).rejects.toMatchObject({
      message: 'memory has no account "x"; it has: default',
    });
    expect(await gateway.call("update.run", {})).toMatchObject({
      ok: false,
      result: { status: "skipped", message: expect.stringContaining("npm install -g") as string },
    });
  });
});
