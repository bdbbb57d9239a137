import type { ConfigRuntime } from "../config/runtime.ts";
import type { Clock } from "../ports.ts";
import { createLogger, type Logging, type LogStream } from "./logger.ts";

export interface OpenLogOptions {
  /** The terminal; none without it. */
  readonly stdout?: LogStream | undefined;
  /** `--verbose`: the terminal shows debug lines; the file is not affected (R1.5). */
  readonly verbose?: boolean;
  /** Colours in the terminal; by default when it is one and NO_COLOR is not set. */
  readonly color?: boolean;
  readonly clock?: Pick<Clock, "now" | "setTimeout">;
}

/** Starts the log that a configuration describes, with the configuration's secrets masked. */
export function openLog(config: ConfigRuntime, options: OpenLogOptions = {}): Logging {
  const { stdout, verbose = false, clock } = options;
  const { level, consoleLevel, consoleStyle, redactSensitive, redactPatterns } = config.current.logging;
  const color = options.color ?? (config.environment["NO_COLOR"] ? false : undefined);
  return createLogger({
    level,
    consoleLevel: verbose ? "debug" : consoleLevel,
    consoleStyle,
    file: config.logFile?.path,
    guardDirectory: config.logFile?.shared ?? false,
    stdout,
    ...(color === undefined ? {} : { color }),
    redact: { patterns: redactSensitive !== "off", extraPatterns: redactPatterns, secrets: config.secrets },
    ...(clock === undefined ? {} : { clock }),
  });
}
