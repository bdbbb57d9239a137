import { createTelegramChannel } from "@openclaw/channels-telegram";
import { type Agent, type AgentTurn, createGateway } from "@openclaw/gateway-core";
import { eventually } from "@openclaw/testkit/eventually";
import { FakeTelegram } from "@openclaw/testkit/fake-telegram";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

/** An agent that answers "Echo: " and what it was asked, and remembers it. */
function echo(turns: AgentTurn[]): Agent {
  return {
    listModels: () => Promise.resolve([]),
    defaultModel: () => "echo/test",
    async *runTurn(turn) {
      turns.push(turn);
      yield { type: "model", provider: "echo", model: "test" };
      const text = `Echo: ${turn.prompt.split("\n").at(-1)}`;
      yield { type: "text", delta: text };
      const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
      const content = [{ type: "text", text }] as const;
      yield { type: "finish", reason: "stop", usage, messages: [{ role: "assistant", content, timestamp: 1 }] };
    },
  };
}

async function start(stateDir: string, telegram: FakeTelegram, turns: AgentTurn[]) {
  const section = {
    botToken: telegram.token,
    apiRoot: telegram.apiRoot,
    dmPolicy: "open",
    allowFrom: ["*"],
    groupPolicy: "open",
    groups: { "-5": { requireMention: false } },
    customCommands: [{ command: "backup", description: "Runs a backup." }],
  };
  const gateway = await createGateway({
    stateDir,
    config: { gateway: { mode: "local" }, channels: { telegram: section } },
    listen: { port: 0 },
    channels: [createTelegramChannel()],
    agent: echo(turns),
  });
  await gateway.start();
  return Object.assign(gateway, { [Symbol.asyncDispose]: () => gateway.stop({ drainMs: 0 }) });
}

it("what people change on Telegram reaches the agent, and a group keeps its conversation under its new id", async () => {
  await using directory = await createTempDirectory("openclaw-changes");
  await using telegram = await FakeTelegram.start();
  const { people } = telegram;
  const ada = people.addUser({ id: 7, firstName: "Ada" });
  people.addChat({ id: -5, title: "Team", type: "group" });
  const turns: AgentTurn[] = [];
  const answered = (text: string) => telegram.waitForMessage(({ message }) => message.text === `Echo: ${text}`);
  {
    await using gateway = await start(directory.path, telegram, turns);
    await eventually("the menu", () => telegram.commands.some(({ command }) => command === "backup"));
    expect(telegram.commands.map(({ command }) => command)).toContain("status");

    const { message } = people.says(ada, "helo");
    const answer = await answered("helo");
    await eventually("the receipt", async () => {
      const { rows } = await gateway.call("outbox.list", { limit: 10 });
      return rows[0]?.state === "sent";
    });
    if (message !== undefined) people.edits(message, "hello");
    people.reacts(ada, answer.message, "👍");
    const confirmed = people.says(ada, "next");
    await telegram.waitForConfirmed(confirmed);
    await answered("next");
    const told = turns.at(-1)?.prompt.replaceAll(/\[[^\]]*\] /gu, "");
    expect(told).toBe(
      [
        `System: Telegram message edited by Ada on msg ${message?.message_id}, it now reads: hello`,
        `System: Telegram reaction added: 👍 by Ada on msg ${answer.message.message_id}`,
        "next",
      ].join("\n"),
    );
    people.says(ada, "in the group", { chatId: -5 });
    await answered("Ada: in the group");
    people.migrate(-5, -1_005, { tells: true });
    await eventually("the move", async () => {
      const { sessions } = await gateway.call("sessions.list", {});
      return sessions.some(({ key }) => key === "agent:main:telegram:group:-1005");
    });
  }
  await using _again = await start(directory.path, telegram, turns);
  people.says(ada, "after the move", { chatId: -1_005 });
  const { message } = await answered("Ada: after the move");
  expect(message.chat.id).toBe(-1_005);
  expect(turns.at(-1)?.history).toHaveLength(2);
});
