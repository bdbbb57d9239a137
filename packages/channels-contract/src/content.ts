import type { MediaKind } from "./media.ts";

/** A button under a message: a tap sends `data` back as an inbound message, or opens `url`. */
export type Button = { readonly text: string; readonly data: string } | { readonly text: string; readonly url: string };

/** Rows of buttons, top to bottom and left to right. */
export type ButtonRows = readonly (readonly Button[])[];

/** Text in the Markdown that models write. The channel renders it for its platform. */
export interface TextContent {
  readonly kind: "text";
  readonly text: string;
  readonly buttons?: ButtonRows;
  /** True arrives without a sound. */
  readonly silent?: boolean;
  /** False shows links without a preview; absent leaves it to the account's configuration. */
  readonly linkPreview?: boolean;
}

/** Where the bytes of a file are: on this machine, or on the platform already, under the platform's own name. */
export type MediaSource =
  | { readonly type: "file"; readonly path: string; readonly size: number }
  | { readonly type: "reference"; readonly reference: string };

/** One file. The gateway names what a message from outside names by its own stored copy, never by a path it was given. */
export interface MediaContent<Source = MediaSource> {
  readonly kind: "media";
  readonly media: MediaKind;
  readonly source: Source;
  readonly mimeType?: string;
  readonly fileName?: string;
  /** Markdown, within the channel's caption limit. */
  readonly caption?: string;
  /** Audio arrives as a voice note. */
  readonly asVoice?: boolean;
  /** Hidden until it is tapped. */
  readonly spoiler?: boolean;
  readonly buttons?: ButtonRows;
  readonly silent?: boolean;
}

/** Replaces the text of a message of the account. */
export interface EditContent {
  readonly kind: "edit";
  readonly messageId: string;
  readonly text: string;
  readonly buttons?: ButtonRows;
}

/** Removes a message. One that is gone already counts as removed. */
export interface DeleteContent {
  readonly kind: "delete";
  readonly messageId: string;
}

/** Sets the account's reaction on a message; an empty `emoji` removes it. */
export interface ReactionContent {
  readonly kind: "reaction";
  readonly messageId: string;
  readonly emoji: string;
}

/** Asks the people of a chat. */
export interface PollContent {
  readonly kind: "poll";
  readonly question: string;
  readonly options: readonly string[];
  /** True lets a person choose several options. */
  readonly multiple: boolean;
  readonly silent?: boolean;
}

/** What one outbound operation does. A channel gets only what its capabilities say it takes. */
export type OutboundContent<Source = MediaSource> =
  | TextContent
  | MediaContent<Source>
  | EditContent
  | DeleteContent
  | ReactionContent
  | PollContent;

/** True for what changes an existing message: doing it twice is the same as doing it once. */
export function isIdempotentContent({ kind }: { readonly kind: OutboundContent["kind"] }): boolean {
  return kind === "edit" || kind === "delete" || kind === "reaction";
}
