import type { ChannelCapabilities, DraftCapability, ReactionCapability, TypingCapability } from "../capabilities.ts";
import type { Channel, ChannelHost, ChannelProbe } from "../channel.ts";
import type { OutboundContent } from "../content.ts";
import { ChannelError } from "../errors.ts";
import type { FetchedMedia } from "../media.ts";
import type { InboundChange, InboundMessage, OutboundMessage, SendOutcome } from "../messages.ts";
import { joinSignals } from "../signals.ts";
import type { ChannelState, ChannelStatus } from "../status.ts";
import { parseMemoryChange, parseMemoryPayload } from "./payload.ts";
import type { MemoryPlatform } from "./platform.ts";

const batchLimit = 100;
const firstRetryMs = 100;
const lastRetryMs = 2_000;
const refusedRetryMs = 60_000;

export interface MemoryChannelSettings {
  readonly accountId: string;
  readonly platform: MemoryPlatform;
  readonly maxTextLength: number;
}

/** One account on a MemoryPlatform: the reference implementation of `Channel`. */
export class MemoryChannel implements Channel {
  readonly capabilities: ChannelCapabilities;
  readonly typing: TypingCapability;
  readonly reactions: ReactionCapability;
  readonly drafts: DraftCapability;
  readonly #settings: MemoryChannelSettings;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #status: ChannelStatus = { state: "stopped", since: 0 };

  constructor(settings: MemoryChannelSettings) {
    const { platform, maxTextLength } = settings;
    this.#settings = settings;
    this.capabilities = {
      maxTextLength,
      idempotentSend: platform.idempotentSend,
      commandMenu: platform.commandMenu,
      chatTypes: ["direct", "group", "channel"],
      outbound: platform.outbound,
    };
    this.typing = {
      lastsMs: 5_000,
      show: async (to) => platform.recordTyping(to),
    };
    this.drafts = {
      intervalMs: 20,
      ...(platform.draftBlocks === undefined ? {} : { blocks: platform.draftBlocks }),
      shows: ({ threadId }) => threadId !== undefined,
      show: async (to, draft) => {
        platform.assertReachable();
        platform.recordDraft({ to, ...draft });
      },
    };
    this.reactions = {
      react: async (to, messageId, emoji) => {
        platform.assertReachable();
        platform.recordReaction({ to, messageId, emoji });
      },
    };
  }

  async start(host: ChannelHost, signal: AbortSignal): Promise<void> {
    if (this.#running !== undefined) throw new ChannelError("UNSUPPORTED", "A channel is started once.");
    this.#running = this.#takeIn(host, AbortSignal.any([signal, this.#stopping.signal]));
  }

  parse(raw: unknown): InboundMessage | null {
    return parseMemoryPayload(raw);
  }

  parseChange(raw: unknown): InboundChange | null {
    return parseMemoryChange(raw);
  }

  async send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome> {
    const { accountId, platform } = this.#settings;
    if (signal.aborted || this.#stopping.signal.aborted)
      return { outcome: "retry", reason: "The channel is stopping." };
    try {
      platform.assertReachable();
    } catch (error) {
      return { outcome: "retry", reason: reasonOf(error) };
    }
    const problem = findProblem(message.content, this.capabilities.maxTextLength);
    if (problem !== undefined) return problem;
    const given: SendOutcome = { outcome: "unknown", reason: "The platform gave no answer." };
    using joined = joinSignals(signal, this.#stopping.signal);
    return await settleWith(given, joined.signal, platform.receive(accountId, message));
  }

  fetchMedia(reference: unknown): Promise<FetchedMedia> {
    return this.#settings.platform.fetch(reference);
  }

  async probe(): Promise<ChannelProbe> {
    try {
      this.#settings.platform.assertReachable();
      return { ok: true, elapsedMs: 0 };
    } catch (error) {
      return { ok: false, elapsedMs: 0, error: reasonOf(error) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort(new ChannelError("UNAVAILABLE", "The channel was stopped."));
    await this.#running;
  }

  async #takeIn(host: ChannelHost, signal: AbortSignal): Promise<void> {
    this.#report(host, "connecting");
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#takeInOnce(host, signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) break;
        const refused = error instanceof ChannelError && error.code === "UNAUTHORIZED";
        const delayMs = refused ? refusedRetryMs : Math.min(firstRetryMs * 2 ** failures, lastRetryMs);
        failures += 1;
        this.#report(host, refused ? "unauthorized" : "backoff", {
          detail: reasonOf(error),
          retryAt: host.now() + delayMs,
        });
        await host.sleep(delayMs, signal).catch(() => undefined);
      }
    }
    this.#report(host, "stopped");
  }

  /** One batch: recorded first, acknowledged to the platform only then. Waits while there is nothing. */
  async #takeInOnce(host: ChannelHost, signal: AbortSignal): Promise<void> {
    const { accountId, platform } = this.#settings;
    const pending = platform.pending(accountId);
    platform.assertReachable();
    this.#report(host, "online", { identity: { id: accountId } });
    const events = pending.peek(batchLimit);
    if (events.length === 0) return pending.changed(signal);
    await host.accept({ events });
    pending.acknowledge(events.map((event) => event.eventId));
  }

  #report(host: ChannelHost, state: ChannelState, fields: Partial<ChannelStatus> = {}): void {
    if (this.#status.state === state && fields.retryAt === undefined) return;
    const since = this.#status.state === state ? this.#status.since : host.now();
    this.#status = { ...fields, state, since };
    host.report(this.#status);
  }
}

/** What no attempt would change. */
function findProblem(content: OutboundContent, maxTextLength: number): SendOutcome | undefined {
  if (content.kind === "text" || content.kind === "edit") {
    if (content.text.trim() === "") {
      return { outcome: "permanent", code: "EMPTY_TEXT", reason: "There is no text to send." };
    }
    if (content.text.length > maxTextLength) {
      return { outcome: "permanent", code: "TOO_LONG", reason: "The text is longer than this platform allows." };
    }
  }
  return undefined;
}

/** The answer, or `otherwise` when the signal aborts before there is one. */
function settleWith<T>(otherwise: T, signal: AbortSignal, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(otherwise);
    signal.addEventListener("abort", abort, { once: true });
    void answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
