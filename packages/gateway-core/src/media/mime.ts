import { extname } from "node:path";

import type { MediaKind } from "@openclaw/channels-contract";

const TYPES: Readonly<Record<string, string>> = {
  ".avif": "image/avif",
  ".csv": "text/csv",
  ".flac": "audio/flac",
  ".gif": "image/gif",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".m4a": "audio/mp4",
  ".md": "text/markdown",
  ".mov": "video/quicktime",
  ".mp3": "audio/mpeg",
  ".mp4": "video/mp4",
  ".oga": "audio/ogg",
  ".ogg": "audio/ogg",
  ".opus": "audio/ogg",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".tgs": "application/x-tgsticker",
  ".txt": "text/plain",
  ".wav": "audio/wav",
  ".webm": "video/webm",
  ".webp": "image/webp",
  ".zip": "application/zip",
};

/** The first bytes of formats that say what they are: offset, bytes as latin-1, type. */
const SIGNATURES: readonly (readonly [number, string, string])[] = [
  [0, "\x89PNG\r\n\x1a\n", "image/png"],
  [0, "\xff\xd8\xff", "image/jpeg"],
  [0, "GIF8", "image/gif"],
  [8, "WEBP", "image/webp"],
  [0, "%PDF-", "application/pdf"],
  [0, "OggS", "audio/ogg"],
  [0, "ID3", "audio/mpeg"],
  [0, "\xff\xfb", "audio/mpeg"],
  [0, "fLaC", "audio/flac"],
  [8, "WAVE", "audio/wav"],
  [4, "ftypM4A", "audio/mp4"],
  [4, "ftypqt", "video/quicktime"],
  [4, "ftyp", "video/mp4"],
  [0, "\x1aE\xdf\xa3", "video/webm"],
  [0, "PK\x03\x04", "application/zip"],
];

/** How many bytes of a file `mimeTypeOf` looks at. */
export const SIGNATURE_LENGTH = 16;

/** What a file is: by its first bytes, else as it was said, else by its name. */
export function mimeTypeOf(head: Uint8Array, said: string | undefined, fileName: string | undefined): string {
  const bytes = Buffer.from(head.subarray(0, SIGNATURE_LENGTH)).toString("latin1");
  const byName = TYPES[extname(fileName ?? "").toLowerCase()];
  const seen = SIGNATURES.find(([offset, text]) => bytes.startsWith(text, offset))?.[2];
  // Office documents and other packages are zip files inside.
  if (seen === "application/zip") return said ?? byName ?? seen;
  const stated = said?.split(";")[0]?.trim().toLowerCase();
  return (
    seen ??
    (stated === "application/octet-stream" ? byName : undefined) ??
    stated ??
    byName ??
    "application/octet-stream"
  );
}

/** The end of a stored file's name; empty for types without a usual one. */
export function extensionOf(mimeType: string): string {
  return Object.entries(TYPES).find(([, type]) => type === mimeType)?.[0] ?? "";
}

/** How a file of a type is shown. */
export function mediaKindOf(mimeType: string): MediaKind {
  const [family] = mimeType.split("/");
  if (mimeType === "image/svg+xml") return "document";
  return family === "image" || family === "video" || family === "audio" ? family : "document";
}
