import { closeClients, openClients } from "../load/clients.ts";
import { Deliveries } from "../load/deliveries.ts";
import { compareProcessorTime, type Side } from "../measure/processor-time.ts";
import { type Effort, type Line, ratioLine, type Row } from "../row.ts";
import { type BenchServer, startBare, startGateway } from "../servers/start.ts";

const CLIENTS = [1, 100, 1000];
const BUDGET = 1;
/** Events of one load, whatever the number of clients. With fewer, code is measured before it is compiled. */
const MOST_EVENTS = 20_000;
const FEWEST_EVENTS = 10;
const CHAT_MARK = '"event":"chat"';

/** One event to all clients, as a running answer makes many. */
export const broadcastRow: Row = {
  name: "broadcast",
  summary: "processor time per delivered event, to 1, 100 and 1000 clients",
  async measure(effort) {
    const lines: Line[] = [];
    for (const clients of CLIENTS) lines.push(await measure(clients, effort));
    return lines;
  },
};

async function measure(clients: number, effort: Effort): Promise<Line> {
  await using gateway = await startGateway();
  await using bare = await startBare();
  const deliveries = effort.loadMs * 30;
  const events = Math.round(Math.min(MOST_EVENTS, Math.max(FEWEST_EVENTS, deliveries / clients)));
  const sides = [await side(gateway, clients, events), await side(bare, clients, events)] as const;
  try {
    const comparison = await compareProcessorTime(sides[0], sides[1], effort.rounds);
    const what = `CPU per delivered event, ${clients} ${clients === 1 ? "client" : "clients"}`;
    return ratioLine(what, { ...comparison, unit: "µs", budget: BUDGET });
  } finally {
    for (const { close } of sides) await close();
  }
}

async function side(
  server: BenchServer,
  clients: number,
  events: number,
): Promise<Side & { readonly close: () => Promise<void> }> {
  const sockets = await openClients(server.ready, clients);
  const deliveries = new Deliveries(sockets, CHAT_MARK);
  return {
    server,
    async load() {
      await deliveries.expect(events * clients, () => server.command("broadcast", { events }));
      return events * clients;
    },
    async close() {
      deliveries[Symbol.dispose]();
      await closeClients(sockets);
    },
  };
}
