import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

const DEFAULT_LIMIT = 500;
const DEFAULT_BYTES = 250_000;
const MOST_LINES = 5000;
const MOST_BYTES = 1_000_000;
const LINE_FEED = 0x0a;

/** What to read of the log: its end, or what follows a cursor. */
export interface TailRequest {
  /** A byte offset that an earlier answer gave. */
  readonly cursor?: number | undefined;
  /** Lines at most, 1 to 5000; 500 when absent. */
  readonly limit?: number | undefined;
  /** Bytes at most, 1 to 1,000,000; 250,000 when absent. */
  readonly maxBytes?: number | undefined;
}

export interface TailResult {
  readonly file: string;
  /** Where the next call goes on: after the last complete line. */
  readonly cursor: number;
  /** Bytes of the file. */
  readonly size: number;
  readonly lines: string[];
  /** True when lines were left out, because there were more than asked for. */
  readonly truncated: boolean;
  /** True when the cursor was beyond the end, as it is after a new file was begun; then this is the end of the file. */
  readonly reset: boolean;
}

/** The file that is written now, for whoever wants to read it. */
export interface LogFileSource {
  readonly path: string;
  /** Resolves when lines written so far can be read. */
  flush(): Promise<void>;
}

/** Reads the gateway's own log. Only complete lines are answered, and never more than the bounds of a request. */
export class LogFile {
  readonly #source: LogFileSource | undefined;

  /** Without a source there is no file, and every answer is empty. */
  constructor(source?: LogFileSource) {
    this.#source = source;
  }

  /** The path of the file that is written now; undefined when the log goes to no file. */
  get path(): string | undefined {
    return this.#source?.path;
  }

  /** Source: the logs.tail method of the wire. Rejects with the system's error when the file can not be read. */
  async tail(request: TailRequest = {}): Promise<TailResult> {
    await this.#source?.flush();
    const file = this.#source?.path ?? "";
    const limit = bounded(request.limit ?? DEFAULT_LIMIT, MOST_LINES);
    const maxBytes = bounded(request.maxBytes ?? DEFAULT_BYTES, MOST_BYTES);
    const handle = await openForReading(file);
    if (handle === undefined) {
      return { file, cursor: 0, size: 0, lines: [], truncated: false, reset: (request.cursor ?? 0) > 0 };
    }
    try {
      const { size } = await handle.stat();
      const reset = request.cursor !== undefined && request.cursor > size;
      const wanted = request.cursor === undefined || reset ? 0 : request.cursor;
      const start = Math.max(wanted, size - maxBytes);
      // One byte before the start tells whether a line begins there.
      const from = Math.max(0, start - 1);
      const buffer = Buffer.alloc(size - from);
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, from + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      const cut = cutLines(buffer.subarray(0, length), start > 0);
      const lines = cut.lines.slice(-limit);
      return {
        file,
        cursor: Math.max(from + cut.end, start),
        size,
        lines,
        truncated: start > wanted || lines.length < cut.lines.length,
        reset,
      };
    } finally {
      await handle.close();
    }
  }
}

/** The complete lines of a piece of a file, and where the last of them ends. */
function cutLines(bytes: Buffer, beginsInside: boolean): { readonly lines: string[]; readonly end: number } {
  const end = bytes.lastIndexOf(LINE_FEED) + 1;
  const begin = beginsInside ? bytes.indexOf(LINE_FEED) + 1 : 0;
  if (end === 0 || begin >= end) return { lines: [], end };
  const lines = bytes.toString("utf8", begin, end - 1).split("\n");
  return { lines: lines.filter((line) => line !== ""), end };
}

async function openForReading(path: string): Promise<FileHandle | undefined> {
  if (path === "") return undefined;
  try {
    const handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    return undefined;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ELOOP"))
      return undefined;
    throw error;
  }
}

function bounded(value: number, most: number): number {
  return Math.min(Math.max(1, Math.trunc(value)), most);
}
