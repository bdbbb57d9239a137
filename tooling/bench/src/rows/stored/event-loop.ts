import { setTimeout } from "node:timers/promises";

import { closeClients, openClients } from "../../load/clients.ts";
import { askOnce } from "../../load/requests.ts";
import { median } from "../../measure/statistics.ts";
import { limitLine, round, type Row } from "../../row.ts";
import type { Delays } from "../../servers/stored/event-loop-watch.ts";
import { startGateway } from "../../servers/start.ts";

const SESSIONS = 10_000;
const TURNS_EACH = 3;
const BUDGET_MS = 50;
/** What clients ask to show what there is. */
const METHODS = ["sessions.list", "sessions.usage", "usage.cost"];

/** How late everything else is while clients ask about all sessions of a month. */
export const eventLoopRow: Row = {
  name: "event-loop",
  summary: "event-loop delay while 10,000 stored sessions are asked about",
  async measure({ rounds, loadMs }) {
    await using gateway = await startGateway();
    await gateway.command("seedSessions", { sessions: SESSIONS, turns: TURNS_EACH });
    const sockets = await openClients(gateway.ready, 1);
    const delay = () => gateway.command("delay") as Promise<Delays>;
    const [asked, idle]: [Delays[], Delays[]] = [[], []];
    for (let n = 0; n <= rounds; n += 1) {
      await delay();
      const end = performance.now() + loadMs;
      do {
        for (const socket of sockets) for (const method of METHODS) await askOnce(socket, method);
      } while (performance.now() < end);
      const busy = await delay();
      await setTimeout(loadMs / 4);
      const quiet = await delay();
      if (n === 0) continue;
      asked.push(busy);
      idle.push(quiet);
    }
    await closeClients(sockets);
    const yardstick = `${round(median(idle.map(({ p99Ms }) => p99Ms)))} ms`;
    const measured = median(asked.map(({ p99Ms }) => p99Ms));
    const longest = median(asked.map(({ maxMs }) => maxMs));
    const what = `event-loop delay, ${SESSIONS} sessions asked about`;
    return [
      limitLine(`${what}, p99`, { measured, unit: "ms", budget: BUDGET_MS, yardstick }),
      {
        ...limitLine(`${what}, longest`, { measured: longest, unit: "ms", budget: 0 }),
        budget: "–",
        isWithin: undefined,
      },
    ];
  },
};
