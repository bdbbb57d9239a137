import { closeClients, openClient, openClients, type Target } from "../load/clients.ts";
import { askOnce, loadRequests } from "../load/requests.ts";
import { compareProcessorTime } from "../measure/processor-time.ts";
import { type Effort, type Line, ratioLine, type Row } from "../row.ts";
import { startBare, startGateway } from "../servers/start.ts";

const CONNECTIONS = 8;

/** A small request, answered from memory: what a request costs beyond the work it asks for. */
export const requestRow: Row = {
  name: "request",
  summary: "processor time per small request",
  measure: (effort) => measure("CPU per small request (system-presence)", "system-presence", 1.4, effort),
};

/** The request every client makes: a big answer that changes rarely. The yardstick encodes it once as well. */
export const healthRow: Row = {
  name: "health",
  summary: "processor time per health request",
  measure: (effort) => measure("CPU per health request", "health", 1.5, effort),
};

async function measure(what: string, method: string, budget: number, effort: Effort): Promise<readonly Line[]> {
  await using gateway = await startGateway();
  await using bare = await startBare();
  const probe = await openClient(gateway.ready);
  const payload = await askOnce(probe, method);
  await closeClients([probe]);
  await bare.command("answerWith", { payload, encodeOnce: method === "health" });

  const load = async (target: Target) => {
    const sockets = await openClients(target, CONNECTIONS);
    return { sockets, run: () => loadRequests(sockets, method, effort.loadMs) };
  };
  const [measured, yardstick] = [await load(gateway.ready), await load(bare.ready)];
  try {
    const comparison = await compareProcessorTime(
      { server: gateway, load: measured.run },
      { server: bare, load: yardstick.run },
      effort.rounds,
    );
    return [ratioLine(what, { ...comparison, unit: "µs", budget })];
  } finally {
    await closeClients([...measured.sockets, ...yardstick.sockets]);
  }
}
