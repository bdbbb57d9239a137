import { readFile } from "node:fs/promises";

import type { DraftBlocks, OutboundCapabilities } from "../capabilities.ts";
import type { RecordedEvent } from "../channel.ts";
import type { MediaContent, OutboundContent, PollContent, TextContent } from "../content.ts";
import { ChannelError } from "../errors.ts";
import type { FetchedMedia, MediaKind } from "../media.ts";
import type { Address, ChatType, OutboundMessage, SendOutcome } from "../messages.ts";
import { SentMessages, type MemorySent, type SendStep, visibleText } from "./outgoing.ts";
import type { MemoryPayload, MemoryPayloadOf } from "./payload.ts";
import { PendingEvents } from "./queue.ts";

export interface MemoryPlatformOptions {
  /** Unacknowledged events kept per account; one more is refused. Default 10,000. */
  readonly maxPending?: number;
  /** Sent messages kept; older ones are forgotten, and with them the knowledge that they were sent. Default 10,000. */
  readonly maxSent?: number;
  /** True when a repeated `operationId` shows one message only. Default true. */
  readonly idempotentSend?: boolean;
  /** Whether people have a menu of the gateway's commands. Default: they have none. */
  readonly commandMenu?: boolean;
  /** What accounts may send besides text. Default: everything, files of at most 50 MiB. */
  readonly outbound?: OutboundCapabilities;
  /** Drafts grow in blocks. Default: as they are written. */
  readonly draftBlocks?: DraftBlocks;
}

/** A file that someone sends along. */
export interface MemoryFile {
  readonly kind: MediaKind;
  readonly data: Uint8Array;
  readonly mimeType?: string;
  readonly fileName?: string;
}

/** A message that someone writes. `senderId` is the chat id unless given, as in a direct chat. */
export interface MemoryInput {
  readonly chatId: string;
  readonly text: string;
  readonly accountId?: string;
  readonly chatType?: ChatType;
  readonly chatTitle?: string;
  readonly threadId?: string;
  readonly senderId?: string;
  readonly senderName?: string;
  readonly isBot?: boolean;
  /** Written by the account itself, elsewhere. */
  readonly isSelf?: boolean;
  readonly messageId?: string;
  readonly replyToId?: string;
  readonly mentionsSelf?: boolean;
  readonly onlyListed?: boolean;
  readonly sentAt?: number;
  readonly files?: readonly MemoryFile[];
  /** Makes it a part of a message that comes as several. */
  readonly album?: string;
}

/** A message on its way in. */
export interface MemoryDelivery {
  readonly eventId: string;
  readonly messageId: string;
  /** Resolves once the gateway has recorded the message and the platform has been told so. */
  readonly acknowledged: Promise<void>;
}

export interface MemoryDraft {
  readonly to: Address;
  readonly id: number;
  readonly text: string;
}

export interface MemoryReaction {
  readonly to: Address;
  readonly messageId: string;
  readonly emoji: string;
}

const defaultAccount = "default";
const defaultLimit = 10_000;
const historyLimit = 1_000;

const everything: OutboundCapabilities = {
  media: {
    kinds: ["image", "video", "audio", "voice", "document", "sticker"],
    maxBytes: 50 * 1_024 * 1_024,
    maxCaptionLength: 1_024,
  },
  buttons: { maxDataBytes: 64, maxButtons: 100 },
  edit: true,
  delete: true,
  reaction: true,
  poll: { minOptions: 2, maxOptions: 10, maxQuestionLength: 300, maxOptionLength: 100 },
};

/**
 * A chat platform inside the process: what people write goes in with `say`, what the gateway answers comes out in
 * `sent`. It keeps an event until the account acknowledges it, and can be offline, refuse the account, or fail sends.
 */
export class MemoryPlatform {
  readonly idempotentSend: boolean;
  readonly commandMenu: boolean;
  readonly outbound: OutboundCapabilities;
  /** Chats in which "is writing" was shown, newest last. */
  readonly typing: Address[] = [];
  /** Reactions that were set, newest last. */
  readonly reactions: MemoryReaction[] = [];
  /** States of drafts that were shown, newest last. Drafts are shown in threads only. */
  readonly drafts: MemoryDraft[] = [];
  readonly draftBlocks: DraftBlocks | undefined;
  readonly #maxPending: number;
  readonly #sent: SentMessages;
  readonly #accounts = new Map<string, PendingEvents>();
  readonly #delivered = new Map<string, { accountId: string; event: RecordedEvent }>();
  readonly #script: SendStep[] = [];
  /** The last 1,000 files people sent, by reference. */
  readonly #files = new Map<string, MemoryFile>();
  #refusal: ChannelError | undefined;
  #nextFile = 1;
  #nextEvent = 1;
  #nextMessage = 1;

