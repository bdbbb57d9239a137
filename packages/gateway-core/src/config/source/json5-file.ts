import { constants } from "node:fs";
import { open } from "node:fs/promises";

import { isErrorCode } from "./atomic-file.ts";

/** The largest configuration file that is read, in bytes. */
const MAXIMUM_FILE_BYTES = 1024 * 1024;

/** Why a file could not be read; the message has no path and no content of the file. */
export class SourceFileError extends Error {
  override readonly name = "SourceFileError";
}

/** The text of a file, or undefined when there is none. Throws SourceFileError. */
export async function readBoundedFile(path: string): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would never end.
    const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const { size, isFile } = await file.stat().then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
      if (!isFile) throw new SourceFileError("is not a file");
      if (size > MAXIMUM_FILE_BYTES) throw new SourceFileError(`is larger than ${MAXIMUM_FILE_BYTES} bytes (${size})`);
      const buffer = Buffer.allocUnsafe(MAXIMUM_FILE_BYTES + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
        if (length > MAXIMUM_FILE_BYTES) throw new SourceFileError(`is larger than ${MAXIMUM_FILE_BYTES} bytes`);
      }
      return buffer.toString("utf8", 0, length);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrorCode(error, "ENOENT")) return undefined;
    if (error instanceof SourceFileError) throw error;
    throw new SourceFileError(`can not be read: ${systemReason(error)}`, { cause: error });
  }
}

/** The parser, for those who read parts of a text. It is loaded where it is needed: most files are plain JSON. */
export interface Json5 {
  parse(text: string): unknown;
}

export async function loadJson5(): Promise<Json5> {
  const { default: json5 } = await import("json5");
  return json5;
}

/** Reads JSON5: JSON with comments, trailing commas and unquoted keys. Throws SourceFileError with line and column. */
export async function parseJson5(source: string): Promise<unknown> {
  const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Most files are plain JSON, which is read without loading the larger parser.
    const { default: json5 } = await import("json5");
    try {
      return json5.parse<unknown>(text);
    } catch (error) {
      throw new SourceFileError(text.trim() === "" ? "is empty" : `is not valid JSON5: ${parseReason(error)}`);
    }
  }
}

/** The parser's own words without the character it quotes, which may belong to a secret. */
function parseReason(error: unknown): string {
  const reason = error instanceof Error ? error.message.replace(/^JSON5:\s*/, "") : "unreadable";
  return reason
    .replace(/invalid character '[^']*'/, "unexpected character")
    .replace(/at (\d+):(\d+)$/, "at line $1, column $2");
}

function systemReason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EISDIR: "it is a directory",
    ENOTDIR: "a part of its path is not a directory",
    ELOOP: "too many symbolic links",
  };
  return reasons[code] === undefined ? code : `${reasons[code]} (${code})`;
}
