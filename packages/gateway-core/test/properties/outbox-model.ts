import type { UnknownPolicy } from "../../src/outbox/outbox.ts";
import type { OutboxRow, OutboxState } from "../../src/outbox/outbox-table.ts";

const MAX_UNKNOWN_RESENDS = 3;

/** How an attempt ends on the platform. `lost`: it took effect, but nobody hears of it; `silent` never answers. */
export type Ending = "sent" | "busy" | "pause" | "refused" | "lost" | "dropped" | "throws" | "silent";

/** What the platform asks for with `busy` and `pause`, in milliseconds. */
export const WISH_MS = 90_000;

/** One message as it should stand, told without a database. */
export interface ModelRow {
  readonly id: string;
  readonly chatId: string;
  readonly position: number;
  state: OutboxState;
  attempts: number;
  labelled: boolean;
  notBefore: number;
  deadlineAt: number;
  /** Copies on the platform, without a label and with one. */
  plain: number;
  labelledCopies: number;
  /** How often an operator asked for another try. */
  retries: number;
  /** The table was seen to say that it is over with it. */
  isOver: boolean;
}

export function newModelRow(row: OutboxRow): ModelRow {
  return {
    id: row.id,
    chatId: row.chatId,
    position: row.position,
    state: "queued",
    attempts: 0,
    labelled: false,
    notBefore: row.nextAttemptAt,
    deadlineAt: row.deadlineAt,
    plain: 0,
    labelledCopies: 0,
    retries: 0,
    isOver: false,
  };
}

export class OutboxModel {
  readonly rows = new Map<string, ModelRow>();
  readonly policy: UnknownPolicy;
  /** What went against the rules, in words. */
  readonly broken: string[] = [];

  constructor(policy: UnknownPolicy) {
    this.policy = policy;
  }

  get(id: string): ModelRow {
    const row = this.rows.get(id);
    if (!row) throw new Error(`The model knows no message ${id}.`);
    return row;
  }

  /** An attempt begins: it must be allowed to. */
  begin(id: string, isLabelled: boolean, now: number): ModelRow {
    const row = this.get(id);
    const others = [...this.rows.values()].filter((other) => other.chatId === row.chatId && other !== row);
    const rules: readonly (readonly [string, boolean])[] = [
      [`it is ${row.state}`, row.state === "queued"],
      ["its deadline is past", now < row.deadlineAt],
      ["it should wait", now >= row.notBefore],
      ["its label is wrong", isLabelled === row.labelled],
      ["its chat is busy", others.every(({ state }) => state !== "sending")],
      ["an older one waits", others.every((other) => other.position > row.position || !this.#waits(other, now))],
    ];
    for (const [problem, holds] of rules) if (!holds) this.broken.push(`${id} was sent although ${problem}`);
    row.state = "sending";
    row.attempts += 1;
    return row;
  }

  #waits(row: ModelRow, now: number): boolean {
    return row.state === "queued" && !this.mayBeDead(row, now);
  }

  /** A copy appears in the chat. */
  show(row: ModelRow): void {
    if (row.labelled) row.labelledCopies += 1;
    else row.plain += 1;
    const most = 1 + row.retries + (this.policy === "resend" ? MAX_UNKNOWN_RESENDS - 1 : 0);
    const allowed = this.policy === "resend" ? most * (1 + row.retries) : most;
    if (row.plain > allowed || row.labelledCopies > most)
      this.broken.push(`${row.id} is there ${row.plain} times, and ${row.labelledCopies} times with a label`);
  }

  /** An attempt ended, and its outcome is known. */
  end(row: ModelRow, ending: Ending, now: number): void {
    switch (ending) {
      case "sent":
        row.state = "sent";
        return;
      case "refused":
        row.state = "dead";
        return;
      case "busy":
      case "pause":
        row.state = "queued";
        row.notBefore = now + Math.max(WISH_MS, backoffMs(row.attempts));
        return;
      default:
        return this.doubt(row, now);
    }
  }

  /** Nobody knows how an attempt ended. */
  doubt(row: ModelRow, now: number): void {
    row.state = "unknown";
    const again =
      (this.policy === "label" && !row.labelled) || (this.policy === "resend" && row.attempts < MAX_UNKNOWN_RESENDS);
    if (!again) return;
    row.state = "queued";
    row.notBefore = now + backoffMs(row.attempts);
    if (this.policy === "label") row.labelled = true;
  }

  /** What waited past its deadline is dead, once its turn came. */
  mayBeDead(row: ModelRow, now: number): boolean {
    return row.state === "queued" && row.deadlineAt <= now;
  }

  requeue(row: ModelRow, now: number, deadlineAt: number): void {
    row.state = "queued";
    row.attempts = 0;
    row.retries += 1;
    row.isOver = false;
    row.notBefore = now;
    row.deadlineAt = deadlineAt;
  }
}

/** From one second to five minutes, doubled with each attempt. */
function backoffMs(attempts: number): number {
  return Math.min(1_000 * 2 ** Math.max(0, attempts - 1), 300_000);
}
