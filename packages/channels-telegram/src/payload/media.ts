import type { MediaKind, MediaReference } from "@openclaw/channels-contract";

import type { TelegramFile, TelegramMessage } from "./update.ts";

/** The files of a message. An animation also carries a document of the same file, which is left out. */
export function mediaOf(message: TelegramMessage): MediaReference[] {
  const largestPhoto = message.photo?.toSorted((one, other) => (other.file_size ?? 0) - (one.file_size ?? 0))[0];
  const files: readonly (readonly [MediaKind, TelegramFile | undefined, string?])[] = [
    ["image", largestPhoto, "image/jpeg"],
    ["video", message.video],
    ["video", message.video_note, "video/mp4"],
    ["video", message.animation],
    ["audio", message.audio],
    ["voice", message.voice],
    ["document", message.animation === undefined ? message.document : undefined],
    ["sticker", message.sticker],
  ];
  return files.flatMap(([kind, file, mimeType]) => (file === undefined ? [] : [referenceTo(kind, file, mimeType)]));
}

function referenceTo(kind: MediaKind, file: TelegramFile, defaultMimeType: string | undefined): MediaReference {
  const mimeType = file.mime_type ?? defaultMimeType;
  return {
    kind,
    reference: { fileId: file.file_id, fileUniqueId: file.file_unique_id },
    ...(mimeType === undefined ? {} : { mimeType }),
    ...(file.file_name === undefined ? {} : { fileName: file.file_name }),
    ...(file.file_size === undefined ? {} : { size: file.file_size }),
  };
}
