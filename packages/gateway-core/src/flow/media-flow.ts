/**
 * How files walk: with an inbound message to the turn that reads it, and from a reply, or a client, to the outbox. A
 * file is fetched when its turn begins, not before; a file that is sent is copied first, so that what arrives is what
 * was meant when it was decided.
 */
import type { FetchedMedia, MediaReference } from "@openclaw/channels-contract";

import type { ChannelSupervisor } from "../channels/supervisor.ts";
import { GatewayError } from "../errors.ts";
import { MediaError, tooLarge } from "../media/errors.ts";
import { storeBytes, storeLocalFile } from "../media/local-file.ts";
import type { MediaStore, StoredFile } from "../media/media-store.ts";
import { mediaKindOf } from "../media/mime.ts";
import type { PendingFile, PendingMedia } from "../media/pending-media.ts";
import type { Attachment } from "../outbox/parts.ts";
import type { Egress, Logger } from "../ports.ts";
import type { Route } from "../sessions/session-store.ts";

/** All files of one turn together; the turn begins without what takes longer. */
const FETCH_DEADLINE_MS = 60_000;
const DEFAULT_DOWNLOAD_BYTES = 5 * 1_048_576;
const URL_LIMITS = { maxRedirects: 5, timeoutMs: 30_000, userAgent: "openclaw-gateway" };

export interface MediaFlowRooms {
  readonly media: MediaStore;
  readonly pending: PendingMedia;
  readonly channels: () => ChannelSupervisor;
  readonly egress: Egress;
  readonly log: Logger;
  /** The folder an agent works in. */
  readonly workspace: (agentId: string) => string;
}

/** Bytes a client sent along. */
export interface UploadedBytes {
  readonly data: Uint8Array;
  readonly mimeType?: string | undefined;
  readonly fileName?: string | undefined;
}

/** What of a reply's files can be sent, and a line about each that can not. */
export interface ReplyFiles {
  readonly attachments: readonly Attachment[];
  readonly failures: readonly string[];
}

export class MediaFlow {
  readonly #rooms: MediaFlowRooms;

  constructor(rooms: MediaFlowRooms) {
    this.#rooms = rooms;
  }