  constructor(options: MemoryPlatformOptions = {}) {
    this.#maxPending = options.maxPending ?? defaultLimit;
    this.#sent = new SentMessages(options.maxSent ?? defaultLimit);
    this.idempotentSend = options.idempotentSend ?? true;
    this.commandMenu = options.commandMenu ?? false;
    this.draftBlocks = options.draftBlocks;
    this.outbound = options.outbound ?? everything;
  }

  /** Messages the accounts wrote, oldest first. */
  get sent(): readonly MemorySent[] {
    return this.#sent.all;
  }

  /** Someone writes a message. Throws ChannelError UNAVAILABLE when too much is unacknowledged already. */
  say(input: MemoryInput): MemoryDelivery {
    const messageId = input.messageId ?? `m${this.#nextMessage++}`;
    const raw: MemoryPayload = { ...this.#written(input), type: "message", messageId };
    const album = input.album === undefined ? {} : { album: `album:${input.chatId}:${input.album}` };
    return this.#deliver(input.accountId, { raw, messageId, aliases: [nameOf(input.chatId, messageId)], ...album });
  }

  /** Someone changes what they wrote: the message with its id, as it reads now. */
  edit(input: MemoryInput & { readonly messageId: string }): MemoryDelivery {
    const { messageId } = input;
    const recordedAs = nameOf(input.chatId, messageId);
    const raw: MemoryPayload = { ...this.#written(input), type: "edit", messageId, recordedAs };
    return this.#deliver(input.accountId, { raw, messageId, aliases: [] });
  }

  /** Someone reacts to a message, or takes a reaction back. */
  reactTo(reaction: Omit<MemoryPayloadOf<"reaction">, "type" | "at" | "isRemoved"> & { isRemoved?: boolean }) {
    const raw: MemoryPayload = { isRemoved: false, ...reaction, type: "reaction", at: Date.now() };
    return this.#deliver(undefined, { raw, messageId: reaction.messageId, aliases: [] });
  }

  /** A chat goes on under another id. */
  move(fromChatId: string, toChatId: string): MemoryDelivery {
    const aliases = [`move:${fromChatId}:${toChatId}`];
    return this.#deliver(undefined, { raw: { type: "move", fromChatId, toChatId }, messageId: "", aliases });
  }

  /** Something happens that asks for no answer, such as a person joining. */
  notice(text: string, accountId?: string): MemoryDelivery {
    const payload: MemoryPayload = { type: "notice", text };
    return this.#deliver(accountId, { raw: payload, messageId: `n${this.#nextMessage++}`, aliases: [] });
  }

  /** Delivers one of the last 1,000 events once more, as platforms do when a confirmation got lost. */
  deliverAgain(eventId: string): void {
    const earlier = this.#delivered.get(eventId);
    if (earlier === undefined) throw new Error(`No event ${eventId} among the last ${historyLimit}.`);
    this.pending(earlier.accountId).add(earlier.event);
  }

  /** True when the event was delivered and no longer waits for an acknowledgement. */
  isAcknowledged(eventId: string): boolean {
    const delivered = this.#delivered.get(eventId);
    return delivered !== undefined && !this.pending(delivered.accountId).isPending(eventId);
  }

  /** From now on there is no contact, until `goOnline`. */
  goOffline(): void {
    this.#refuse(new ChannelError("UNAVAILABLE", "The memory platform is offline."));
  }

  /** From now on the credentials are refused, until `goOnline`. */
  revokeCredentials(): void {
    this.#refuse(new ChannelError("UNAUTHORIZED", "The memory platform refuses the account."));
  }

  goOnline(): void {
    this.#refuse(undefined);
  }

  /** Sets what happens to the next outbound messages, one step each; after them messages are delivered again. */
  script(...steps: readonly SendStep[]): void {
    this.#script.push(...steps);
  }

  /** Calls the listener for every message an account writes from now on. */
  onSent(listener: (message: MemorySent) => void): Disposable {
    return this.#sent.subscribe(listener);
  }

  /** The first message that matches, sent already or within `timeoutMs` (5,000 unless given). */
  waitForSent(matches: (message: MemorySent) => boolean = () => true, timeoutMs = 5_000): Promise<MemorySent> {
    return this.#sent.waitFor(matches, timeoutMs);
  }

  /** For the channel: the account's events. */
  pending(accountId: string): PendingEvents {
    let pending = this.#accounts.get(accountId);
    if (pending === undefined) {
      pending = new PendingEvents(this.#maxPending);
      this.#accounts.set(accountId, pending);
    }
    return pending;
  }

  /** For the channel: throws ChannelError while there is no contact or the credentials are refused. */
  assertReachable(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /** For the channel: one attempt to show a message. */
  async receive(accountId: string, message: OutboundMessage): Promise<SendOutcome> {
    const step = this.#script.shift();
    const scripted = typeof step === "function" ? await step(message) : step;
    if (scripted === undefined) return this.#apply(accountId, message);
    if (scripted.delivered === true) await this.#apply(accountId, message);
    return scripted.outcome;
  }

  /** For the channel: a file that someone sent. Throws ChannelError. */
  async fetch(reference: unknown): Promise<FetchedMedia> {
    this.assertReachable();
    const file = this.#files.get(String(reference));
    if (file === undefined) throw new ChannelError("UNSUPPORTED", `The memory platform has no such file.`);
    const { data, mimeType, fileName } = file;
    return {
      stream: (async function* () {
        yield data;
      })(),
      size: data.length,
      ...(mimeType === undefined ? {} : { mimeType }),
      ...(fileName === undefined ? {} : { fileName }),
    };
  }

  /** For the channel. */
  recordTyping(to: Address): void {
    remember(this.typing, to);
  }

  /** For the channel. */
  recordDraft(draft: MemoryDraft): void {
    remember(this.drafts, draft);
  }

  /** For the channel. */
  recordReaction(reaction: MemoryReaction): void {
    remember(this.reactions, reaction);
  }

  async #apply(accountId: string, message: OutboundMessage): Promise<SendOutcome> {
    const { content, to } = message;
    switch (content.kind) {
      case "edit":
        if (!this.#sent.edit(accountId, content.messageId, { text: content.text })) {
          const reason = `There is no message ${content.messageId} to edit.`;
          return { outcome: "permanent", code: "MESSAGE_NOT_FOUND", reason };
        }
        return changed(content.messageId);
      case "delete":
        this.#sent.remove(accountId, content.messageId);
        return changed(content.messageId);
      case "reaction":
        this.recordReaction({ to, messageId: content.messageId, emoji: content.emoji });
        return changed(content.messageId);
      default:
        return this.#show(accountId, message, content);
    }
  }

  async #show(
    accountId: string,
    message: OutboundMessage,
    content: TextContent | MediaContent | PollContent,
  ): Promise<SendOutcome> {
    const earlier = this.idempotentSend ? this.#sent.find(accountId, message.operationId) : undefined;
    if (earlier !== undefined) return { outcome: "sent", messageId: earlier.messageId, at: earlier.at };
    const file = await readSource(content).catch(() => "gone" as const);
    if (file === "gone") return { outcome: "permanent", code: "MEDIA_GONE", reason: "The file is not there." };
    const sent: MemorySent = {
      accountId,
      operationId: message.operationId,
      messageId: `m${this.#nextMessage++}`,
      to: message.to,
      text: visibleText(content),
      content,
      ...(file === undefined ? {} : { file }),
      at: Date.now(),
      ...(message.replyTo === undefined ? {} : { replyTo: message.replyTo }),
    };
    this.#sent.add(sent);
    return { outcome: "sent", messageId: sent.messageId, at: sent.at };
  }

  #keepFile(file: MemoryFile) {
    const reference = `file:${this.#nextFile++}`;
    this.#files.set(reference, file);
    const oldest = this.#files.size > historyLimit ? this.#files.keys().next().value : undefined;
    if (oldest !== undefined) this.#files.delete(oldest);
    const { data, ...described } = file;
    return { ...described, reference, size: data.length };
  }

  #written({ accountId: _account, album: _album, files, ...input }: MemoryInput) {
    return {
      chatType: "direct" as const,
      senderId: input.chatId,
      sentAt: Date.now(),
      ...input,
      ...(files === undefined ? {} : { media: files.map((file) => this.#keepFile(file)) }),
    };
  }

  #deliver(
    accountId = defaultAccount,
    { messageId, ...named }: Omit<RecordedEvent, "eventId" | "origin"> & { messageId: string },
  ): MemoryDelivery {
    const origin = this.#refusal === undefined ? "live" : "backlog";
    const event: RecordedEvent = { eventId: `event:${this.#nextEvent++}`, ...named, origin };
    const pending = this.pending(accountId);
    pending.add(event);
    this.#delivered.set(event.eventId, { accountId, event });
    if (this.#delivered.size > historyLimit) {
      for (const oldest of this.#delivered.keys()) {
        this.#delivered.delete(oldest);
        break;
      }
    }
    return { eventId: event.eventId, messageId, acknowledged: pending.acknowledged(event.eventId) };
  }

  #refuse(refusal: ChannelError | undefined): void {
    this.#refusal = refusal;
    for (const pending of this.#accounts.values()) pending.wake();
  }
}

function nameOf(chatId: string, messageId: string): string {
  return `message:${chatId}:${messageId}`;
}

function changed(messageId: string): SendOutcome {
  return { outcome: "sent", messageId, at: Date.now() };
}

async function readSource(content: OutboundContent): Promise<Uint8Array | undefined> {
  if (content.kind !== "media" || content.source.type !== "file") return undefined;
  return readFile(content.source.path);
}

function remember<T>(history: T[], entry: T): void {
  history.push(entry);
  if (history.length > historyLimit) history.shift();
}
