import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";

import { MediaError, tooLarge } from "./errors.ts";
import { SIGNATURE_LENGTH } from "./mime.ts";

export interface StreamLimits {
  readonly maxBytes: number;
  /** What the sender says it is; anything else is a broken transfer. */
  readonly expectedBytes?: number | undefined;
}

export interface StoredStream {
  readonly size: number;
  readonly sha256: string;
  /** The first bytes. */
  readonly head: Uint8Array;
}

/**
 * Writes a stream to a file that only its owner can read, and gives it its name once it is whole and on disk. Throws
 * MediaError; then nothing is left behind.
 */
export async function storeStream(
  stream: AsyncIterable<Uint8Array>,
  { partPath, finalPath }: { partPath: string; finalPath: (stored: StoredStream) => string },
  limits: StreamLimits,
): Promise<StoredStream> {
  if ((limits.expectedBytes ?? 0) > limits.maxBytes) throw tooLarge(limits.maxBytes);
  try {
    const stored = await writePart(stream, partPath, limits);
    await rename(partPath, finalPath(stored));
    return stored;
  } catch (error) {
    await rm(partPath, { force: true });
    if (error instanceof MediaError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new MediaError("unavailable", `the file could not be stored: ${reason}`, { cause: error });
  }
}

async function writePart(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  { maxBytes, expectedBytes }: StreamLimits,
): Promise<StoredStream> {
  const hash = createHash("sha256");
  const head = Buffer.alloc(SIGNATURE_LENGTH);
  let size = 0;
  await using file = await open(path, "wx", 0o600);
  for await (const chunk of stream) {
    if (size + chunk.length > maxBytes) throw tooLarge(maxBytes);
    if (size < SIGNATURE_LENGTH) Buffer.from(chunk).copy(head, size);
    hash.update(chunk);
    await file.write(chunk);
    size += chunk.length;
  }
  if (size === 0) throw new MediaError("refused", "the file is empty");
  if (expectedBytes !== undefined && size !== expectedBytes) {
    throw new MediaError("unavailable", `the file broke off: ${size} of ${expectedBytes} bytes came`);
  }
  await file.sync();
  return { size, sha256: hash.digest("hex"), head: head.subarray(0, Math.min(size, SIGNATURE_LENGTH)) };
}
