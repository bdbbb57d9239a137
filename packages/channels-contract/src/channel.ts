import type { ChannelCapabilities, DraftCapability, ReactionCapability, TypingCapability } from "./capabilities.ts";
import type { OutboundContent } from "./content.ts";
import type { FetchedMedia, MediaReference } from "./media.ts";
import type { Address, InboundChange, InboundMessage, OutboundMessage, SendOutcome } from "./messages.ts";
import type { ChannelStatus } from "./status.ts";

/** One thing the platform delivered, as it came. */
export interface RecordedEvent {
  /** The delivery's own stable id, unique within the account, for example "update:1001". */
  readonly eventId: string;
  /**
   * Other names under which the same thing may be delivered again, for example "message:<chat>:<id>". An event that
   * shares any name with a recorded one is a duplicate and starts nothing.
   */
  readonly aliases?: readonly string[];
  /** The platform's payload, JSON. It is stored before anyone interprets it; `Channel.parse` reads it later. */
  readonly raw: unknown;
  /** `backlog` for what waited while the gateway was away. */
  readonly origin: "live" | "backlog";
  /**
   * Set for a part of one message that the platform delivers as several, for example "album:<chat>:<id>". Parts that
   * share it within an account are read together, once no more of them come.
   */
  readonly album?: string;
}

/** A place in the platform's stream of events, committed together with the events that lead up to it. */
export interface Cursor {
  readonly key: string;
  readonly value: string;
}

export interface InboundBatch {
  readonly events: readonly RecordedEvent[];
  readonly cursor?: Cursor;
}

/** Structured logging. Secrets must not be put in; known secrets are masked on the way out all the same. */
export interface ChannelLogger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A chat command as a menu shows it. */
export interface MenuCommand {
  /** Without the slash. */
  readonly name: string;
  readonly description: string;
}

/** The chat commands a gateway answers, for platforms that show people a menu of them. */
export interface CommandMenu {
  /** Whether they are put into menus; "auto" leaves it to the channel. */
  readonly native: boolean | "auto";
  readonly commands: readonly MenuCommand[];
}

/** What the gateway gives a running channel. */
export interface ChannelHost {
  readonly accountId: string;
  readonly log: ChannelLogger;
  /** Absent: no menu is touched. */
  readonly menu?: CommandMenu;
  /** Epoch milliseconds. */
  now(): number;
  /** Waits, or rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>;
  /**
   * Records events durably, then lets the gateway answer them. The platform may be told "received" only after this
   * resolves. Rejects when nothing was stored (a full disk, for example): then do not acknowledge, and try again.
   */
  accept(batch: InboundBatch): Promise<{ readonly recorded: number; readonly duplicates: number }>;
  /** The cursor last committed with `accept`, or undefined. */
  readCursor(key: string): Promise<string | undefined>;
  /** Reports what the connection is doing; the last report is shown to operators. */
  report(status: ChannelStatus): void;
}

/** The answer of an active check of the connection. */
export interface ChannelProbe {
  readonly ok: boolean;
  readonly elapsedMs: number;
  readonly error?: string;
}

/**
 * One account on one platform. Small on purpose: start, parse, send, dispose. Everything a platform may lack is an
 * optional object.
 */
export interface Channel extends AsyncDisposable {
  readonly capabilities: ChannelCapabilities;
  /**
   * Starts taking messages in. Resolves after local set-up; connecting goes on in the background and is reported
   * through `host.report`, never thrown. Aborting the signal ends intake at once.
   */
  start(host: ChannelHost, signal: AbortSignal): Promise<void>;
  /**
   * Reads a recorded payload. Pure. Null for events that ask for no answer (edits, joins, service messages).
   * Throws ChannelError on a payload it can not read; the row is kept and marked, nothing else happens.
   */
  parse(raw: unknown): InboundMessage | null;
  /**
   * Reads a recorded payload for which `parse` gave null: an edit, a reaction, a chat's new id. Pure. Null for what is
   * none of these, or is not wanted. Throws as `parse` does.
   */
  parseChange?(raw: unknown): InboundChange | null;
  /**
   * Makes one attempt and says how it ended. Never throws, and settles within 60 s at the latest; an aborted signal
   * gives `retry` when nothing was written to the platform and `unknown` when something was.
   */
  send(message: OutboundMessage, signal: AbortSignal): Promise<SendOutcome>;
  /**
   * Says why content can not go to a chat although the capabilities allow its kind; undefined when nothing speaks
   * against it. Pure; asked before anything is queued. The sentence is shown to the sender.
   */
  objection?(to: Address, content: OutboundContent<unknown>): string | undefined;
  /**
   * Fetches a file of an inbound message, by the reference that `parse` gave. Throws ChannelError: `UNAVAILABLE` when
   * trying again may help, `UNSUPPORTED` when the platform will not hand it out (too large, expired).
   */
  fetchMedia?(reference: MediaReference["reference"], signal: AbortSignal): Promise<FetchedMedia>;
  readonly typing?: TypingCapability;
  readonly reactions?: ReactionCapability;
  readonly drafts?: DraftCapability;
  /** Asks the platform whether the connection works. Never throws. */
  probe?(signal: AbortSignal): Promise<ChannelProbe>;
}
