import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";

import type { EventLoopHealth } from "@openclaw/protocol";

const RESOLUTION_MS = 200;
const NANOSECONDS = 1e6;
const MICROSECONDS = 1e3;
/** Above this, clients notice that the process does not answer in time. */
const DEGRADED_P99_MS = 500;

/** Measures how late the process answers. Costs five timer ticks a second. */
export class EventLoopMonitor implements Disposable {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #processor = process.cpuUsage();
  #since = performance.now();
  #degradedSinceMs: number | null = null;

  constructor() {
    this.#histogram.enable();
  }

  /** The time since the last sample. `timestamp` is now, in milliseconds since the epoch. */
  sample(timestamp: number): EventLoopHealth {
    const now = performance.now();
    const utilization = performance.eventLoopUtilization();
    const used = performance.eventLoopUtilization(utilization, this.#utilization).utilization;
    const delayP99Ms = this.#lateness(this.#histogram.percentile(99));
    const degraded = delayP99Ms > DEGRADED_P99_MS;
    this.#degradedSinceMs = degraded ? (this.#degradedSinceMs ?? timestamp) : null;
    const intervalMs = Math.round(now - this.#since);
    const { user, system } = process.cpuUsage(this.#processor);
    const sample = {
      degraded,
      degradedSinceMs: this.#degradedSinceMs,
      reasons: degraded ? ["event_loop_delay"] : [],
      intervalMs,
      delayP99Ms,
      delayMaxMs: this.#lateness(this.#histogram.max),
      utilization: thousandths(used),
      cpuCoreRatio: intervalMs === 0 ? 0 : thousandths((user + system) / MICROSECONDS / intervalMs),
    };
    this.#histogram.reset();
    this.#utilization = utilization;
    this.#processor = process.cpuUsage();
    this.#since = now;
    return sample;
  }

  [Symbol.dispose](): void {
    this.#histogram.disable();
  }

  /** The histogram holds the times between ticks, of which the resolution is intended. */
  #lateness(nanoseconds: number): number {
    if (this.#histogram.count === 0) return 0;
    return Math.max(0, Math.round(nanoseconds / NANOSECONDS) - RESOLUTION_MS);
  }
}

function thousandths(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
