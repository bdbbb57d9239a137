import type { EventName } from "@openclaw/protocol";

import type { Logger } from "../ports.ts";

/**
 * Tells the log of every event that clients get (R1.5). Equal events of one moment, such as the pieces of a streamed
 * answer, share a line that says how many they were.
 */
export class DeliveryLog {
  readonly #log: Pick<Logger, "debug">;
  #event: EventName | undefined;
  #receivers = 0;
  #times = 0;

  constructor(log: Pick<Logger, "debug">) {
    this.#log = log;
  }

  delivered(event: EventName, receivers: number): void {
    if (event === this.#event && receivers === this.#receivers) {
      this.#times += 1;
      return;
    }
    this.#tell();
    this.#event = event;
    this.#receivers = receivers;
    this.#times = 1;
    queueMicrotask(() => this.#tell());
  }

  #tell(): void {
    const [event, receivers, times] = [this.#event, this.#receivers, this.#times];
    if (event === undefined) return;
    this.#event = undefined;
    this.#log.debug("event", times === 1 ? { event, receivers } : { event, receivers, times });
  }
}
