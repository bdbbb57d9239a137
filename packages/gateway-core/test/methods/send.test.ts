import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { createMemoryChannel, MemoryPlatform } from "@openclaw/channels-contract/memory";
import { createTempDirectory, type TempDirectory } from "@openclaw/testkit/temp-directory";
import { eventually } from "@openclaw/testkit/eventually";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Tool } from "../../src/ports.ts";
import { sayParts, ScriptedAgent } from "../support/scripted-agent.ts";
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
    [{ mediaUrl: "../secret.txt" }, "INVALID_REQUEST", "only files in the agent's workspace can be sent"],
    [{ mediaUrl: "http://127.0.0.1/a.png" }, "INVALID_REQUEST", "127.0.0.1"],
    [{ mediaUrl: "ftp://example.org/a" }, "INVALID_REQUEST", "only paths in the workspace and http(s) addresses"],
    [{ attachments: [{ content: "%%%" }] }, "INVALID_REQUEST", "base64"],
    [{ buttons: [[{ text: "A", data: "x".repeat(65) }]] }, "INVALID_REQUEST", "takes 1 to 64 bytes of data per button"],
    [{ buttons: [[{ text: "A" }]] }, "INVALID_REQUEST", "needs either data or an http(s) or tg url"],
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

describe("R6.5 send with files and buttons", () => {
  const png = Buffer.from("\x89PNG\r\n\x1a\n....", "latin1");

  it("sends a file of the workspace and one sent along, with the text as caption and the buttons below", async () => {
    await using gateway = await startGateway(directory.path);
    const workspace = join(directory.path, "workspace");
    await mkdir(workspace, { recursive: true });
    await writeFile(join(workspace, "a.png"), png);
    const params = {
      ...hello,
      mediaUrl: "a.png",
      attachments: [
        { content: Buffer.from("notes").toString("base64"), fileName: "notes.txt", mimeType: "text/plain" },
      ],
      buttons: [
        [
          { text: "Yes", callback_data: "yes" },
          { text: "Menu", url: "https://example.org" },
        ],
      ],
      silent: true,
    };
    const answer = await gateway.call("send", params);
    expect(answer.outboxIds).toHaveLength(2);
    expect(gateway.platform.sent).toMatchObject([
      {
        text: "Dinner is ready.",
        file: png,
        content: { kind: "media", media: "image", mimeType: "image/png", silent: true },
      },
      {
        text: "",
        file: Buffer.from("notes"),
        content: {
          media: "document",
          fileName: "notes.txt",
          buttons: [[{ data: "yes" }, { url: "https://example.org" }]],
        },
      },
    ]);
    expect(await gateway.call("send", params)).toEqual(answer);
    expect(gateway.platform.sent).toHaveLength(2);
  });

  it("sends a text that is too long for a caption after the file", async () => {
    await using gateway = await startGateway(directory.path);
    const attachments = [{ content: png.toString("base64") }];
    await gateway.call("send", { ...hello, message: "x".repeat(1_500), attachments });
    expect(gateway.platform.sent.map(({ content, text }) => [content.kind, text.length])).toEqual([
      ["media", 0],
      ["text", 1_500],
    ]);
  });

  it("F6 repeats a file whose answer was lost under the same operation, so that it is shown once", async () => {
    await using gateway = await startGateway(directory.path);
    gateway.platform.script({ outcome: { outcome: "unknown", reason: "broken" }, delivered: true });
    await gateway.call("send", { ...hello, attachments: [{ content: png.toString("base64") }] });
    expect(gateway.platform.sent.map(({ text }) => text)).toEqual(["Dinner is ready."]);
  });
});

