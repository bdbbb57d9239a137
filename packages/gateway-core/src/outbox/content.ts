import type { OutboundContent, MediaContent } from "@openclaw/channels-contract";

/** The bytes of an outbound file: a copy the gateway keeps, or what the platform has already. */
export type StoredSource =
  | { readonly type: "stored"; readonly mediaId: string }
  | { readonly type: "reference"; readonly reference: string };

/** Content as a row of the outbox holds it: files by the gateway's own id, so that no row names a path. */
export type StoredContent = OutboundContent<StoredSource>;
export type StoredMedia = MediaContent<StoredSource>;

const REPEAT_LABEL = "(this may be a repeat)";
/** What a label adds to a text or caption at most. */
export const LABEL_LENGTH = REPEAT_LABEL.length + 1;

/** The same content with a visible note that it may have arrived before. What has no words to add to stays as it is. */
export function withRepeatLabel(content: StoredContent): StoredContent {
  if (content.kind === "text") return { ...content, text: `${REPEAT_LABEL}\n${content.text}` };
  if (content.kind === "media" && content.media !== "sticker") {
    const caption = content.caption === undefined ? REPEAT_LABEL : `${REPEAT_LABEL}\n${content.caption}`;
    return { ...content, caption };
  }
  return content;
}

/** True when a repeat can be told from the first by its words. */
export function canBeLabelled(content: StoredContent): boolean {
  return withRepeatLabel(content) !== content;
}

/** One line for operators. */
export function previewOf(content: StoredContent): string {
  switch (content.kind) {
    case "text":
      return content.text;
    case "media":
      return [`<media:${content.media}>`, content.fileName, content.caption].filter(Boolean).join(" ");
    case "edit":
      return `<edit ${content.messageId}> ${content.text}`;
    case "delete":
      return `<delete ${content.messageId}>`;
    case "reaction":
      return `<reaction ${content.messageId}> ${content.emoji}`;
    case "poll":
      return `<poll> ${content.question}`;
  }
}
