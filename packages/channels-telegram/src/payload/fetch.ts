import { ChannelError, type FetchedMedia } from "@openclaw/channels-contract";
import * as z from "zod";

import type { TelegramClient } from "../client.ts";
import { ApiRefusal } from "../errors.ts";
import { channelErrorOf } from "../sending/reaction.ts";

/** What the Bot API hands out. https://core.telegram.org/bots/api#getfile */
const maxDownloadBytes = 20 * 1_024 * 1_024;

const referenceSchema = z.object({ fileId: z.string().min(1) });

/** Fetches a file by the reference that was read from its message. Throws ChannelError. */
export async function fetchFile(
  client: TelegramClient,
  reference: unknown,
  signal: AbortSignal,
): Promise<FetchedMedia> {
  const parsed = referenceSchema.safeParse(reference);
  if (!parsed.success) throw new ChannelError("UNSUPPORTED", "This is no reference to a file of Telegram.");
  try {
    const { path, size } = await client.getFile(parsed.data.fileId, signal);
    if ((size ?? 0) > maxDownloadBytes) throw tooBig();
    const stream = await client.download(path, signal);
    return { stream: guarded(stream), ...(size === undefined ? {} : { size }) };
  } catch (error) {
    if (error instanceof ChannelError) throw error;
    if (error instanceof ApiRefusal && /file is too big/i.test(error.description)) throw tooBig();
    throw channelErrorOf(error);
  }
}

async function* guarded(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stream;
  } catch (error) {
    throw channelErrorOf(error);
  }
}

function tooBig(): ChannelError {
  return new ChannelError("UNSUPPORTED", "Telegram hands out files of at most 20 MiB.");
}
