import { type EventLoopUtilization, monitorEventLoopDelay, performance } from "node:perf_hooks";

import type { EventLoopHealth } from "@openclaw/protocol";

const RESOLUTION_MS = 200;
const NANOSECONDS = 1e6;
/** Above this, clients notice that the process does not answer in time. */
const DEGRADED_P99_MS = 500;

/** Measures how late the process answers. Costs five timer ticks a second. */
export class EventLoopMonitor implements Disposable {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();
  #since = performance.now();

  constructor() {
    this.#histogram.enable();
  }

  /** The time since the last sample. */
  sample(): EventLoopHealth {
    const now = performance.now();
    const utilization = performance.eventLoopUtilization();
    const used = performance.eventLoopUtilization(utilization, this.#utilization).utilization;
    const delayP99Ms = this.#lateness(this.#histogram.percentile(99));
    const degraded = delayP99Ms > DEGRADED_P99_MS;
    const sample = {
      degraded,
      reasons: degraded ? ["event-loop-delay"] : [],
      intervalMs: Math.round(now - this.#since),
      delayP99Ms,
      delayMaxMs: this.#lateness(this.#histogram.max),
      utilization: Math.round(used * 1_000) / 1_000,
    };
    this.#histogram.reset();
    this.#utilization = utilization;
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
