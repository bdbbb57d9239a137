import { setTimeout as sleep } from "node:timers/promises";

import { FakeTelegram } from "@openclaw/testkit/fake-telegram";

import { residentMemory } from "../measure/memory.ts";
import { median } from "../measure/statistics.ts";
import { type Effort, limitLine, type Row } from "../row.ts";
import { createOperatorHome, startOperatorGateway } from "../servers/operator.ts";

const POLL_TIMEOUT_MS = 10_000;

/** What the process keeps while nothing happens, with nobody connected. */
export const memoryRow: Row = {
  name: "memory",
  summary: "resident memory idle, without channels and with Telegram",
  async measure(effort) {
    return [
      limitLine("resident memory idle, no channels", {
        measured: await withoutChannels(effort),
        unit: "MiB",
        budget: 80,
      }),
      limitLine("resident memory idle, Telegram", { measured: await withTelegram(effort), unit: "MiB", budget: 90 }),
    ];
  },
};

async function withoutChannels(effort: Effort): Promise<number> {
  return idleMemory({}, effort, async () => undefined);
}

async function withTelegram(effort: Effort): Promise<number> {
  await using telegram = await FakeTelegram.start();
  const { token: botToken, apiRoot } = telegram;
  const config = { channels: { telegram: { enabled: true, botToken, apiRoot, dmPolicy: "open", allowFrom: ["*"] } } };
  // Awaited here, as the fake server ends when this function returns.
  return await idleMemory(config, effort, async () => {
    const end = performance.now() + POLL_TIMEOUT_MS;
    while (!telegram.calls.some((call) => call.method === "getUpdates")) {
      if (performance.now() > end) throw new Error("The gateway did not begin to poll Telegram.");
      await sleep(50);
    }
  });
}

/** The median over several processes, each left alone for a while first. */
async function idleMemory(
  config: Readonly<Record<string, unknown>>,
  effort: Effort,
  settled: () => Promise<void>,
): Promise<number> {
  await using home = await createOperatorHome(config);
  const readings: number[] = [];
  for (let n = 0; n < effort.rounds; n += 1) {
    await using gateway = await startOperatorGateway(home);
    await settled();
    await sleep(effort.idleMs);
    readings.push(await residentMemory(gateway.pid));
  }
  return median(readings);
}
