import type { SendOutcome } from "@openclaw/channels-contract";
import { ManualClock } from "@openclaw/testkit/clock";
import { expect } from "vitest";

import { systemIds } from "../../src/host/system.ts";
import { Outbox } from "../../src/outbox/outbox.ts";
import { type OutboxRow, OutboxTable } from "../../src/outbox/outbox-table.ts";
import { MortalProcess } from "../support/mortal-process.ts";
import { recordingLog } from "../support/silent-log.ts";
import { type Ending, newModelRow, type OutboxModel, WISH_MS } from "./outbox-model.ts";

export const PLACE = { channel: "memory", account: "default" };
const LABEL = "(this may be a repeat)";

/** The outbox of a process, and of the processes after it, before a platform that answers as it is told. */
export class OutboxWorld {
  readonly clock = new ManualClock();
  /** How the next attempts end; `sent` when none is left. */
  readonly endings: Ending[] = [];
  readonly #databaseFile: string;
  readonly #model: OutboxModel;
  process!: MortalProcess;
  outbox!: Outbox;

  constructor(databaseFile: string, model: OutboxModel) {
    this.#databaseFile = databaseFile;
    this.#model = model;
  }

  async open(): Promise<void> {
    const process = new MortalProcess(this.#databaseFile, this.clock);
    this.process = process;
    this.outbox = new Outbox({
      store: process.store,
      clock: process.clock,
      ids: systemIds,
      log: recordingLog(),
      deliver: (row, { content }, signal) => {
        const text = content.kind === "text" ? content.text : "";
        return this.#attempt(process, row, { isLabelled: text.startsWith(LABEL), signal });
      },
      unknownPolicy: () => this.#model.policy,
      capabilities: () => ({ maxTextLength: 100, idempotentSend: false, chatTypes: ["direct"] }),
      openFile: async () => undefined,
      random: () => 0.5,
    });
    await this.#adopt();
    await this.outbox.start();
    await this.settle();
  }

  /** Ends the process, with a word or without, and starts the next. */
  async reopen(manner: "crash" | "stop"): Promise<void> {
    if (manner === "crash") this.process.die();
    const ended = this.outbox[Symbol.asyncDispose]();
    await this.clock.advance(0);
    if (manner === "stop") await ended;
    else ended.catch(() => {});
    await this.process[Symbol.asyncDispose]();
    await this.open();
  }

  /** Lets everything that is ready happen; a process that died of it is followed by the next. */
  async settle(): Promise<void> {
    await this.clock.advance(0);
    if (this.process.isDead) await this.reopen("crash");
  }

  async rows(): Promise<OutboxRow[]> {
    return this.outbox.list({ limit: 1_000 });
  }

  /** The rows as they are on disk, whether or not the process still answers. */
  async peek(): Promise<OutboxRow[]> {
    const table = new OutboxTable(this.process.onDisk, this.clock, systemIds);
    return table.list({ limit: 1_000 });
  }

  async close(): Promise<void> {
    this.process.die();
    await this.process[Symbol.asyncDispose]();
  }

  /** The table and the model must agree about every message. */
  async check(): Promise<void> {
    expect(this.#model.broken).toEqual([]);
    const rows = await this.rows();
    expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(this.#model.rows.keys()));
    for (const row of rows) {
      const expected = this.#model.get(row.id);
      if (row.state === "dead" && this.#model.mayBeDead(expected, this.clock.now())) expected.state = "dead";
      // An outcome that could not be written down yet is known to the process alone.
      if (row.state === "sending" && this.process.isRefusing) continue;
      expect({ id: row.id, state: row.state, attempts: row.attempts, labelled: row.labelled }).toEqual({
        id: row.id,
        state: expected.state,
        attempts: expected.attempts,
        labelled: expected.labelled,
      });
      expected.isOver = row.state !== "queued" && row.state !== "sending";
      if (row.state === "sent") expect(row.messageId).toBeTruthy();
      if (row.state === "dead") expect([row.code, row.reason].every(Boolean)).toBe(true);
      if (row.state === "unknown") expect(row.reason).toBeTruthy();
    }
  }

  /** Takes over what the last process left: a message it was sending when it died is one nobody knows about. */
  async #adopt(): Promise<void> {
    const now = this.clock.now();
    for (const row of await this.rows()) {
      const known = this.#model.rows.get(row.id);
      if (!known) this.#model.rows.set(row.id, newModelRow(row));
      const expected = known ?? this.#model.get(row.id);
      if (row.state !== "sending") continue;
      expect(expected.isOver, `${row.id} was over, and is being sent`).toBe(false);
      expected.attempts = row.attempts;
      expected.labelled = row.labelled;
      this.#model.doubt(expected, now);
    }
  }

  async #attempt(
    process: MortalProcess,
    row: OutboxRow,
    { isLabelled, signal }: { isLabelled: boolean; signal: AbortSignal },
  ): Promise<SendOutcome> {
    if (process.isDead) return never();
    const expected = this.#model.begin(row.id, isLabelled, this.clock.now());
    const ending = this.endings.shift() ?? "sent";
    if (ending === "sent" || ending === "lost" || ending === "throws") this.#model.show(expected);
    if (ending === "silent") await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    if (process.isDead) return never();
    this.#model.end(expected, ending, this.clock.now());
    if (ending === "throws") throw new Error("The channel broke.");
    return outcomeOf(ending, row.id);
  }
}

function outcomeOf(ending: Ending, id: string): SendOutcome {
  switch (ending) {
    case "sent":
      return { outcome: "sent", messageId: `receipt of ${id}`, at: 1 };
    case "refused":
      return { outcome: "permanent", code: "REFUSED", reason: "the platform refused it" };
    case "busy":
      return { outcome: "retry", reason: "the platform is busy", retryAfterMs: WISH_MS };
    case "pause":
      return { outcome: "retry", reason: "the account is to pause", retryAfterMs: WISH_MS, scope: "account" };
    default:
      return { outcome: "unknown", reason: "the connection broke" };
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}
