import { ChannelError, type FetchedMedia, type JoinedSignal, joinSignals } from "@openclaw/channels-contract";
import * as z from "zod";

import type { TelegramClient } from "../client.ts";
import { ApiRefusal } from "../errors.ts";
import { channelErrorOf } from "../sending/reaction.ts";

/** What the Bot API hands out. https://core.telegram.org/bots/api#getfile */
const maxDownloadBytes = 20 * 1_024 * 1_024;

const referenceSchema = z.object({ fileId: z.string().min(1) });

/** Fetches a file by the reference that was read from its message, until any of the signals. Throws ChannelError. */
export async function fetchFile(
  client: TelegramClient,
  reference: unknown,
  signals: readonly AbortSignal[],
): Promise<FetchedMedia> {
  const parsed = referenceSchema.safeParse(reference);
  if (!parsed.success) throw new ChannelError("UNSUPPORTED", "This is no reference to a file of Telegram.");
  const within = joinSignals(...signals);
  try {
    const { path, size } = await client.getFile(parsed.data.fileId, within.signal);
    if ((size ?? 0) > maxDownloadBytes) throw tooBig();
    const stream = await client.download(path, within.signal);
    return { stream: guarded(stream, within), ...(size === undefined ? {} : { size }) };
  } catch (error) {
    within[Symbol.dispose]();
    if (error instanceof ChannelError) throw error;
    if (error instanceof ApiRefusal && /file is too big/i.test(error.description)) throw tooBig();
    throw channelErrorOf(error);
  }
}

async function* guarded(
  stream: AsyncIterable<Uint8Array>,
  within: JoinedSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* stream;
  } catch (error) {
    throw channelErrorOf(error);
  } finally {
    within[Symbol.dispose]();
  }
}

function tooBig(): ChannelError {
  return new ChannelError("UNSUPPORTED", "Telegram hands out files of at most 20 MiB.");
}
