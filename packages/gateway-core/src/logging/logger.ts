import type { Clock, LogFields, Logger, LogLevel } from "../ports.ts";
import { formatForConsole } from "./console-format.ts";
import { FileSink } from "./file/file-sink.ts";
import { formatAsJson, JsonLines } from "./json-line.ts";
import { LogFile } from "./log-file.ts";
import { type LogRecord, toRecord } from "./record.ts";
import { Redactor, type RedactorOptions } from "./redact.ts";
import { RepeatFilter } from "./repeats.ts";
import { DEFAULT_LOG_LIMITS, type LogLimits } from "./file/rotation.ts";

/** Levels as configuration writes them; the log itself has four, and silent is none of them. */
export type ConfiguredLevel = "silent" | "fatal" | "error" | "warn" | "info" | "debug" | "trace";

/** A terminal or pipe, such as process.stdout. */
export interface LogStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  /** Bytes that wait to be taken. */
  readonly writableLength?: number | undefined;
  on?(event: "error", listener: (error: Error) => void): unknown;
  off?(event: "error", listener: (error: Error) => void): unknown;
}

export interface LoggingOptions {
  /** The least severe lines of the file. */
  readonly level?: ConfiguredLevel;
  /** The least severe lines of the terminal. */
  readonly consoleLevel?: ConfiguredLevel;
  readonly consoleStyle?: "pretty" | "compact" | "json";
  /** Where the file goes; YYYY-MM-DD in the name stands for the day. No file without it. */
  readonly file?: string | undefined;
  /** The file's directory is in a place that everybody can write to, such as /tmp. */
  readonly guardDirectory?: boolean;
  readonly limits?: Partial<LogLimits>;
  /** The terminal; none without it. */
  readonly stdout?: LogStream | undefined;
  /** Colours in the terminal; by default when it is one. */
  readonly color?: boolean;
  readonly redact?: RedactorOptions & { readonly secrets?: Iterable<string> };
  readonly clock?: Pick<Clock, "now" | "setTimeout">;
}

/** A running log: what writes to it, what reads its file, and what masks secrets in it. */
export interface Logging extends AsyncDisposable {
  readonly logger: Logger;
  readonly file: LogFile;
  /** Registers credentials that must never appear. */
  addSecrets(secrets: Iterable<string>): void;
  /** Changes how much the file and the terminal get, at once. */
  setLevels(levels: { readonly level?: ConfiguredLevel; readonly consoleLevel?: ConfiguredLevel }): void;
}

const SEVERITY: Readonly<Record<ConfiguredLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 50,
  silent: 100,
};
const MOST_WAITING = 1024 * 1024;

/**
 * Starts a log with a file, a terminal, both or none (R1.10). Whatever is written is bounded in size and has its
 * secrets masked, in every sink. Nothing here throws or waits: a full disk or a closed pipe costs lines, which are
 * counted and told of later. Dispose it last; that writes out what is still waiting.
 */
export function createLogger(options: LoggingOptions = {}): Logging {
  const { secrets = [], ...redact } = options.redact ?? {};
  const redactor = new Redactor(redact);
  redactor.addSecrets(secrets);
  const core = new LogCore(options, redactor);
  return {
    logger: new SubsystemLogger(core, ""),
    file: core.file,
    addSecrets: (more) => core.addSecrets(more),
    setLevels: (levels) => core.setLevels(levels),
    [Symbol.asyncDispose]: () => core[Symbol.asyncDispose](),
  };
}

class SubsystemLogger implements Logger {
  readonly #core: LogCore;
  readonly #subsystem: string;

  constructor(core: LogCore, subsystem: string) {
    this.#core = core;
    this.#subsystem = subsystem;
  }

  debug(message: string, fields?: LogFields): void {
    this.#core.log("debug", this.#subsystem, message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#core.log("info", this.#subsystem, message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#core.log("warn", this.#subsystem, message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#core.log("error", this.#subsystem, message, fields);
  }

  child(subsystem: string): Logger {
    return new SubsystemLogger(this.#core, this.#subsystem === "" ? subsystem : `${this.#subsystem}/${subsystem}`);
  }
}

class LogCore implements AsyncDisposable {
  readonly file: LogFile;
  readonly #redactor: Redactor;
  readonly #clock: Pick<Clock, "now" | "setTimeout">;
  readonly #repeats: RepeatFilter;
  readonly #sink: FileSink | undefined;
  readonly #lines: JsonLines;
  readonly #terminal: Terminal | undefined;
  #fileFrom: number;
  #terminalFrom: number;

