import { setTimeout as sleep } from "node:timers/promises";

import type { ResultOf } from "@openclaw/protocol";

import { defineCommand } from "../command.ts";
import { flag, integer, withDefault } from "../command-line/options.ts";
import { RPC_OPTIONS } from "../command-line/rpc-options.ts";
import { CliError } from "../errors.ts";
import { connect } from "../gateway/connection.ts";
import type { Output } from "../output.ts";
import { line, toned } from "../output.ts";
import { logLine, parseLogLine } from "../views/log-line.ts";

/** How long --follow waits for a gateway that went away. */
const PATIENCE_MS = 15_000;

type Tail = ResultOf<"logs.tail">;

/** R7.10: the log over RPC, so that it works for a gateway on another machine as well. */
export const command = defineCommand({
  name: "logs",
  summary: "Show the log of the running gateway",
  description:
    "With --json every line is one object with a type: meta (file, cursor and size), log (one entry), raw (a line that is " +
    "no entry), notice (the file was rotated, lines were left out, or the connection was lost for a while).",
  arguments: {},
  options: {
    follow: flag("-f, --follow", "Go on with new lines until interrupted"),
    limit: withDefault(
      integer("--limit <lines>", { minimum: 1, maximum: 5000 }, "How many lines at most, at a time"),
      200,
    ),
    maxBytes: withDefault(
      integer("--max-bytes <bytes>", { minimum: 1, maximum: 1_000_000 }, "How much of the file to read at a time"),
      250_000,
    ),
    interval: withDefault(
      integer("--interval <ms>", { minimum: 100, maximum: 3_600_000 }, "How often --follow asks, in milliseconds"),
      1000,
    ),
    plain: flag("--plain", "The file's own lines, unformatted"),
    ...RPC_OPTIONS,
  },
  examples: [
    { line: "logs --follow", does: "The end of the log, then what is written from now on." },
    { line: "logs --limit 1000 --json", does: "Entries for a program, one on a line." },
  ],
  async *run(context, { options }) {
    await using connection = await connect(context, options, ["operator.read"]);
    const { limit, maxBytes } = options;
    const request = { limit, maxBytes };
    const { signal } = context.host;
    let tail = await connection.call("logs.tail", request);
    yield { data: { type: "meta", file: tail.file, cursor: tail.cursor, size: tail.size }, view: [] };
    yield* show(tail, options.plain);
    let failures = 0;
    while (options.follow && (await pause(options.interval, signal))) {
      try {
        tail = await connection.call("logs.tail", { ...request, cursor: tail.cursor });
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        // The connection heals by itself when the gateway restarts; what was logged meanwhile comes afterwards.
        failures += 1;
        const mayHeal = error instanceof CliError && error.kind === "unreachable";
        if (!mayHeal || failures * options.interval > PATIENCE_MS) throw error;
        if (failures === 1) yield notice("lost", "The connection was lost; waiting for the gateway to come back.");
        continue;
      }
      yield* show(tail, options.plain);
    }
  },
});

function* show(tail: Tail, plain: boolean): Generator<Output> {
  if (tail.reset) yield notice("reset", `The log was rotated or cut; going on at the end of ${tail.file}.`);
  else if (tail.truncated) yield notice("truncated", "Older lines were left out; --limit and --max-bytes show more.");
  for (const text of tail.lines) {
    const entry = parseLogLine(text);
    yield {
      data: entry === undefined ? { type: "raw", text } : { type: "log", ...entry },
      view: [line(plain || entry === undefined ? text : logLine(entry))],
    };
  }
}

function notice(code: string, message: string): Output {
  return { data: { type: "notice", code, message }, view: [line(toned("dim", `-- ${message}`))] };
}

/** Waits; false when the process was asked to stop meanwhile. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(milliseconds, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
