import type { ChannelPlugin, Environment } from "../define.ts";
import type { OutboundContent } from "../content.ts";
import type { Address, InboundMessage } from "../messages.ts";

/**
 * How the next outbound message ends on the platform:
 * - `rate-limited`: refused for now, with a time to wait; not shown.
 * - `refused`: refused for good; not shown.
 * - `lost-answer`: shown, but the connection breaks before the answer.
 * - `no-answer`: never answered.
 */
export type SendFailure = "rate-limited" | "refused" | "lost-answer" | "no-answer";

/** A message that someone wrote to the account. */
export interface DeliveredMessage {
  /** What `InboundMessage.messageId` must be. */
  readonly messageId: string;
}

/** A message of the account as people see it. */
export interface VisibleMessage {
  readonly messageId: string;
  /** The text, the caption of a file, or the question of a poll. */
  readonly text: string;
  /** The bytes of a file. */
  readonly file?: Uint8Array;
}

/** The platform's double, as the suite drives it. */
export interface PlatformDouble {
  /** From now on nothing can be reached. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  /** Someone writes to the account; works while the platform is offline too. Resolves once the platform holds it. */
  deliver(text: string): Promise<DeliveredMessage>;
  /** Delivers one of the messages above once more, as after a lost acknowledgement. */
  deliverAgain(messageId: string): Promise<void>;
  /** True once the account told the platform that it has the message. */
  isAcknowledged(messageId: string): boolean;
  /** The account's messages as they read now, oldest first. */
  visible(): readonly VisibleMessage[];
  /** Sets how the next outbound message of a kind (text unless given) ends. */
  failNextSend(failure: SendFailure, kind?: OutboundContent["kind"]): void;
  /** The account's reactions on a message. Absent where there are none. */
  reactions?(messageId: string): readonly string[];
  /** Someone sends the account a file. Absent where the channel takes none in. */
  deliverFile?(data: Uint8Array): Promise<DeliveredMessage>;
  /** Refuses the account's credentials, until `restoreCredentials`. Absent where accounts have none. */
  revokeCredentials?(): void;
  restoreCredentials?(): void;
  /** Delivers a message written by the account itself. Absent where the platform never does that. */
  deliverOwn?(text: string): Promise<DeliveredMessage>;
}

/** Recorded payloads, in the form `RecordedEvent.raw` has. */
export interface PayloadSamples {
  /** Payloads of messages, and what must be read from them. */
  readonly messages: readonly { readonly raw: unknown; readonly message: Partial<InboundMessage> }[];
  /** Payloads that ask for no answer: edits, joins, service messages. */
  readonly silent: readonly unknown[];
  /** What the channel can not read. */
  readonly unreadable: readonly unknown[];
}

/** One account on one fresh platform double. */
export interface ComplianceSubject extends AsyncDisposable {
  readonly plugin: ChannelPlugin;
  /** A valid section under `channels.<id>` that describes exactly one account, enabled and complete. */
  readonly section: unknown;
  readonly environment?: Environment;
  /** Values that must never show up in a log, a status, an error or an outcome. */
  readonly secrets: readonly string[];
  /** A chat the account may write to. */
  readonly to: Address;
  readonly platform: PlatformDouble;
  readonly payloads: PayloadSamples;
}

/** Makes a fresh subject; called once per test. */
export type ComplianceSetup = () => Promise<ComplianceSubject>;