  constructor(options: LoggingOptions, redactor: Redactor) {
    const { level = "debug", consoleLevel = "info", clock = systemClock, file, stdout } = options;
    this.#redactor = redactor;
    this.#clock = clock;
    this.#fileFrom = file === undefined ? SEVERITY.silent : SEVERITY[level];
    this.#terminalFrom = stdout === undefined ? SEVERITY.silent : SEVERITY[consoleLevel];
    this.#terminal = stdout === undefined ? undefined : new Terminal(stdout, options);
    this.#lines = new JsonLines(redactor);
    this.#repeats = new RepeatFilter(clock, (line, repeats) => {
      this.#emit({
        ...line,
        time: clock.now(),
        message: `${line.message} (again, ${repeats} times)`,
        fields: { repeats },
      });
    });
    this.#sink =
      file === undefined
        ? undefined
        : new FileSink({
            file,
            clock,
            limits: { ...DEFAULT_LOG_LIMITS, ...options.limits },
            guarded: options.guardDirectory ?? false,
            lossLine: (lost, reason) => formatAsJson(this.#ownLine("warn", `${lost} log lines were lost: ${reason}`)),
            onTrouble: (reason) =>
              this.#toTerminal(this.#ownLine("error", `the log file can not be written: ${reason}`)),
          });
    this.file = new LogFile(this.#sink);
  }

  addSecrets(secrets: Iterable<string>): void {
    this.#redactor.addSecrets(secrets);
    this.#lines.forget();
  }

  log(level: LogLevel, subsystem: string, message: string, fields: LogFields | undefined): void {
    const severity = SEVERITY[level];
    if (severity < this.#fileFrom && severity < this.#terminalFrom) return;
    try {
      const head = { time: this.#clock.now(), level, subsystem, message };
      // What only the file gets needs no record, as a rule.
      const line =
        severity < SEVERITY.warn && severity < this.#terminalFrom ? this.#lines.format(head, fields) : undefined;
      if (line === undefined) this.#record(toRecord(this.#redactor, head, fields));
      else this.#sink?.write(line);
    } catch {
      // A value that can not be written down (a proxy that throws, for example) must not reach who logs it.
      this.#emit(this.#ownLine("warn", "a log line could not be written down"));
    }
  }

  setLevels({ level, consoleLevel }: { level?: ConfiguredLevel; consoleLevel?: ConfiguredLevel }): void {
    if (level !== undefined && this.#sink !== undefined) this.#fileFrom = SEVERITY[level];
    if (consoleLevel !== undefined && this.#terminal !== undefined) this.#terminalFrom = SEVERITY[consoleLevel];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#repeats[Symbol.dispose]();
    await this.#sink?.[Symbol.asyncDispose]();
    this.#terminal?.[Symbol.dispose]();
  }

  #record(record: LogRecord): void {
    const { level, subsystem, message } = record;
    const isRepeated =
      SEVERITY[level] >= SEVERITY.warn &&
      !this.#repeats.admit({ level, subsystem, message, distinction: distinctionOf(record) });
    if (!isRepeated) this.#emit(record);
  }

  #emit(record: LogRecord): void {
    const severity = SEVERITY[record.level];
    if (severity >= this.#fileFrom) this.#sink?.write(formatAsJson(record), severity >= SEVERITY.warn);
    if (severity >= this.#terminalFrom) this.#toTerminal(record);
  }

  #toTerminal(record: LogRecord): void {
    const stacks = this.#terminalFrom <= SEVERITY.debug;
    this.#terminal?.show(record, { stacks, json: () => formatAsJson(record) });
  }

  #ownLine(level: LogLevel, message: string): LogRecord {
    return { time: this.#clock.now(), level, subsystem: "logging", message, fields: {} };
  }
}

class Terminal implements Disposable {
  readonly #stream: LogStream;
  readonly #style: "pretty" | "compact" | "json";
  readonly #color: boolean;
  #lost = 0;
  #broken = false;
  readonly #onError = () => {
    this.#broken = true;
  };

  constructor(stream: LogStream, { consoleStyle = "pretty", color }: LoggingOptions) {
    this.#stream = stream;
    this.#style = consoleStyle;
    this.#color = color ?? stream.isTTY === true;
    // A reader that went away (EPIPE) ends the output, not the gateway.
    stream.on?.("error", this.#onError);
  }

  show(record: LogRecord, { stacks, json }: { readonly stacks: boolean; readonly json: () => string }): void {
    if (this.#broken) return;
    if ((this.#stream.writableLength ?? 0) > MOST_WAITING) {
      this.#lost += 1;
      return;
    }
    const line =
      this.#style === "json" ? json() : formatForConsole(record, { style: this.#style, color: this.#color, stacks });
    const loss = this.#lost === 0 ? "" : `(${this.#lost} lines were not shown: the output is slow)\n`;
    this.#lost = 0;
    try {
      this.#stream.write(this.#style === "json" ? line : loss + line);
    } catch {
      this.#broken = true;
    }
  }

  [Symbol.dispose](): void {
    this.#stream.off?.("error", this.#onError);
  }
}

/** What tells lines with the same message apart: the errors among their fields. */
function distinctionOf({ fields }: LogRecord): string {
  let distinction = "";
  for (const value of Object.values(fields)) {
    if (typeof value === "object" && value !== null && "message" in value) distinction += `${String(value.message)}\n`;
  }
  return distinction;
}

const systemClock: Pick<Clock, "now" | "setTimeout"> = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs).unref();
    const cancel = () => clearTimeout(timer);
    return { cancel, [Symbol.dispose]: cancel };
  },
};
