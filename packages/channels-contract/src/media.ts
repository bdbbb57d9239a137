export type MediaKind = "image" | "video" | "audio" | "voice" | "document" | "sticker";

/** A file that belongs to an inbound message; fetched later, by the channel that made the reference. */
export interface MediaReference {
  readonly kind: MediaKind;
  /** Opaque to everyone but the channel. */
  readonly reference: unknown;
  readonly mimeType?: string;
  readonly fileName?: string;
  /** Size in bytes, when the platform says it. */
  readonly size?: number;
}

/** A file that is being fetched from the platform. */
export interface FetchedMedia {
  /** The bytes, in order. It throws when the connection breaks; what came so far is then worth nothing. */
  readonly stream: AsyncIterable<Uint8Array>;
  /** Bytes, when the platform says it. */
  readonly size?: number;
  readonly mimeType?: string;
  readonly fileName?: string;
}
