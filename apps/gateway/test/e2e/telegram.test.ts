import { FakeTelegram } from "@openclaw/testkit/fake-telegram";
import { type FakeModel, startFakeModel } from "@openclaw/testkit/fake-model";
import { eventually } from "@openclaw/testkit/eventually";
import { beforeAll, describe, expect, it } from "vitest";

import { INSTALL_TIMEOUT_MS, TEST_TIMEOUT_MS, installation } from "./support/installation.ts";
import { LOCAL, Operator } from "./support/operator.ts";

interface Scene extends AsyncDisposable {
  readonly operator: Operator;
  readonly telegram: FakeTelegram;
  readonly model: FakeModel;
}

/** An operator whose gateway answers Ada on a fake Telegram with a fake model. */
async function scene(telegramSettings: Readonly<Record<string, unknown>> = {}): Promise<Scene> {
  const stack = new AsyncDisposableStack();
  const operator = stack.use(await Operator.create());
  const telegram = stack.use(await FakeTelegram.start());
  const model = stack.use(await startFakeModel());
  await operator.configure({
    ...LOCAL,
    agents: { defaults: { model: "fake/test" } },
    models: {
      providers: {
        fake: { baseUrl: model.baseUrls.openai, apiKey: "k", api: "openai-completions", models: [{ id: "test" }] },
      },
    },
    channels: {
      telegram: {
        botToken: telegram.token,
        apiRoot: telegram.apiRoot,
        dmPolicy: "open",
        allowFrom: ["*"],
        ...telegramSettings,
      },
    },
  });
  return { operator, telegram, model, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

const ADA = { id: 4711, firstName: "Ada" } as const;
const WAIT = { timeoutMs: 20_000 };

/** The texts that reached Ada, in order. */
function textsTo(telegram: FakeTelegram, chatId: number = ADA.id): (string | undefined)[] {
  return telegram.sent.filter(({ message }) => message.chat.id === chatId).map(({ message }) => message.text);
}

beforeAll(installation, INSTALL_TIMEOUT_MS);

describe("a Telegram message, through the installed gateway", { timeout: TEST_TIMEOUT_MS }, () => {
  it("R1.1 is answered through the model, once, in its chat", async () => {
    await using stage = await scene();
    const { operator, telegram } = stage;
    await using gateway = await operator.gateway();
    const ada = telegram.people.addUser(ADA);
    const update = telegram.people.says(ada, "say: Good morning, Ada.");
    await telegram.waitForMessage(({ message }) => message.text === "Good morning, Ada.", WAIT);
    await telegram.waitForConfirmed(update, WAIT);
    expect(textsTo(telegram)).toEqual(["Good morning, Ada."]);
    expect(await operator.json(["channels", "status"])).toMatchObject({
      channelAccounts: { telegram: [{ state: "online", identity: { username: telegram.bot.username } }] },
    });
    // No warning of a bundled library reaches the terminal either.
    expect(gateway.stderr).toBe("");
  });

  it("F7 the same update delivered twice is answered once", async () => {
    await using stage = await scene();
    const { operator, telegram, model } = stage;
    await using _gateway = await operator.gateway();
    const ada = telegram.people.addUser(ADA);
    const update = telegram.people.says(ada, "say: once");
    await telegram.waitForMessage(({ message }) => message.text === "once", WAIT);
    telegram.redeliver(update);
    // What comes after the repetition is answered, so the repetition was seen and left alone.
    telegram.people.says(ada, "say: after");
    await telegram.waitForMessage(({ message }) => message.text === "after", WAIT);
    expect(textsTo(telegram)).toEqual(["once", "after"]);
    expect(model.requests).toHaveLength(2);
  });

  it("F3 F8 kill -9 between receipt and reply, then a restart, gives exactly one reply", async () => {
    await using stage = await scene();
    const { operator, telegram, model } = stage;
    model.enqueue({ kind: "silence" });
    const ada = telegram.people.addUser(ADA);
    {
      await using gateway = await operator.gateway();
      telegram.people.says(ada, "say: still here");
      await model.request(1);
      gateway.kill("SIGKILL");
      await gateway.waitForExit();
    }
    expect(textsTo(telegram)).toEqual([]);
    await using _again = await operator.gateway();
    await telegram.waitForMessage(({ message }) => message.text === "still here", WAIT);
    telegram.people.says(ada, "say: next");
    await telegram.waitForMessage(({ message }) => message.text === "next", WAIT);
    expect(textsTo(telegram)).toEqual(["still here", "next"]);
  });

  it("R1.3 SIGTERM during a turn lets it end, delivers the reply and exits 0", async () => {
    await using stage = await scene();
    const { operator, telegram, model } = stage;
    const ada = telegram.people.addUser(ADA);
    await using gateway = await operator.gateway();
    telegram.people.says(ada, "slow: 150 one two three four five");
    await model.request(1);
    gateway.kill("SIGTERM");
    expect(await gateway.waitForExit()).toMatchObject({ code: 0, stderr: "" });
    expect(textsTo(telegram).join("")).toContain("five");
    await using _again = await operator.gateway();
    telegram.people.says(ada, "say: next");
    await telegram.waitForMessage(({ message }) => message.text === "next", WAIT);
    expect(textsTo(telegram)).toHaveLength(2);
  });

  it("R1.3 F3 SIGTERM during a turn that does not end is over within the deadline, and the turn runs after the restart", async () => {
    await using stage = await scene();
    const { operator, telegram, model } = stage;
    model.enqueue({ kind: "silence" });
    const ada = telegram.people.addUser(ADA);
    {
      await using gateway = await operator.gateway();
      telegram.people.says(ada, "say: late but here");
      await model.request(1);
      gateway.kill("SIGTERM");
      expect(await gateway.waitForExit()).toMatchObject({ code: 0 });
    }
    await using _again = await operator.gateway();
    await telegram.waitForMessage(({ message }) => message.text === "late but here", WAIT);
    expect(textsTo(telegram)).toEqual(["late but here"]);
  });

  it("a wrong token shows as unauthorized in channels status, with the remedy, and the rest goes on", async () => {
    await using stage = await scene({ botToken: "1234567890:WrongTokenWrongTokenWrongTokenWrong" });
    const { operator } = stage;
    await using _gateway = await operator.gateway();
    const account = await eventually("the account is unauthorized", async () => {
      const status = (await operator.json(["channels", "status"])) as {
        channelAccounts: { telegram: { state: string; detail?: string }[] };
      };
      return status.channelAccounts.telegram.find(({ state }) => state === "unauthorized");
    });
    expect(account.detail).toMatch(/botToken|BotFather/u);
    const shown = await operator.run(["channels", "status"]);
    expect(shown.stdout).toMatch(/telegram|Telegram/u);
    expect(shown.stdout).toContain("unauthorized");
    expect(shown.stdout + shown.stderr).not.toContain("WrongTokenWrongToken");
    expect(await operator.run(["agent", "-m", "say: fine"])).toMatchObject({ code: 0, stdout: "fine\n" });
  });

  it("a stranger gets a code, and is answered after it was approved", async () => {
    await using stage = await scene({ dmPolicy: "pairing", allowFrom: [] });
    const { operator, telegram } = stage;
    await using _gateway = await operator.gateway();
    const ada = telegram.people.addUser(ADA);
    telegram.people.says(ada, "say: let me in");
    const { message } = await telegram.waitForMessage(undefined, WAIT);
    const list = (await operator.json(["pairing", "list", "telegram"])) as {
      requests: { code: string; senderId: string }[];
    };
    expect(list.requests).toEqual([expect.objectContaining({ senderId: String(ADA.id) })]);
    const [request] = list.requests;
    expect(message.text).toContain(request?.code);
    expect(await operator.run(["pairing", "approve", request?.code ?? ""])).toMatchObject({ code: 0 });
    telegram.people.says(ada, "say: thank you");
    await telegram.waitForMessage(({ message: sent }) => sent.text === "thank you", WAIT);
  });

  it("R8.2 message send goes out through the running gateway, and the same key never twice", async () => {
    await using stage = await scene();
    const { operator, telegram } = stage;
    await using _gateway = await operator.gateway();
    telegram.people.addUser(ADA);
    const words = [
      "message",
      "send",
      "--target",
      String(ADA.id),
      "--message",
      "Dinner is ready",
      "--idempotency-key",
      "dinner",
    ];
    const first = await operator.json(words);
    expect(first).toMatchObject({ channel: "telegram", messageId: expect.any(String) as string });
    expect(await operator.json(words)).toEqual(first);
    expect(textsTo(telegram)).toEqual(["Dinner is ready"]);
  });
});