describe("poll and message.action", () => {
  it("asks a poll, once for one key", async () => {
    await using gateway = await startGateway(directory.path);
    const params = { to: "ada", question: "Tea?", options: ["yes", "no"], maxSelections: 2, idempotencyKey: "p1" };
    const answer = await gateway.call("poll", params);
    expect(await gateway.call("poll", params)).toEqual(answer);
    expect(gateway.platform.sent).toMatchObject([{ content: { kind: "poll", question: "Tea?", multiple: true } }]);
  });

  it("sends, reacts, edits and deletes", async () => {
    await using gateway = await startGateway(directory.path);
    let key = 0;
    const act = (action: string, params: Record<string, unknown>) =>
      gateway.call("message.action", {
        action,
        params: { target: "ada", ...params },
        idempotencyKey: `k${(key += 1)}`,
      });
    const sent = await act("send", { message: "before", to: "memory:ada", __sessionKey: "agent:main:main" });
    expect(sent).toMatchObject({ action: "send", channel: "memory", chatId: "ada", state: "sent" });
    const { messageId = "" } = sent;
    expect(await act("react", { messageId, emoji: "👍" })).toMatchObject({ action: "react", messageId, state: "sent" });
    await act("react", { messageId, emoji: "👍", remove: true });
    expect(gateway.platform.reactions.map(({ emoji }) => emoji)).toEqual(["👍", ""]);
    await act("edit", { messageId, message: "after" });
    expect(gateway.platform.sent).toMatchObject([{ text: "after" }]);
    await act("poll", { pollQuestion: "Tea?", pollOption: ["yes", "no"] });
    await act("delete", { messageId });
    expect(gateway.platform.sent).toMatchObject([{ text: "Tea?" }]);
  });

  it("F6 repeats an edit whose answer was lost until it is known", async () => {
    await using gateway = await startGateway(directory.path);
    const { messageId = "" } = await gateway.call("send", hello);
    gateway.platform.script({ outcome: { outcome: "unknown", reason: "broken" }, delivered: true });
    const params = { to: "ada", messageId, message: "after" };
    expect(await gateway.call("message.action", { action: "edit", params, idempotencyKey: "e1" })).toMatchObject({
      state: "sent",
      messageId,
    });
    expect(gateway.platform.sent).toMatchObject([{ text: "after" }]);
    expect((await gateway.call("outbox.list", {})).rows[0]).toMatchObject({
      attempts: 2,
      preview: `<edit ${messageId}> after`,
    });
  });

  it.each([
    ["pin", { to: "ada" }, "unsupported message action: pin"],
    ["react", { to: "ada" }, "invalid react params"],
    ["react", { to: "ada", messageId: "m1", remove: true }, "remove needs the emoji"],
    ["edit", { to: "ada", messageId: "m1", message: " " }, "needs a text"],
    ["delete", { messageId: "m1" }, "to is required"],
    ["poll", { to: "ada", pollQuestion: "Tea?", pollOption: ["yes"] }, "takes 2 to 10 options"],
    ["send", { to: "ada" }, "text or media is required"],
    ["send", { message: "hi" }, "invalid send params"],
  ])("refuses %s with %j", async (action, params, message) => {
    await using gateway = await startGateway(directory.path);
    await expect(gateway.call("message.action", { action, params, idempotencyKey: "k" })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining(message) as string,
    });
    expect((await gateway.call("outbox.list", {})).rows).toEqual([]);
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

describe("channels where agents send nothing of their own accord", () => {
  it("refuse what a tool sends, and take replies and what operators send", async () => {
    const platform = new MemoryPlatform({ outbound: { agentSends: false } });
    const { plugin } = createMemoryChannel({ platform });
    const agent = new ScriptedAgent();
    const refused = Promise.withResolvers<string>();
    agent.script = async function* ({ tools }, signal) {
      const { text } = (await tools[0]?.execute({}, "call-1", signal)) ?? { text: "" };
      refused.resolve(text);
      yield* sayParts("done");
    };
    const note: Tool = {
      name: "note",
      description: "Sends a note.",
      parameters: { type: "object" },
      sideEffects: true,
      execute: async (_input, context) => {
        const sending = context.call("send", { to: "bob", message: "psst", idempotencyKey: "n1" });
        return {
          text: await sending.then(
            () => "sent",
            (error: Error) => error.message,
          ),
        };
      },
    };
    await using gateway = await startGateway(directory.path, { channels: [plugin], agent, tools: [note] });
    platform.say({ chatId: "ada", text: "tell bob" });
    expect(await refused.promise).toBe("memory takes no messages that an agent sends of its own accord.");
    await platform.waitForSent(({ text }) => text === "done");
    await gateway.call("send", hello);
    expect(platform.sent.map(({ text }) => text)).toEqual(["done", "Dinner is ready."]);
  });
});
