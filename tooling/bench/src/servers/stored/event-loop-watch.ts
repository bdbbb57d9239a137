import { monitorEventLoopDelay } from "node:perf_hooks";

const RESOLUTION_MS = 1;
const NANOSECONDS = 1e6;

export interface Delays {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** How late the event loop comes to what is due. */
export class EventLoopWatch {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** Since the last call. */
  take(): Delays {
    const late = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS);
    const delays = { p99Ms: late(this.#histogram.percentile(99)), maxMs: late(this.#histogram.max) };
    this.#histogram.reset();
    return delays;
  }
}
