import type { LogFields, Logger } from "@openclaw/gateway-core";

/** The messages under which the gateway logs what clients do, all at debug level. */
const TRAFFIC: ReadonlySet<string> = new Set([
  "request",
  "request refused",
  "event",
  "a client connected",
  "a client was not let in",
]);

export type TrafficStyle = "full" | "compact";

/**
 * Lifts what clients do from debug to info level, so that `--ws-log full` and `--ws-log compact` show it in the
 * terminal without everything else that `--verbose` shows.
 */
export class TrafficLog implements Logger {
  readonly #log: Logger;
  readonly #style: TrafficStyle;

  constructor(log: Logger, style: TrafficStyle) {
    this.#log = log;
    this.#style = style;
  }

  debug(message: string, fields: LogFields = {}): void {
    if (!TRAFFIC.has(message)) this.#log.debug(message, fields);
    else if (this.#style === "full") this.#log.info(message, fields);
    else this.#log.info(summary(message, fields));
  }

  info(message: string, fields?: LogFields): void {
    this.#log.info(message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log.warn(message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#log.error(message, fields);
  }

  child(subsystem: string): Logger {
    return new TrafficLog(this.#log.child(subsystem), this.#style);
  }
}

/** One short line: which method and how long it took, which event, or who connected. */
function summary(message: string, fields: LogFields): string {
  const word = (name: string): string => {
    const value = fields[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const refused = message === "request refused" ? ` refused: ${word("code")} ${word("reason")}` : "";
  if (message.startsWith("request")) return `${word("method")} ${word("durationMs")} ms${refused}`;
  return `${message}: ${word("event")}${word("client")}${word("reason")}`;
}
