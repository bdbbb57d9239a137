import { closeClients, openClient, openClients, type Target } from "../load/clients.ts";
import { askOnce, loadRequests } from "../load/requests.ts";
import { compareProcessorTime } from "../measure/processor-time.ts";
import { type Effort, type Line, ratioLine, type Row } from "../row.ts";
import { type GatewaySettings, startBare, startGateway } from "../servers/start.ts";

const CONNECTIONS = 8;

/** A small request, answered from memory: what a request costs beyond the work it asks for. */
export const requestRow: Row = {
  name: "request",
  summary: "processor time per small request",
  async measure(effort) {
    const what = "CPU per small request";
    const method = "system-presence";
    const line = await measure({ what, method, budget: 1.4 }, effort);
    const quiet = await measure({ what: `${what}, log at info`, method, budget: 1.4, logLevel: "info" }, effort);
    // By default every request is a line in the log file; this one tells what of the time that takes.
    return [line, { ...quiet, budget: "–", isWithin: undefined }];
  },
};

/** The request every client makes: a big answer that changes rarely. The yardstick encodes it once as well. */
export const healthRow: Row = {
  name: "health",
  summary: "processor time per health request",
  measure: async (effort) => [await measure({ what: "CPU per health request", method: "health", budget: 1.5 }, effort)],
};

interface RequestLoad extends GatewaySettings {
  readonly what: string;
  readonly method: string;
  readonly budget: number;
}

async function measure({ what, method, budget, ...settings }: RequestLoad, effort: Effort): Promise<Line> {
  await using gateway = await startGateway(settings);
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
    return ratioLine(what, { ...comparison, unit: "µs", budget });
  } finally {
    await closeClients([...measured.sockets, ...yardstick.sockets]);
  }
}
