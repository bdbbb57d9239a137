import type { Logger } from "@openclaw/gateway-core";

/**
 * A promise that nobody waited for does not take the gateway down: one failed call must not end the others'
 * conversations. It is logged as the defect it is. An exception out of the blue still ends the process, because what
 * it left half done is not known; the durable state takes up from there at the next start.
 */
export function keepRunning(log: Logger): Disposable {
  const onRejection = (reason: unknown): void =>
    log.error("a failure was left unhandled; this is a defect", { error: reason });
  process.on("unhandledRejection", onRejection);
  return { [Symbol.dispose]: () => process.off("unhandledRejection", onRejection) };
}
