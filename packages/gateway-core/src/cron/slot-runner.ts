import { joinSignals } from "@openclaw/channels-contract";

import { GatewayError } from "../errors.ts";
import type { Clock, Logger, SqlExecutor, Store } from "../ports.ts";
import { isInTime } from "./accounting.ts";
import type { Job, JobKind, JobState, Slot } from "./job.ts";
import type { JobTable } from "./job-table.ts";
import type { SlotEnd, SlotTable } from "./slot-table.ts";

/** A slot that was begun this often and never ended takes the process down with it, and is not begun again. */
const MAX_ATTEMPTS = 3;
const RETRY_MS = 5_000;
const MAX_TRIES = 3;
const MAX_SUMMARY_LENGTH = 2_000;
/** A run asked for by hand that the gateway could not begin within this time is not made up for. */
const MANUAL_POLICY = { withinMs: 10 * 60_000 } as const;

/** A slot whose time has come, with its job. */
export interface SlotRun {
  readonly slot: Slot;
  readonly job: Job;
}

export interface SlotOutcome {
  readonly state: "done" | "failed" | "skipped";
  readonly reason?: string | undefined;
  readonly summary?: string | undefined;
  /** What the outcome leads to, in the commit that ends the slot. */
  readonly commit?: (sql: SqlExecutor) => Promise<void>;
  /** Called once that commit is on disk. */
  readonly committed?: () => void;
}

export interface SlotRunnerDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly jobs: JobTable;
  readonly slots: SlotTable;
  /**
   * Does what the job is for. May be called again for the same slot after a restart: whatever it causes goes by the
   * slot's run id. Undefined when the signal ended it: the next start takes it up.
   */
  readonly execute: (run: SlotRun, signal: AbortSignal) => Promise<SlotOutcome | undefined>;
  /** True when a run of this id has left something that goes on by itself. */
  readonly hasBegun: (runId: string) => Promise<boolean>;
  readonly onStart: (run: SlotRun) => void;
  readonly onEnd: (slot: Slot, end: SlotEnd, job: Job | undefined) => void;
  /** How many slots of a kind run at once; 0 stops the kind. */
  readonly capacity: (kind: JobKind) => number;
}

const KINDS: readonly JobKind[] = ["heartbeat", "job"];

/** Runs slots that are due: due → claimed → done, failed or skipped. A bounded number at once, each exactly once. */
export class SlotRunner implements AsyncDisposable {
  readonly #dependencies: SlotRunnerDependencies;
  readonly #stop = new AbortController();
  readonly #running = new Map<number, { readonly kind: JobKind; readonly ended: Promise<void> }>();
  readonly #waiters = new Map<string, Set<() => void>>();
  #pumping: Promise<void> | undefined;
  #pumpAgain = false;

  constructor(dependencies: SlotRunnerDependencies) {
    this.#dependencies = dependencies;
  }

  get running(): number {
    return this.#running.size;
  }

  /** Settles what a dead process left: what had begun goes on, what is too late by its job's policy is missed. */
  async recover(): Promise<void> {
    const { store, slots, jobs } = this.#dependencies;
    for (const slot of await slots.open()) {
      const job = await jobs.get(slot.jobId);
      const hasBegun = slot.state === "claimed" && (await this.#dependencies.hasBegun(slot.runId));
      if (hasBegun || this.#isInTime(slot, job)) {
        if (slot.state === "claimed") await this.#takeUp(slot, job);
        continue;
      }
      const reason =
        slot.state === "due" ? "the gateway stopped before it began" : "the gateway stopped just as it began";
      const ended = await store.transaction((sql) => slots.end(sql, slot.id, { state: "missed", reason }));
      if (ended) this.#dependencies.onEnd(slot, { state: "missed", reason }, job);
    }
  }

  /** Starts due slots while there is room. Safe to call at any time. */
  pump(): Promise<void> {
    if (this.#pumping) {
      this.#pumpAgain = true;
      return this.#pumping;
    }
    this.#pumping = this.#pumpUntilDone();
    return this.#pumping;
  }

  /** Waits until a slot has ended; false when the signal aborts first. */
  async wait(runId: string, signal: AbortSignal): Promise<boolean> {
    const change = Promise.withResolvers<void>();
    const waiters = this.#waiters.get(runId) ?? new Set();
    this.#waiters.set(runId, waiters.add(change.resolve));
    using joined = joinSignals(signal, this.#stop.signal);
    const either = joined.signal;
    either.addEventListener("abort", () => change.resolve(), { once: true });
    try {
      const slot = await this.#dependencies.slots.byRun(runId);
      if (slot?.endedAt === undefined && !either.aborted) await change.promise;
      return !either.aborted;
    } finally {
      waiters.delete(change.resolve);
      if (waiters.size === 0) this.#waiters.delete(runId);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error("The gateway is stopping."));
    await this.#pumping;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #isInTime(slot: Slot, job: Job | undefined): boolean {
    if (!job) return false;
    const policy = slot.origin === "manual" ? MANUAL_POLICY : job.definition.missed;
    return isInTime(policy, this.#dependencies.clock.now() - slot.scheduledAt);
  }

  async #takeUp(slot: Slot, job: Job | undefined): Promise<void> {
    const { store, slots } = this.#dependencies;
    await store.transaction((sql) => slots.resume(sql, slot.id));
    this.#start({ ...slot, attempts: slot.attempts + 1 }, job);
  }

  async #pumpUntilDone(): Promise<void> {
    try {
      do {
        this.#pumpAgain = false;
        for (const kind of KINDS) await this.#startWhatFits(kind);
      } while (this.#pumpAgain && !this.#stop.signal.aborted);
    } finally {
      // In the same breath as the check above: whoever calls next starts a pass of its own.
      this.#pumping = undefined;
    }
  }

  async #startWhatFits(kind: JobKind): Promise<void> {
    const { store, jobs, slots, capacity, clock } = this.#dependencies;
    const running = () => [...this.#running.values()].filter((run) => run.kind === kind).length;
    while (!this.#stop.signal.aborted && running() < capacity(kind)) {
      const claimed = await store.transaction(async (sql) => {
        const slot = await slots.claim(sql, kind);
        const job = slot && (await jobs.get(slot.jobId, sql));
        if (job) await jobs.setState(sql, job.id, { ...job.state, runningAtMs: clock.now() });
        return slot && { slot, job };
      });
      if (!claimed) return;
      this.#start(claimed.slot, claimed.job);
    }
  }

  #start(slot: Slot, job: Job | undefined): void {
    const ended = this.#run(slot, job).finally(() => {
      this.#running.delete(slot.id);
      if (!this.#stop.signal.aborted)
        void this.pump().catch((error: unknown) =>
          this.#dependencies.log.error("due jobs could not be started", { error }),
        );
    });
    this.#running.set(slot.id, { kind: slot.kind, ended });
  }

  async #run(slot: Slot, job: Job | undefined): Promise<void> {
    if (job) this.#dependencies.onStart({ slot, job });
    const outcome = await this.#outcomeOf(slot, job);
    if (outcome) await this.#finishInTheEnd(slot, outcome);
  }

