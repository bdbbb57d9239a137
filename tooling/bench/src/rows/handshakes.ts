import { BenchDevice } from "../load/device.ts";
import { loadHandshakes } from "../load/handshakes.ts";
import { compareProcessorTime } from "../measure/processor-time.ts";
import { type Effort, type Line, round, type Row } from "../row.ts";
import { startBare, startGateway } from "../servers/start.ts";

const BUDGET = 0.5;

/** Connections from the upgrade to hello-ok: with a token, and with the signature of a device besides. */
export const handshakeRow: Row = {
  name: "handshake",
  summary: "handshakes per second of processor time, with a token and with a device signature",
  async measure(effort) {
    const token = await measure("token", undefined, effort);
    const signed = await measure("token and device signature", new BenchDevice(), effort);
    // The budget is for verified devices, although the yardstick checks no signature.
    return [{ ...token, budget: "–", isWithin: undefined }, signed];
  },
};

async function measure(what: string, device: BenchDevice | undefined, effort: Effort): Promise<Line> {
  await using gateway = await startGateway();
  await using bare = await startBare();
  const choice = device === undefined ? {} : { device };
  const comparison = await compareProcessorTime(
    { server: gateway, load: () => loadHandshakes(gateway.ready, effort.loadMs, choice) },
    { server: bare, load: () => loadHandshakes(bare.ready, effort.loadMs) },
    effort.rounds,
  );
  const ratio = 1 / comparison.ratio;
  return {
    what: `handshakes per second of CPU, ${what}`,
    measured: `${round(1e6 / comparison.measured)} /s`,
    yardstick: `${round(1e6 / comparison.yardstick)} /s`,
    result: `${ratio.toFixed(2)} ×`,
    budget: `≥ ${BUDGET} ×`,
    isWithin: ratio >= BUDGET,
  };
}
