import { setTimeout as sleep } from "node:timers/promises";

import { closeClients, openClients } from "../load/clients.ts";
import { Deliveries } from "../load/deliveries.ts";
import { residentMemory } from "../measure/memory.ts";
import { compareProcessorTime, type Side } from "../measure/processor-time.ts";
import { median } from "../measure/statistics.ts";
import { type Effort, ratioLine, type Row, round } from "../row.ts";
import { type BenchServer, startBare, startGateway } from "../servers/start.ts";

const CLIENTS = 1000;
const STUCK_BUDGET = 1;
const CHAT_MARK = '"event":"chat"';

/** The same broadcast as to 1000 clients, while one more client reads nothing. The yardstick has no such client. */
export const stuckRow: Row = {
  name: "stuck",
  summary: "processor time per event delivered to 1000 clients, beside one that reads nothing",
  async measure(effort) {
    await using gateway = await startGateway({ clients: CLIENTS });
    await using bare = await startBare();
    const events = Math.max(10, Math.round((effort.loadMs * 30) / CLIENTS));
    const stuck = await openClients(gateway.ready, 1);
    for (const socket of stuck) socket.pause();
    const sides = [await side(gateway, events), await side(bare, events)] as const;
    try {
      const comparison = await compareProcessorTime(sides[0], sides[1], effort.rounds);
      const what = `CPU per delivered event, ${CLIENTS} clients and one stuck`;
      return [ratioLine(what, { ...comparison, unit: "µs", budget: STUCK_BUDGET })];
    } finally {
      for (const { close } of sides) await close();
      await closeClients(stuck);
    }
  },
};

async function side(server: BenchServer, events: number): Promise<Side & { readonly close: () => Promise<void> }> {
  const sockets = await openClients(server.ready, CLIENTS);
  const deliveries = new Deliveries(sockets, CHAT_MARK);
  return {
    server,
    async load() {
      await deliveries.expect(events * CLIENTS, () => server.command("broadcast", { events }));
      return events * CLIENTS;
    },
    async close() {
      deliveries[Symbol.dispose]();
      await closeClients(sockets);
    },
  };
}

/** What one more client that does nothing costs, in memory that stays. */
export const clientMemoryRow: Row = {
  name: "client-memory",
  summary: "resident memory per idle client",
  async measure(effort) {
    const measured: number[] = [];
    const yardstick: number[] = [];
    for (let n = 0; n < Math.ceil(effort.rounds / 2); n += 1) {
      measured.push(await memoryPerClient(() => startGateway({ clients: CLIENTS }), effort));
      yardstick.push(await memoryPerClient(startBare, effort));
    }
    const [own, bare] = [median(measured), median(yardstick)];
    return [
      {
        what: `resident memory per idle client, of ${CLIENTS}`,
        measured: `${round(own)} KiB`,
        yardstick: `${round(bare)} KiB`,
        result: `${(own / bare).toFixed(2)} ×`,
        budget: "–",
        isWithin: undefined,
      },
    ];
  },
};

/** In KiB. As many clients come and go first, so that what only the first of them need is not counted. */
async function memoryPerClient(start: () => Promise<BenchServer>, { idleMs }: Effort): Promise<number> {
  await using server = await start();
  await closeClients(await openClients(server.ready, CLIENTS));
  await sleep(idleMs);
  const before = await residentMemory(server.pid);
  const sockets = await openClients(server.ready, CLIENTS);
  await sleep(idleMs);
  const after = await residentMemory(server.pid);
  await closeClients(sockets);
  return ((after - before) * 1024) / CLIENTS;
}
