import { createTelegramChannel } from "@openclaw/channels-telegram";
import { type Agent, createGateway } from "@openclaw/gateway-core";
import { ManualClock } from "@openclaw/testkit/clock";
import { eventually } from "@openclaw/testkit/eventually";
import { FakeTelegram } from "@openclaw/testkit/fake-telegram";
import { FaultProxy } from "@openclaw/testkit/fault-proxy";
import { createTempDirectory } from "@openclaw/testkit/temp-directory";
import { expect, it } from "vitest";

const ADA = 4711;
const OUTAGE_MS = 60_000;
const STEP_MS = 1_000;
const SECTION = { dmPolicy: "open", allowFrom: ["*"] };

/** An agent whose model is behind the same network as everything else. */
function agentBehind(network: FaultProxy, released: Promise<void>): Agent {
  return {
    listModels: () => Promise.resolve([]),
    defaultModel: () => "network/echo",
    async *runTurn({ prompt }, signal) {
      if (prompt === "first") await released;
      await fetch(`${network.url}/model`, { signal });
      const text = `Echo: ${prompt}`;
      yield { type: "text", delta: text };
      const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, total: 2 };
      const content = [{ type: "text", text }] as const;
      yield { type: "finish", reason: "stop", usage, messages: [{ role: "assistant", content, timestamp: 1 }] };
    },
  };
}

it(
  "F14 F37 a minute without any network ends nothing: the same process reconnects by itself and catches up, once",
  { timeout: 60_000 },
  async () => {
    await using directory = await createTempDirectory("openclaw-outage");
    await using telegram = await FakeTelegram.start();
    await using network = await FaultProxy.start(telegram.apiRoot);
    const clock = new ManualClock(Date.now());
    const released = Promise.withResolvers<void>();
    const lines: string[] = [];
    const keep = (message: string) => void lines.push(message);
    const log = { debug: () => {}, info: () => {}, warn: keep, error: keep, child: () => log };
    const gateway = await createGateway({
      stateDir: directory.path,
      listen: { port: 0 },
      clock,
      log,
      config: {
        gateway: { mode: "local" },
        messages: { queue: { mode: "followup" } },
        agents: { defaults: { heartbeat: { every: "0m" } } },
        channels: { telegram: { botToken: telegram.token, apiRoot: network.url, ...SECTION } },
      },
      channels: [createTelegramChannel()],
      agent: agentBehind(network, released.promise),
    });
    await gateway.start();
    const state = async () => {
      const { channelAccounts } = await gateway.call("channels.status", {});
      return channelAccounts["telegram"]?.[0]?.["state"];
    };
    const passUntil = (what: string, holds: () => boolean | Promise<boolean>) =>
      eventually(what, async () => (await holds()) || (await clock.advance(STEP_MS), false), 20_000);
    const texts = () => telegram.sent.map(({ message }) => message.text ?? "");
    const ada = telegram.people.addUser({ id: ADA, firstName: "Ada" });

    await passUntil("the connection", async () => (await state()) === "online");
    telegram.people.says(ada, "zero");
    await passUntil("an answer", () => texts().length === 1);
    // One turn is at work when the network goes, and its answer falls into the outage.
    const first = telegram.people.says(ada, "first");
    await passUntil("the first to be taken", () => telegram.confirmed.includes(first.update_id));
    await network.goOffline();
    released.resolve();
    telegram.people.says(ada, "during");
    const begun = clock.now();
    while (clock.now() - begun < OUTAGE_MS) {
      await clock.advance(STEP_MS);
      const response = await fetch(`http://127.0.0.1:${gateway.port}/healthz`);
      expect(response.status).toBe(200);
    }
    expect(await state()).toBe("backoff");
    expect(texts().length).toBe(1);

    await network.goOnline();
    await passUntil("all answers", () => texts().length === 3);
    await passUntil("the connection", async () => (await state()) === "online");
    telegram.people.says(ada, "after");
    await passUntil("the last answer", () => texts().length === 4);
    for (let step = 0; step < 60; step += 1) await clock.advance(STEP_MS);
    const [zero, failure = "", ...rest] = texts();
    expect([zero, ...rest]).toEqual(["Echo: zero", "Echo: during", "Echo: after"]);
    // The turn that lost its model says so, once.
    expect(failure).not.toBe("");
    expect(failure).not.toContain("Echo");
    expect(telegram.pending).toEqual([]);
    // What is the same every second is not a line every second.
    expect(lines.length).toBeLessThan(60);
    const stopped = gateway.stop({ drainMs: 0 });
    await clock.advance(5_000);
    await stopped;
  },
);
