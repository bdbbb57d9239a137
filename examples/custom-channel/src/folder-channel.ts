/**
 * A chat platform made of two folders, and the channel that connects it to a gateway.
 *
 *   <directory>/in/<person>/<any name>    a message of that person; move it there in one go (write it elsewhere first)
 *   <directory>/out/<person>/<id>.txt     an answer
 *
 * It is small, but it keeps the whole contract: a message leaves the folder only after the gateway has stored it, one
 * that is delivered twice is answered once, and an answer that is sent twice is written once.
 */
import { mkdir, readdir, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import {
  type Channel,
  type ChannelCapabilities,
  ChannelError,
  type ChannelHost,
  defineChannel,
  type InboundMessage,
  type OutboundMessage,
  type RecordedEvent,
  type SendOutcome,
} from "@openclaw/channels-contract";
import * as z from "zod";

const POLL_MS = 100;
const RETRY_MS = 2000;
/** Messages handed over at once; the rest waits in its folder. */
const BATCH = 20;

/** What a message looks like in the gateway's inbox: stored before anyone reads meaning into it. */
const payloadSchema = z.strictObject({
  person: z.string().min(1),
  name: z.string().min(1),
  text: z.string(),
  writtenAt: z.number(),
});

/** The section `channels.folder` of the configuration, and what it means. */
export const folderChannel = defineChannel({
  id: "folder",
  label: "Folder",
  configSchema: z.strictObject({ directory: z.string().min(1) }),
  accounts: ({ directory }) => [
    {
      accountId: "default",
      enabled: true,
      configured: true,
      // Whoever may write into the folder may talk to the assistant: the file system decides.
      access: { directPolicy: "open", allowFrom: ["*"], groupPolicy: "disabled", groupAllowFrom: [] },
      secrets: [],
      settings: { directory },
    },
  ],
  create: ({ settings }) => Promise.resolve(new FolderChannel(settings.directory)),
});

class FolderChannel implements Channel {
  readonly capabilities: ChannelCapabilities = {
    maxTextLength: 100_000,
    // The file is named after the operation, so writing it again changes nothing.
    idempotentSend: true,
    chatTypes: ["direct"],
  };
  readonly #directory: string;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Returns at once; trouble with the folder is reported to the operator and tried again, never thrown. */
  start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    this.#running = this.#takeIn(host, AbortSignal.any([signal, this.#stopping.signal]));
    return Promise.resolve();
  }

  /** Pure: the payload comes from the gateway's store, perhaps years later. */
  parse(raw: unknown): InboundMessage {
    const parsed = payloadSchema.safeParse(raw);
    if (!parsed.success) throw new ChannelError("UNREADABLE", "This is no message of a folder.");
    const { person, name, text, writtenAt } = parsed.data;
    return {
      messageId: name,
      chat: { id: person, type: "direct" },
      sender: { id: person },
      text,
      sentAt: writtenAt,
    };
  }

  /** One attempt, and how it ended. A file appears whole or not at all, so there is no `unknown` here. */
  async send({ operationId, to, content }: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    if (signal.aborted) return { outcome: "retry", reason: "The gateway is stopping." };
    // The capabilities name nothing else, so nothing else is asked for.
    if (content.kind !== "text") return { outcome: "permanent", code: "UNSUPPORTED", reason: "A file holds text." };
    // Whoever may call the method `send` chooses the address; it must not lead out of the folder.
    if (!/^[\w.@+-]+$/.test(to.chatId) || to.chatId.startsWith(".")) {
      return { outcome: "permanent", code: "BAD_ADDRESS", reason: "A person is named by a plain folder name." };
    }
    try {
      const folder = join(this.#directory, "out", to.chatId);
      await mkdir(folder, { recursive: true });
      const file = join(folder, `${operationId}.txt`);
      await writeFile(`${file}.part`, `${content.text}\n`);
      await rename(`${file}.part`, file);
      return { outcome: "sent", messageId: operationId, at: Date.now() };
    } catch (error) {
      return { outcome: "retry", reason: reasonOf(error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new ChannelError("UNAVAILABLE", "The channel was stopped."));
    await this.#running;
  }

  async #takeIn(host: ChannelHost, signal: AbortSignal): Promise<void> {
    host.report({ state: "connecting", since: host.now() });
    let isOnline = false;
    while (!signal.aborted) {
      let pauseMs = POLL_MS;
      try {
        await this.#takeInOnce(host);
        if (!isOnline) host.report({ state: "online", since: host.now() });
        isOnline = true;
      } catch (error) {
        isOnline = false;
        pauseMs = RETRY_MS;
        host.report({ state: "backoff", since: host.now(), retryAt: host.now() + pauseMs, detail: reasonOf(error) });
      }
      await host.sleep(pauseMs, signal).catch(() => undefined);
    }
    host.report({ state: "stopped", since: host.now() });
  }

  /** Stored first, taken out of the folder only then: a crash in between delivers again, and the id says it is the same. */
  async #takeInOnce(host: ChannelHost): Promise<void> {
    const waiting = await this.#waiting();
    if (waiting.length === 0) return;
    await host.accept({ events: waiting.map(({ event }) => event) });
    for (const { path } of waiting) await unlink(path);
  }

  async #waiting(): Promise<{ path: string; event: RecordedEvent }[]> {
    const root = join(this.#directory, "in");
    await mkdir(root, { recursive: true });
    const found: { path: string; event: RecordedEvent }[] = [];
    for (const person of await readdir(root)) {
      for (const name of (await readdir(join(root, person))).sort()) {
        if (found.length === BATCH) return found;
        const path = join(root, person, name);
        const { mtimeMs } = await stat(path);
        const raw = { person, name, text: await readFile(path, "utf8"), writtenAt: Math.round(mtimeMs) };
        // The time is part of the id, as people reuse file names.
        found.push({ path, event: { eventId: `file:${person}/${name}@${raw.writtenAt}`, raw, origin: "live" } });
      }
    }
    return found;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
