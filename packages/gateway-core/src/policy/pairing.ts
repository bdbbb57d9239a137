import { randomInt } from "node:crypto";

import type { Clock, SqlExecutor, Store } from "../ports.ts";

/** Upper-case letters and digits without the look-alikes 0, O, 1 and I. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const CODE_LENGTH = 8;
/** A code is good for one hour. */
const CODE_LIFETIME_MS = 60 * 60 * 1000;
/** More open requests than this per account are not answered: strangers must not fill the list. */
const MAX_PENDING = 3;

export interface PairingRequest {
  readonly channel: string;
  readonly accountId: string;
  readonly senderId: string;
  readonly chatId: string;
  readonly senderName?: string;
  readonly code: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface PairingSubject {
  readonly channel: string;
  readonly account: string;
  readonly senderId: string;
  readonly chatId: string;
  readonly senderName?: string;
}

interface RequestRow {
  readonly channel: string;
  readonly account: string;
  readonly sender_id: string;
  readonly chat_id: string;
  readonly sender_name: string | null;
  readonly code: string;
  readonly created_at: number;
  readonly expires_at: number;
}

/** Strangers who asked to talk, the codes they were given, and those an operator let in. */
export class PairingStore {
  readonly #store: Store;
  readonly #clock: Clock;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async isApproved(channel: string, account: string, senderId: string): Promise<boolean> {
    const row = await this.#store.get(
      "SELECT sender_id FROM allowed_senders WHERE channel = ? AND account = ? AND sender_id = ?",
      channel,
      account,
      senderId,
    );
    return row !== undefined;
  }

  /**
   * A new code for a stranger, or undefined when one is still open (it was told already) or too many are.
   * Runs in the transaction that also queues the message with the code.
   */
  async request(sql: SqlExecutor, subject: PairingSubject): Promise<string | undefined> {
    const now = this.#clock.now();
    await sql.run("DELETE FROM pairing_requests WHERE expires_at <= ?", now);
    const open = await sql.all<{ sender_id: string }>(
      "SELECT sender_id FROM pairing_requests WHERE channel = ? AND account = ?",
      subject.channel,
      subject.account,
    );
    if (open.length >= MAX_PENDING || open.some((row) => row.sender_id === subject.senderId)) return undefined;
    const code = newCode();
    await sql.run(
      `INSERT INTO pairing_requests (channel, account, sender_id, chat_id, sender_name, code, created_at, expires_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      subject.channel,
      subject.account,
      subject.senderId,
      subject.chatId,
      subject.senderName ?? null,
      code,
      now,
      now + CODE_LIFETIME_MS,
    );
    return code;
  }

  async list(filter: { channel?: string; accountId?: string }): Promise<PairingRequest[]> {
    const rows = await this.#store.all<RequestRow>(
      `SELECT * FROM pairing_requests
       WHERE expires_at > ? AND (? IS NULL OR channel = ?) AND (? IS NULL OR account = ?) ORDER BY created_at`,
      this.#clock.now(),
      filter.channel ?? null,
      filter.channel ?? null,
      filter.accountId ?? null,
      filter.accountId ?? null,
    );
    return rows.map(toRequest);
  }

  /** Lets the holder of a code in. Undefined for a code that is unknown or expired. */
  async approve(sql: SqlExecutor, channel: string, code: string): Promise<PairingRequest | undefined> {
    const now = this.#clock.now();
    const row = await sql.get<RequestRow>(
      "SELECT * FROM pairing_requests WHERE channel = ? AND code = ? AND expires_at > ?",
      channel,
      code.trim().toUpperCase(),
      now,
    );
    if (!row) return undefined;
    await sql.run(
      "DELETE FROM pairing_requests WHERE channel = ? AND account = ? AND sender_id = ?",
      row.channel,
      row.account,
      row.sender_id,
    );
    await sql.run(
      `INSERT INTO allowed_senders (channel, account, sender_id, approved_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (channel, account, sender_id) DO NOTHING`,
      row.channel,
      row.account,
      row.sender_id,
      now,
    );
    return toRequest(row);
  }
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

function toRequest(row: RequestRow): PairingRequest {
  return {
    channel: row.channel,
    accountId: row.account,
    senderId: row.sender_id,
    chatId: row.chat_id,
    ...(row.sender_name === null ? {} : { senderName: row.sender_name }),
    code: row.code,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
