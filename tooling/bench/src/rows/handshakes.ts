import { loadHandshakes } from "../load/handshakes.ts";
import { compareProcessorTime } from "../measure/processor-time.ts";
import { round, type Row } from "../row.ts";
import { startBare, startGateway } from "../servers/start.ts";

const BUDGET = 0.5;

/** Connections with a token, from the upgrade to hello-ok. Device signatures come with the device identities. */
export const handshakeRow: Row = {
  name: "handshake",
  summary: "handshakes per second of processor time, with a token",
  async measure(effort) {
    await using gateway = await startGateway();
    await using bare = await startBare();
    const comparison = await compareProcessorTime(
      { server: gateway, load: () => loadHandshakes(gateway.ready, effort.loadMs) },
      { server: bare, load: () => loadHandshakes(bare.ready, effort.loadMs) },
      effort.rounds,
    );
    const ratio = 1 / comparison.ratio;
    return [
      {
        what: "handshakes per second of CPU, token",
        measured: `${round(1e6 / comparison.measured)} /s`,
        yardstick: `${round(1e6 / comparison.yardstick)} /s`,
        result: `${ratio.toFixed(2)} ×`,
        budget: `≥ ${BUDGET} ×`,
        isWithin: ratio >= BUDGET,
      },
    ];
  },
};
