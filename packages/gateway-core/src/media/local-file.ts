import { openContained } from "./contained-file.ts";
import { tooLarge } from "./errors.ts";
import type { MediaStore, StoredFile } from "./media-store.ts";

export interface LocalFileRequest {
  /** As it was named: relative to the first directory, or absolute; `file://` addresses too. */
  readonly source: string;
  /** Where it may lie. */
  readonly directories: readonly string[];
  readonly maxBytes: number;
}

/** Keeps a copy of a file of the agent's, so that what is sent later is what was meant now. Throws MediaError. */
export async function storeLocalFile(
  media: MediaStore,
  { source, directories, maxBytes }: LocalFileRequest,
): Promise<StoredFile> {
  const path = /^file:\/\//i.test(source) ? decodeURIComponent(new URL(source).pathname) : source;
  await using file = await openContained(path, [...directories, media.directory]);
  if (file.size > maxBytes) throw tooLarge(maxBytes);
  const stream = file.handle.createReadStream({ autoClose: false });
  return await media.put({ stream, maxBytes, fileName: file.fileName });
}

/** Keeps bytes that a client sent along. Throws MediaError. */
export function storeBytes(
  media: MediaStore,
  file: { readonly data: Uint8Array; readonly mimeType?: string | undefined; readonly fileName?: string | undefined },
  maxBytes: number,
): Promise<StoredFile> {
  const { data, ...named } = file;
  const stream = (async function* () {
    yield data;
  })();
  return media.put({ ...named, stream, maxBytes, expectedBytes: data.length });
}