  /** Until its end is written down the slot is this process's: nobody else would take it up. */
  async #finishInTheEnd(slot: Slot, outcome: SlotOutcome): Promise<void> {
    for (;;) {
      try {
        return await this.#finish(slot, outcome);
      } catch (error) {
        this.#dependencies.log.error("the end of a scheduled run could not be written down; it is tried again", {
          runId: slot.runId,
          error,
          retryInMs: RETRY_MS,
        });
        if (this.#stop.signal.aborted) return;
        await this.#pause();
      }
    }
  }

  async #outcomeOf(slot: Slot, job: Job | undefined): Promise<SlotOutcome | undefined> {
    const { log, execute } = this.#dependencies;
    if (!job) return { state: "failed", reason: "its job was removed before the gateway could go on with it" };
    if (slot.attempts > MAX_ATTEMPTS) {
      return { state: "failed", reason: `it was begun ${MAX_ATTEMPTS} times and the gateway stopped each time` };
    }
    for (let tries = 1; ; tries += 1) {
      try {
        return await execute({ slot, job }, this.#stop.signal);
      } catch (error) {
        if (this.#stop.signal.aborted) return undefined;
        const isFinal = error instanceof GatewayError && !error.retryable;
        if (isFinal || tries === MAX_TRIES) {
          log.warn("a scheduled run failed", { runId: slot.runId, error });
          return {
            state: "failed",
            reason:
              error instanceof GatewayError
                ? error.message
                : "an internal error; the gateway's log names the cause (openclaw logs)",
          };
        }
        await this.#pause();
      }
    }
  }

  /** One commit: the slot ended, and everything its end leads to. */
  async #finish(slot: Slot, outcome: SlotOutcome): Promise<void> {
    const { store, jobs, slots } = this.#dependencies;
    const end: SlotEnd = {
      state: outcome.state,
      reason: outcome.reason,
      summary: outcome.summary?.slice(0, MAX_SUMMARY_LENGTH),
    };
    const settled = await store.transaction(async (sql) => {
      if (!(await slots.end(sql, slot.id, end))) return undefined;
      await outcome.commit?.(sql);
      const job = await jobs.get(slot.jobId, sql);
      if (job) await this.#leaveTrace(sql, job, slot, end);
      return { job: job && (await jobs.get(slot.jobId, sql)) };
    });
    if (settled) {
      outcome.committed?.();
      this.#dependencies.onEnd({ ...slot, endedAt: this.#dependencies.clock.now() }, end, settled.job);
    }
    for (const tell of this.#waiters.get(slot.runId) ?? []) tell();
  }

  async #leaveTrace(sql: SqlExecutor, job: Job, slot: Slot, end: SlotEnd): Promise<void> {
    const { jobs, clock } = this.#dependencies;
    const { runningAtMs, ...rest } = job.state;
    const startedAt = slot.startedAt ?? runningAtMs ?? clock.now();
    const { lastError: _lastError, ...kept } = rest;
    const state: JobState = {
      ...kept,
      lastRunAtMs: startedAt,
      lastStatus: end.state === "done" ? "ok" : end.state === "failed" ? "error" : "skipped",
      ...(end.reason === undefined ? {} : { lastError: end.reason }),
      lastDurationMs: Math.max(0, clock.now() - startedAt),
      consecutiveErrors: end.state === "failed" ? (job.state.consecutiveErrors ?? 0) + 1 : 0,
    };
    await jobs.setState(sql, job.id, state);
    const { schedule } = job.definition;
    if (schedule.kind !== "at" || slot.origin !== "schedule" || schedule.atMs !== slot.scheduledAt) return;
    if (job.definition.deleteAfterRun === true && end.state === "done") await jobs.remove(sql, job.id);
    else await jobs.disable(sql, job.id);
  }

  async #pause(): Promise<void> {
    await this.#dependencies.clock.sleep(RETRY_MS, this.#stop.signal).catch(() => {});
  }
}
