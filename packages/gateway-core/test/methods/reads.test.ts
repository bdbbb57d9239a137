import { createMemoryChannel } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

it("16.1 sessions.list gives rows newest first, by page, by age, by text", async () => {
  await using gateway = await startGateway(directory.path);
  for (const name of ["one", "two", "three"])
    await gateway.call("agent", { message: `about ${name}`, sessionKey: name, idempotencyKey: name });
  const all = await gateway.call("sessions.list", { includeDerivedTitles: true, includeLastMessage: true });
  expect(all).toMatchObject({
    count: 3,
    totalCount: 3,
    hasMore: false,
    nextOffset: null,
    defaults: { modelProvider: "scripted", model: "test" },
  });
  expect(all.sessions.map(({ key }) => key)).toEqual(["agent:main:three", "agent:main:two", "agent:main:one"]);
  expect(all.sessions[0]).toMatchObject({
    kind: "direct",
    isMain: false,
    derivedTitle: "about three",
    lastMessagePreview: "Echo: about three",
    totalTokens: 8,
  });
  const page = await gateway.call("sessions.list", { limit: 1, offset: 1 });
  expect(page).toMatchObject({
    count: 1,
    totalCount: 3,
    hasMore: true,
    nextOffset: 2,
    sessions: [{ key: "agent:main:two" }],
  });
  expect((await gateway.call("sessions.list", { search: "ONE" })).count).toBe(1);
  expect((await gateway.call("sessions.list", { agentId: "other" })).count).toBe(0);
});

it("12.10 channels.status gives every account, and what to mend", async () => {
  await using gateway = await startGateway(directory.path);
  await eventually(
    "the account to be online",
    async () => (await gateway.call("channels.status", {})).channels["memory"]?.connected,
  );
  expect(await gateway.call("channels.status", { probe: true })).toMatchObject({
    channelOrder: ["memory"],
    channelLabels: { memory: "Memory" },
    channelDefaultAccountId: { memory: "default" },
    channels: { memory: { configured: true, running: true, connected: true, state: "online", lastError: null } },
    channelAccounts: { memory: [{ accountId: "default", state: "online", probe: { ok: true } }] },
    statusIssues: [],
  });
  gateway.platform.revokeCredentials();
  const status = await eventually("the refusal to show", async () => {
    const now = await gateway.call("channels.status", {});
    return now.channels["memory"]?.state === "unauthorized" && now;
  });
  expect(status.statusIssues).toMatchObject([{ channel: "memory", accountId: "default", kind: "auth" }]);
});

it("12.10 channels.status is empty, in the same shape, without a channel", async () => {
  await using gateway = await startGateway(directory.path, { config: { gateway: { mode: "local" } } });
  expect(await gateway.call("channels.status", {})).toMatchObject({
    channelOrder: [],
    channelLabels: {},
    channelMeta: [],
    channels: {},
    channelAccounts: {},
    channelDefaultAccountId: {},
    statusIssues: [],
  });
});

it("R6.1 health shows channels and sessions, and the same to everyone who asks", async () => {
  await using gateway = await startGateway(directory.path);
  await using client = await gateway.connect({ scopes: [] });
  const health = await eventually("the channel to show", async () => {
    const answer = await client.request("health", {});
    const channels = (answer.payload?.["channels"] ?? {}) as { memory?: { connected: boolean } };
    return channels.memory?.connected === true && answer;
  });
  expect(health.payload).toMatchObject({
    ok: true,
    defaultAgentId: "main",
    channelOrder: ["memory"],
    linkChannel: { id: "memory", linked: true },
  });
});

it("R6.2 status gives a summary with the channels in words", async () => {
  await using gateway = await startGateway(directory.path);
  await gateway.call("agent", { message: "hi", idempotencyKey: "k1" });
  await eventually(
    "the channel to be online",
    async () => (await gateway.call("channels.status", {})).channels["memory"]?.connected,
  );
  expect(await gateway.call("status", {})).toMatchObject({
    channelSummary: [expect.stringMatching(/^Memory: online/) as string],
    sessions: { count: 1, defaults: { model: "scripted/test" }, recent: [{ key: "agent:main:main", totalTokens: 8 }] },
  });
});

it("12.7 agents.list and 12.8 models.list give what is configured", async () => {
  const agents = {
    list: [{ id: "home" }, { id: "work", default: true, name: "Work", identity: { name: "Clerk", emoji: "📎" } }],
  };
  await using gateway = await startGateway(directory.path, { config: { gateway: { mode: "local" }, agents } });
  expect(await gateway.call("agents.list", {})).toMatchObject({
    defaultId: "work",
    mainKey: "main",
    scope: "per-sender",
    agents: [{ id: "work", name: "Work", identity: { name: "Clerk", emoji: "📎" } }, { id: "home" }],
  });
  expect(await gateway.call("models.list", {})).toEqual({
    models: [
      {
        id: "test",
        name: "Test",
        provider: "scripted",
        contextWindow: 8_000,
        reasoning: false,
        input: ["text"],
        available: true,
      },
    ],
  });
});

