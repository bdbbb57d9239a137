import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startGateway } from "../support/running-gateway.ts";

let directory: TempDirectory;
beforeEach(async () => {
  directory = await createTempDirectory();
});
afterEach(() => directory[Symbol.asyncDispose]());

const hello = { to: "ada", message: "Dinner is ready.", idempotencyKey: "s1" };

describe("R6.5 send", () => {
  it("answers the platform's id once the message is there", async () => {
    await using gateway = await startGateway(directory.path);
    await using client = await gateway.connect({ scopes: ["operator.write"] });
    const { payload } = await client.request("send", hello);
    expect(payload).toMatchObject({
      runId: "s1",
      channel: "memory",
      accountId: "default",
      chatId: "ada",
      state: "sent",
    });
    expect(gateway.platform.sent).toMatchObject([{ text: "Dinner is ready.", messageId: payload?.["messageId"] }]);
  });

  it("DESIGN promise 7 sends once for one key, gives the same answer, also after a restart", async () => {
    const first = await startGateway(directory.path);
    const answer = await first.call("send", hello);
    expect(await first.call("send", hello)).toEqual(answer);
    expect(first.platform.sent).toHaveLength(1);
    await first.stop();
    await using second = await startGateway(directory.path);
    expect(await second.call("send", hello)).toEqual(answer);
    expect(second.platform.sent).toHaveLength(0);
  });

  it("refuses a key that was used for another message", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("send", hello);
    await expect(gateway.call("send", { ...hello, message: "Breakfast." })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      details: { reason: "idempotency-key-reused" },
    });
    expect(gateway.platform.sent).toHaveLength(1);
  });

  it("says what the platform said when it refuses for good, and gives the same answer again", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.platform.script({ outcome: { outcome: "permanent", code: "403", reason: "blocked by the user" } });
    const refusal = {
      code: "UNAVAILABLE",
      retryable: false,
      message: "The message was not sent: blocked by the user.",
      details: { state: "dead", reason: "403" },
    };
    await expect(gateway.call("send", hello)).rejects.toMatchObject(refusal);
    await expect(gateway.call("send", hello)).rejects.toMatchObject(refusal);
  });

  it("shows what is sent in the named session", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("send", { ...hello, sessionKey: "main" });
    expect((await gateway.call("chat.history", { sessionKey: "main" })).messages).toMatchObject([
      { role: "assistant", content: [{ text: "Dinner is ready." }] },
    ]);
  });

  it("reads a topic out of the target, and the channel's name before it", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("send", { ...hello, to: "memory:-100:topic:7" });
    expect(gateway.platform.sent[0]?.to).toEqual({ chatId: "-100", threadId: "7" });
  });

  it.each([
    [{ channel: "bogus" }, "INVALID_REQUEST", "unsupported channel: bogus"],
    [{ accountId: "nobody" }, "NOT_LINKED", "memory/nobody has no account that can send"],
    [{ message: " " }, "INVALID_REQUEST", "text or media is required"],
    [{ mediaUrl: "https://example.org/a.png" }, "INVALID_REQUEST", "Sending media is not supported by this version"],
  ])("refuses %j with %s", async (changes, code, message) => {
    await using gateway = await startGateway(directory.path);
    await expect(gateway.call("send", { ...hello, ...changes })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });
    expect(gateway.platform.sent).toHaveLength(0);
  });

  it("asks for the channel when none is configured", async () => {
    await using gateway = await startGateway(directory.path, { config: { gateway: { mode: "local" } } });
    await expect(gateway.call("send", hello)).rejects.toMatchObject({
      message: "channel is required (no channel is configured)",
    });
  });
});

describe("the operator's hand on what is to be sent", () => {
  const refused = { outcome: { outcome: "permanent", code: "403", reason: "blocked by the user" } } as const;

  it("outbox.retry sends a dead message once more, and refuses one that was sent", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.platform.script(refused);
    await gateway.call("send", hello).catch(() => {});
    const [dead] = (await gateway.call("outbox.list", { state: "dead" })).rows;
    await gateway.call("outbox.retry", { id: dead?.id ?? "" });
    await gateway.platform.waitForSent(({ text }) => text === "Dinner is ready.");
    await eventually(
      "the receipt",
      async () => (await gateway.call("outbox.list", { state: "sent" })).rows.length === 1,
    );
    await expect(gateway.call("outbox.discard", { id: dead?.id ?? "" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("is not waiting or unknown: it is sent") as string,
    });
  });

  it("outbox.discard gives up what waits, and lets the chat go on", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.platform.script({ outcome: { outcome: "retry", reason: "busy", retryAfterMs: 60_000 } });
    const waiting = gateway.call("send", hello);
    const row = await eventually("the retry", async () => {
      const [first] = (await gateway.call("outbox.list", { state: "queued" })).rows;
      return first?.attempts === 1 && first;
    });
    expect(await gateway.call("outbox.discard", { id: row.id })).toMatchObject({
      row: { state: "dead", reason: "an operator discarded it" },
    });
    await expect(waiting).rejects.toMatchObject({ details: { state: "dead", reason: "DISCARDED" } });
    await expect(gateway.call("outbox.retry", { id: "nobody" })).rejects.toMatchObject({
      message: expect.stringContaining("there is none with this id") as string,
    });
  });
});

describe("inbox.list", () => {
  it("shows what came in, and why it was not answered", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.platform.say({ chatId: "ada", text: "hello" });
    gateway.platform.say({ chatId: "ada", text: "from my phone", isSelf: true });
    const rows = await eventually("both to be decided about", async () => {
      const list = await gateway.call("inbox.list", { channel: "memory" });
      return list.rows.length === 2 && list.rows.every(({ state }) => state !== "received") && list.rows;
    });
    expect(rows).toMatchObject([
      { state: "ignored", reason: "the message is the account's own", accountId: "default" },
      { state: "answered", runId: expect.any(String) as string },
    ]);
  });
});

describe("outbox.list", () => {
  it("shows every message and what became of it, newest first, by state", async () => {
    await using gateway = await startGateway(directory.path);
    await gateway.call("send", hello);
    gateway.platform.script({ outcome: { outcome: "permanent", code: "403", reason: "blocked by the user" } });
    await gateway.call("send", { ...hello, idempotencyKey: "s2" }).catch(() => {});
    const { rows } = await gateway.call("outbox.list", {});
    expect(rows).toMatchObject([
      { state: "dead", reason: "blocked by the user", attempts: 1 },
      { state: "sent", receipt: { messageId: gateway.platform.sent[0]?.messageId }, preview: "Dinner is ready." },
    ]);
    expect((await gateway.call("outbox.list", { state: "dead" })).rows).toHaveLength(1);
  });
});
