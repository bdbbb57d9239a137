import { defineHandler } from "./define.ts";

const PROBE_TIMEOUT_MS = 10_000;

export const health = defineHandler("health", ({ probe }, { health: monitor, signal }) =>
  probe === true ? monitor.probe(AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)])) : monitor.read(),
);
