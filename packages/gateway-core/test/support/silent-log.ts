import type { LogFields, Logger, LogLevel } from "../../src/ports.ts";

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** A logger that keeps what it is told. */
export function recordingLog(lines: LogLine[] = []): Logger & { readonly lines: LogLine[] } {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => void lines.push({ level, message, fields });
  const log = { lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  return { ...log, child: () => recordingLog(lines) };
}
