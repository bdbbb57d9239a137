import type { ButtonRows, ChannelCapabilities } from "@openclaw/channels-contract";

import { chunkMarkdown } from "./chunk.ts";
import { LABEL_LENGTH, type StoredContent, type StoredMedia } from "./content.ts";

/** A file of a message, before it is known what goes with it. */
export type Attachment = Omit<StoredMedia, "kind" | "caption" | "buttons" | "silent">;

/** What one message says, whatever number of platform messages that takes. */
export interface MessageBody {
  readonly text: string;
  readonly media?: readonly Attachment[] | undefined;
  readonly buttons?: ButtonRows | undefined;
  readonly silent?: boolean | undefined;
  readonly linkPreview?: boolean | undefined;
}

/**
 * The parts of a message, each one message on the platform: the files first, the first of them with the text as its
 * caption where that fits, else the text after them in as many parts as it takes. Buttons stand under the last part.
 */
export function partsOf(body: MessageBody, { maxTextLength, outbound }: ChannelCapabilities): StoredContent[] {
  const { text, media = [], buttons, silent, linkPreview } = body;
  const [first] = media;
  const room = (outbound?.media?.maxCaptionLength ?? 0) - LABEL_LENGTH;
  const isCaption = first !== undefined && first.media !== "sticker" && text.trim().length <= room;
  const caption = isCaption ? text.trim() : "";
  const files = media.map((file, index): StoredContent => ({
    kind: "media",
    ...file,
    ...(index === 0 && caption !== "" ? { caption } : {}),
    ...(silent === undefined ? {} : { silent }),
  }));
  const texts = (isCaption ? [] : chunkMarkdown(text, maxTextLength)).map((part): StoredContent => ({
    kind: "text",
    text: part,
    ...(silent === undefined ? {} : { silent }),
    ...(linkPreview === undefined ? {} : { linkPreview }),
  }));
  const parts = [...files, ...texts];
  return buttons === undefined
    ? parts
    : parts.map((part, index) => withButtons(part, index === parts.length - 1, buttons));
}

function withButtons(part: StoredContent, isLast: boolean, buttons: ButtonRows): StoredContent {
  if (!isLast || (part.kind !== "text" && part.kind !== "media")) return part;
  return { ...part, buttons };
}
