import { joinSignals } from "@openclaw/channels-contract";

import { defineHandler } from "./define.ts";

const PROBE_TIMEOUT_MS = 10_000;

export const health = defineHandler("health", async ({ probe }, { health: monitor, signal }) => {
  if (probe !== true) return monitor.read();
  using within = joinSignals(signal, AbortSignal.timeout(PROBE_TIMEOUT_MS));
  return await monitor.probe(within.signal);
});
