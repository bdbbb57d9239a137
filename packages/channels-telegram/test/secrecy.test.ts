import { fileURLToPath } from "node:url";

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { FakeTelegram, type Fault } from "@openclaw/testkit/fake-telegram";
import { describe, expect, test } from "vitest";

import { tokenRedactor } from "../src/account/token.ts";
import { TelegramClient } from "../src/client.ts";
import { Scene } from "./scene.ts";

const faults: readonly (readonly [string, Fault])[] = [
  ["an answer that is not JSON", { kind: "html", status: 200, body: "<html>" }],
  ["an error that is not JSON", { kind: "html", status: 403, body: "<html>" }],
  ["502", { kind: "html", status: 502 }],
  ["a cut connection", { kind: "drop", when: "before" }],
  ["a refusal that repeats the token", { kind: "error", code: 400, description: "Bad Request: TOKEN is bad" }],
  ["no answer", { kind: "hang" }],
];

describe.each(faults)("S the token is in no error: %s", (_name, fault) => {
  test("of any call", async () => {
    await using telegram = await FakeTelegram.start();
    using client = new TelegramClient({
      wantsReactions: true,
      token: telegram.token,
      apiRoot: telegram.apiRoot,
      autoSelectFamily: true,
      timeoutSeconds: 1,
      pollGraceMs: 500,
    });
    const { signal } = new AbortController();
    telegram.failAlways(
      "*",
      fault.kind === "error" ? { ...fault, description: `Bad Request: ${telegram.token}` } : fault,
    );
    const path = fileURLToPath(import.meta.url);
    const upload = { field: "document", path, fileName: "a.txt" };
    const errors = await Promise.all(
      [
        client.getMe(signal),
        client.deleteWebhook(signal),
        client.getUpdates({ offset: undefined, timeoutSeconds: 0 }, signal),
        client.deliver({ method: "sendMessage", payload: { chat_id: "7", text: "x" } }, signal),
        client.deliver({ method: "sendDocument", payload: { chat_id: "7" }, upload }, AbortSignal.timeout(2_000)),
        client.getFile("x", signal),
        client.download("photos/none.jpg", signal),
      ].map((call) =>
        call.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      if (!(error instanceof Error)) continue;
      const everything = [
        error.message,
        error.stack,
        JSON.stringify(error, Object.getOwnPropertyNames(error)),
        String(error.cause),
      ];
      expect(everything.join("\n")).not.toContain(telegram.token);
      expect(everything.join("\n")).not.toContain(telegram.token.split(":")[1]);
    }
  });

  test("of the channel's logs and statuses", async () => {
    await using scene = await Scene.open({ section: { timeoutSeconds: 1 }, pollGraceMs: 300 });
    const { telegram } = scene;
    const standing = fault.kind === "error" ? { ...fault, description: `Bad Request: ${telegram.token}` } : fault;
    telegram.failAlways("*", standing);
    await scene.start();
    await scene.host.waitForState("backoff");
    telegram.clearFaults();
    telegram.failNext("getUpdates", standing);
    await scene.host.waitForState("online");
    telegram.failNext("sendMessage", standing);
    const outcome = await scene.send("hi");
    const probe = await scene.channel.probe(new AbortController().signal);
    const said = scene.host.transcript() + JSON.stringify([outcome, probe]);
    expect(said).not.toContain(telegram.token.split(":")[1]);
  });
});

test("S a token is taken out of any text, encoded or not", () => {
  const redact = tokenRedactor("123:a_b-c");
  expect(redact("https://api/bot123:a_b-c/x and 123%3Aa_b-c")).toBe("https://api/bot<token>/x and <token>");
});

describe("a token file", () => {
  async function withFile(content: string | undefined, body: (path: string) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "telegram-token-"));
    const path = join(folder, "token");
    if (content !== undefined) await writeFile(path, content, { mode: 0o600 });
    try {
      await body(path);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  test("is read when the account starts, and again when its token is refused", async () => {
    await using telegram = await FakeTelegram.start();
    const { token } = telegram;
    await withFile(`${token}\n`, async (path) => {
      await using scene = await Scene.online({ telegram, section: { tokenFile: path } });
      telegram.token = `${telegram.bot.id}:AARotatedTokenForTests_0123456789abcd`;
      telegram.people.says(scene.ada, "x");
      await scene.host.waitForState("unauthorized");
      await writeFile(path, telegram.token);
      await scene.host.waitForState("online");
      expect(await scene.send("hi")).toMatchObject({ outcome: "sent" });
      expect(scene.host.transcript()).not.toContain(token);
    });
  });

  test.each([
    ["that is missing", undefined, /^The token file .* can not be read: ENOENT\.$/],
    ["without a token", "hello", /^The content of the token file .* does not look like a bot token/],
  ])("%s: unlinked, with the reason, until it is mended", async (_name, content, detail) => {
    await using telegram = await FakeTelegram.start();
    await withFile(content, async (path) => {
      await using scene = await Scene.started({ telegram, section: { tokenFile: path } });
      await scene.host.waitForState("unlinked");
      expect(scene.host.status?.detail).toMatch(detail);
      expect(await scene.send("hi")).toMatchObject({ outcome: "retry" });
      await writeFile(path, telegram.token);
      await scene.host.waitForState("online");
    });
  });
});
