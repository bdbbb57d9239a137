import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CliError } from "../errors.ts";
import { line, type Block } from "../output.ts";
import { isRecord } from "../records.ts";

const MAX_BYTES = 16_777_216;
const EXTENSIONS: Readonly<Record<string, string>> = { jpg: "jpg", jpeg: "jpg", png: "png", mp4: "mp4" };
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/u;

export interface MediaFile {
  readonly path: string;
  readonly bytes: number;
  readonly format: string;
}

/**
 * Writes the picture or film that a node answered with, `{format, base64}`, to a new file that only this user can
 * read: to `path`, or into the directory for temporary files. Throws CliError.
 */
export async function writeMedia(payload: unknown, name: string, path?: string): Promise<MediaFile> {
  const { format, base64 } = isRecord(payload) ? payload : {};
  const extension = typeof format === "string" ? EXTENSIONS[format.toLowerCase()] : undefined;
  if (extension === undefined || typeof base64 !== "string" || !BASE64.test(base64)) {
    throw new CliError(
      "failure",
      "The node's answer is no picture or film: expected { format: jpg, png or mp4, base64 }.",
      "See what it answers with: openclaw nodes invoke --json",
    );
  }
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length > MAX_BYTES) {
    throw new CliError(
      "failure",
      `The node's answer has ${bytes.length} bytes; at most ${MAX_BYTES} are written.`,
      "Ask for less: a smaller picture, or a shorter film.",
    );
  }
  const file = path ?? join(tmpdir(), `openclaw-${name}-${randomUUID()}.${extension}`);
  try {
    await writeFile(file, bytes, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new CliError(
      "failure",
      `${file} could not be written: ${reason}.`,
      "Name a file that is not there yet, in a directory that you may write to.",
      { cause: error },
    );
  }
  return { path: file, bytes: bytes.length, format: extension };
}

/** The line that agents and scripts look for. */
export function mediaLine({ path }: MediaFile): Block {
  return line(`MEDIA:${path}`);
}
