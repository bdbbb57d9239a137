import { expect, test } from "vitest";

import { RecordingHost, RecordingStorage } from "../src/compliance.ts";
import { createMemoryChannel, MemoryPlatform, memoryConfigSchema, type MemoryChannelOptions } from "../src/memory.ts";

async function started(options: MemoryChannelOptions = {}) {
  const { plugin, platform } = createMemoryChannel(options);
  const [account] = plugin.accounts(memoryConfigSchema.parse({}), {});
  if (account === undefined) throw new Error("no account");
  const channel = await plugin.create(account);
  const host = new RecordingHost({ accountId: account.accountId });
  await channel.start(host, new AbortController().signal);
  return { platform, channel, host, [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose]() };
}

const outbound = (text: string, operationId = text) => ({
  operationId,
  attempt: 1,
  to: { chatId: "ada" },
  content: { kind: "text", text } as const,
});
const { signal } = new AbortController();

test("what a person says resolves once it is recorded", async () => {
  await using scene = await started();
  const delivery = scene.platform.say({ chatId: "ada", text: "hello", senderName: "Ada" });
  await delivery.acknowledged;
  expect(scene.host.events.map((event) => scene.channel.parse(event.raw))).toMatchObject([
    { messageId: delivery.messageId, chat: { id: "ada", type: "direct" }, sender: { id: "ada", displayName: "Ada" } },
  ]);
});

test("groups, threads, replies and mentions are passed on", async () => {
  await using scene = await started();
  const input = { chatId: "team", chatType: "group", threadId: "t1", senderId: "ada", text: "you there?" } as const;
  await scene.platform.say({ ...input, replyToId: "m0", mentionsSelf: true }).acknowledged;
  expect(scene.channel.parse(scene.host.events[0]?.raw)).toMatchObject({
    chat: { id: "team", type: "group", threadId: "t1" },
    sender: { id: "ada" },
    replyTo: { messageId: "m0" },
    mentionsSelf: true,
  });
});

test("a listener and a wait see what is sent", async () => {
  await using scene = await started();
  const texts: string[] = [];
  using _subscription = scene.platform.onSent((message) => texts.push(message.text));
  const waiting = scene.platform.waitForSent((message) => message.text === "two");
  await scene.channel.send(outbound("one"), signal);
  await scene.channel.send(outbound("two"), signal);
  expect(await waiting).toMatchObject({ accountId: "default", to: { chatId: "ada" }, text: "two" });
  expect(texts).toEqual(["one", "two"]);
  await expect(scene.platform.waitForSent((message) => message.text === "three", 10)).rejects.toThrow(
    'No matching message was sent within 10 ms; sent so far: "one", "two".',
  );
});

test("a scripted step replaces the delivery, once", async () => {
  await using scene = await started();
  scene.platform.script({ outcome: { outcome: "permanent", code: "BLOCKED", reason: "blocked" } }, () => undefined);
  expect(await scene.channel.send(outbound("one"), signal)).toMatchObject({ outcome: "permanent" });
  expect(await scene.channel.send(outbound("two"), signal)).toMatchObject({ outcome: "sent" });
  expect(scene.platform.sent.map((message) => message.text)).toEqual(["two"]);
});

test("a text over the limit is refused for good", async () => {
  await using scene = await started({ maxTextLength: 3 });
  expect(await scene.channel.send(outbound("four"), signal)).toMatchObject({ outcome: "permanent", code: "TOO_LONG" });
});

test("F38 unacknowledged events are bounded", () => {
  const platform = new MemoryPlatform({ maxPending: 2 });
  platform.say({ chatId: "ada", text: "one" });
  platform.say({ chatId: "ada", text: "two" });
  expect(() => platform.say({ chatId: "ada", text: "three" })).toThrow(
    "The memory platform holds 2 unacknowledged events; start the channel, or raise maxPending.",
  );
});

test("F38 sent messages are bounded", async () => {
  await using scene = await started({ platform: new MemoryPlatform({ maxSent: 2 }) });
  for (const text of ["one", "two", "three"]) await scene.channel.send(outbound(text), signal);
  expect(scene.platform.sent.map((message) => message.text)).toEqual(["two", "three"]);
});

test("accounts are kept apart, each with its own access rules", () => {
  const { plugin } = createMemoryChannel();
  const section = {
    dmPolicy: "allowlist",
    allowFrom: [1],
    accounts: { work: {}, home: { dmPolicy: "open", enabled: false } },
  };
  expect(plugin.accounts(plugin.configSchema.parse(section), {})).toMatchObject([
    { accountId: "work", enabled: true, access: { directPolicy: "allowlist", allowFrom: ["1"] } },
    { accountId: "home", enabled: false, access: { directPolicy: "open" } },
  ]);
  expect(() => memoryConfigSchema.parse({ unknown: true })).toThrow(/unknown/);
});

test("groups and topics are passed on, numeric senders as text", () => {
  const { plugin } = createMemoryChannel();
  const groups = { team: { requireMention: false, allowFrom: [7], topics: { t1: { allowFrom: [8] } } } };
  expect(plugin.accounts(plugin.configSchema.parse({ groups }), {})[0]?.access.groups).toEqual({
    team: { requireMention: false, allowFrom: ["7"], topics: { t1: { allowFrom: ["8"] } } },
  });
});

test("typing and reactions are recorded", async () => {
  await using scene = await started();
  await scene.channel.typing?.show({ chatId: "ada" }, signal);
  await scene.channel.reactions?.react({ chatId: "ada" }, "m1", "👍", signal);
  expect(scene.platform.typing).toEqual([{ chatId: "ada" }]);
  expect(scene.platform.reactions).toEqual([{ to: { chatId: "ada" }, messageId: "m1", emoji: "👍" }]);
});

test("a recording host plays a restart: names and cursors outlive it", async () => {
  const storage = new RecordingStorage();
  const event = { eventId: "e1", raw: {}, origin: "live" } as const;
  const first = new RecordingHost({ accountId: "default", storage });
  await first.accept({ events: [event], cursor: { key: "k", value: "2" } });
  const second = new RecordingHost({ accountId: "default", storage });
  expect(await second.accept({ events: [event] })).toEqual({ recorded: 0, duplicates: 1 });
  expect(await second.readCursor("k")).toBe("2");
});

test("a recording host's clock advances by what was slept", async () => {
  const host = new RecordingHost({ accountId: "default" });
  const before = host.now();
  await host.sleep(60_000, signal);
  expect(host.now() - before).toBeGreaterThanOrEqual(60_000);
  expect(host.sleeps).toEqual([60_000]);
  await expect(host.sleep(60_000, AbortSignal.abort(new Error("stop")))).rejects.toThrow("stop");
});