it("pairing.list and pairing.approve let a stranger in", async () => {
  const memory = createMemoryChannel();
  const channels = { memory: { dmPolicy: "pairing", allowFrom: [] } };
  await using gateway = await startGateway(directory.path, {
    config: { gateway: { mode: "local" }, channels },
    channels: [memory.plugin],
  });
  memory.platform.say({ chatId: "eve", senderName: "Eve", text: "hello" });
  await memory.platform.waitForSent();
  await using client = await gateway.connect({ scopes: ["operator.pairing"] });
  const { payload } = await client.request("pairing.list", {});
  const [request] = (payload?.["requests"] ?? []) as { code: string; senderId: string; displayName: string }[];
  expect(request).toMatchObject({ senderId: "eve", displayName: "Eve" });
  expect(await client.request("pairing.approve", { channel: "memory", code: "AAAAAAAA" })).toMatchObject({
    ok: false,
    error: { code: "INVALID_REQUEST", message: expect.stringContaining('the code "AAAAAAAA"') as string },
  });
  expect(await client.request("pairing.approve", { channel: "memory", code: request?.code })).toMatchObject({
    ok: true,
    payload: { request: { senderId: "eve" } },
  });
  memory.platform.say({ chatId: "eve", text: "and now?" });
  await memory.platform.waitForSent(({ text }) => text === "Echo: and now?");
});

/** What a gateway of protocol 3 advertises or answers to, for this gateway to serve as well. Source: wire facts 7.6. */
const OF_PROTOCOL_3 = [
  "agent",
  "agent.identity.get",
  "agent.wait",
  "agents.list",
  "channels.logout",
  "channels.status",
  "chat.abort",
  "chat.history",
  "chat.send",
  "config.apply",
  "config.get",
  "config.patch",
  "config.schema",
  "config.set",
  "cron.add",
  "cron.list",
  "cron.remove",
  "cron.run",
  "cron.runs",
  "cron.status",
  "cron.update",
  "device.pair.approve",
  "device.pair.list",
  "device.pair.reject",
  "device.token.revoke",
  "device.token.rotate",
  "exec.approval.request",
  "exec.approval.resolve",
  "exec.approvals.get",
  "exec.approvals.node.get",
  "exec.approvals.node.set",
  "exec.approvals.set",
  "health",
  "last-heartbeat",
  "logs.tail",
  "models.list",
  "node.describe",
  "node.event",
  "node.invoke",
  "node.invoke.result",
  "node.list",
  "node.pair.approve",
  "node.pair.list",
  "node.pair.reject",
  "node.pair.request",
  "node.pair.verify",
  "node.rename",
  "send",
  "sessions.compact",
  "sessions.delete",
  "sessions.list",
  "sessions.patch",
  "sessions.preview",
  "sessions.reset",
  "set-heartbeats",
  "skills.bins",
  "skills.status",
  "status",
  "system-event",
  "system-presence",
  "update.run",
  "usage.cost",
  "usage.status",
  "wake",
  "chat.inject",
  "poll",
  "sessions.resolve",
  "web.login.start",
  "web.login.wait",
];
/** The rest of it; docs/protocol.md says why. */
const NOT_HERE = [
  "browser.request",
  "skills.install",
  "skills.update",
  "talk.mode",
  "tts.convert",
  "tts.disable",
  "tts.enable",
  "tts.providers",
  "tts.setProvider",
  "tts.status",
  "voicewake.get",
  "voicewake.set",
  "wizard.cancel",
  "wizard.next",
  "wizard.start",
  "wizard.status",
];

describe("7.6 the methods of protocol 3", () => {
  it("are advertised and served, those aside that this gateway does not have", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect({ protocol: 3 });
    const hello = client.frames.find(({ id }) => id === "hello");
    const { methods } = (hello?.payload?.["features"] ?? {}) as { methods: string[] };
    expect(OF_PROTOCOL_3.filter((name) => !methods.includes(name))).toEqual([]);
    for (const name of NOT_HERE) {
      expect(methods).not.toContain(name);
      expect(await client.request(name, {})).toMatchObject({
        ok: false,
        error: { code: "INVALID_REQUEST", message: `unknown method: ${name}` },
      });
    }
  });
});