  /**
   * Fetches the files of a run and answers its prompt with the path of each behind its placeholder; with the bare
   * placeholders when the signal aborts.
   */
  async readPrompt({ runId, prompt }: { runId: string; prompt: string }, signal: AbortSignal): Promise<string> {
    const files = await this.#rooms.pending.of(runId);
    if (files.length === 0) return prompt;
    return this.#withPaths(prompt, files, signal).catch((error: unknown) => {
      // Whoever stopped the turn is heard by the turn itself.
      if (signal.aborted) return prompt;
      throw error;
    });
  }

  async #withPaths(bare: string, files: readonly PendingFile[], signal: AbortSignal): Promise<string> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(FETCH_DEADLINE_MS)]);
    let prompt = bare;
    let from = 0;
    for (const file of files) {
      const placeholder = `<media:${file.reference.kind}>`;
      const at = prompt.indexOf(placeholder, from);
      if (at === -1) continue;
      const described = `${placeholder} ${await this.#describe(file, within)}`;
      prompt = prompt.slice(0, at) + described + prompt.slice(at + placeholder.length);
      from = at + described.length;
    }
    return prompt;
  }

  /** The files a reply names. Never throws for a file that can not be had. */
  async replyFiles(
    route: Route,
    agentId: string,
    reply: { media: readonly string[]; audioAsVoice: boolean },
  ): Promise<ReplyFiles> {
    const attachments: Attachment[] = [];
    const failures: string[] = [];
    for (const source of reply.media) {
      try {
        const file = attachmentOf(await this.#store(source, route, agentId), reply);
        this.#assertTaken(route, file);
        attachments.push(file);
      } catch (error) {
        const reason = error instanceof MediaError || error instanceof GatewayError ? error.message : "it failed";
        this.#rooms.log.info("a file of a reply is not sent", { source, reason });
        failures.push(`📎 ${source} (not sent: ${reason})`);
      }
    }
    return { attachments, failures };
  }

  /** A file that a client names: in the agent's workspace, or on the web. Throws GatewayError. */
  async attach(source: string, route: Route, agentId: string): Promise<Attachment> {
    return await refusing(async () => attachmentOf(await this.#store(source, route, agentId)));
  }

  /** A file that a client sends along. Throws GatewayError. */
  async attachBytes(bytes: UploadedBytes, route: Route): Promise<Attachment> {
    return await refusing(async () => attachmentOf(await storeBytes(this.#rooms.media, bytes, this.#maxUpload(route))));
  }

  async #store(source: string, route: Route, agentId: string): Promise<StoredFile> {
    const maxBytes = this.#maxUpload(route);
    if (/^https?:\/\//i.test(source)) return this.#download(source, maxBytes);
    if (/^[a-z][a-z0-9+.-]+:/i.test(source) && !/^file:\/\//i.test(source)) {
      throw new MediaError("refused", "only paths in the workspace and http(s) addresses can be sent");
    }
    return storeLocalFile(this.#rooms.media, { source, directories: [this.#rooms.workspace(agentId)], maxBytes });
  }

  async #download(url: string, maxBytes: number): Promise<StoredFile> {
    const { egress, media } = this.#rooms;
    const answer = await egress.get(url, { ...URL_LIMITS, maxBytes }, AbortSignal.timeout(URL_LIMITS.timeoutMs));
    if (answer.status !== 200) throw new MediaError("missing", `the address answered ${answer.status}`);
    if (answer.isTruncated) throw tooLarge(maxBytes);
    const fileName = decodeURIComponent(new URL(answer.url).pathname.split("/").at(-1) ?? "");
    const mimeType = answer.contentType === "" ? undefined : answer.contentType;
    return storeBytes(media, { data: answer.body, mimeType, ...(fileName === "" ? {} : { fileName }) }, maxBytes);
  }

  async #describe(file: PendingFile, signal: AbortSignal): Promise<string> {
    try {
      const { path, mimeType } = await this.#fetch(file, signal);
      return `${path} (${mimeType})`;
    } catch (error) {
      signal.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      this.#rooms.log.warn("a file that came with a message can not be had", { channel: file.channel, reason });
      return `(not available: ${reason})`;
    }
  }

  async #fetch({ channel, account, origin, reference }: PendingFile, signal: AbortSignal): Promise<StoredFile> {
    const { media, channels } = this.#rooms;
    const known = await media.findByOrigin(origin);
    if (known) return known;
    const instance = channels().channel(channel, account);
    if (!instance?.fetchMedia) throw new MediaError("unavailable", "the channel hands out no files");
    const maxBytes = instance.capabilities.maxDownloadBytes ?? DEFAULT_DOWNLOAD_BYTES;
    if ((reference.size ?? 0) > maxBytes) throw tooLarge(maxBytes);
    return media.put({
      ...described(reference, await instance.fetchMedia(reference.reference, signal)),
      maxBytes,
      origin,
    });
  }

  #maxUpload({ channel, account }: Route): number {
    const limit = this.#rooms.channels().capabilities(channel, account).outbound?.media?.maxBytes;
    if (limit === undefined) throw new MediaError("refused", `${channel} can not send files`);
    return limit;
  }

  #assertTaken({ channel, account }: Route, { media }: Attachment): void {
    const { outbound } = this.#rooms.channels().capabilities(channel, account);
    if (outbound?.media?.kinds.includes(media) === true) return;
    throw new MediaError("refused", `${channel} can not send files of the kind ${media}`);
  }
}

function described(reference: MediaReference, fetched: FetchedMedia) {
  const { stream, size = reference.size, mimeType = reference.mimeType, fileName = reference.fileName } = fetched;
  return { stream, expectedBytes: size, mimeType, fileName };
}

function attachmentOf(file: StoredFile, { audioAsVoice = false }: { audioAsVoice?: boolean } = {}): Attachment {
  const media = mediaKindOf(file.mimeType);
  return {
    media,
    source: { type: "stored", mediaId: file.id },
    mimeType: file.mimeType,
    ...(file.fileName === undefined ? {} : { fileName: file.fileName }),
    ...(media === "audio" && audioAsVoice ? { asVoice: true } : {}),
  };
}

/** Tells a client why its file is not taken. */
async function refusing(work: () => Promise<Attachment>): Promise<Attachment> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    const code = error.problem === "unavailable" ? "UNAVAILABLE" : "INVALID_REQUEST";
    throw new GatewayError(code, `The file can not be sent: ${error.message}.`, { details: { reason: error.problem } });
  }
}
