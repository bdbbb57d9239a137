import { GatewayError } from "../errors.ts";
import type { Clock, Ids, Logger, SqlExecutor, Store, Timer } from "../ports.ts";
import { accountFor, CLOCK_TOLERANCE_MS, settleAccount } from "./accounting.ts";
import type { Job, JobDefinition, JobKind, Slot } from "./job.ts";
import { JobTable } from "./job-table.ts";
import { planSchedule } from "./schedule.ts";
import { SlotRunner, type SlotRunnerDependencies } from "./slot-runner.ts";
import { type SlotEnd, type SlotFilter, SlotTable } from "./slot-table.ts";

/** The clock is looked at this often even when nothing is due: it may have been set, or the machine have slept. */
const LOOK_AGAIN_MS = 30_000;
const MAX_JOBS = 1_000;
/** Runs asked for by hand that wait for one job. */
const MAX_MANUAL = 20;

/** Something that happened to a job. */
export type CronChange =
  | { readonly action: "added" | "updated" | "removed"; readonly job: Job }
  | { readonly action: "started"; readonly job: Job; readonly slot: Slot }
  | { readonly action: "finished"; readonly job: Job | undefined; readonly slot: Slot; readonly end: SlotEnd };

export interface CronDependencies extends Pick<SlotRunnerDependencies, "execute" | "hasBegun"> {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly onChange: (change: CronChange) => void;
  /** `enabled` is about people's jobs; the gateway's own run without them. */
  readonly settings: () => { readonly enabled: boolean; readonly maxConcurrentRuns: number };
}

/** What to change of a job; a definition replaces the one there is. */
export interface JobChange {
  readonly enabled?: boolean | undefined;
  readonly definition?: JobDefinition | undefined;
}

/**
 * Scheduled work. Jobs are rows and so is every slot of them: a slot is written down as due before it runs, and ends
 * as done, failed, missed or skipped, with the reason. What is written, not what is computed again, says what is next.
 */
export class Cron implements AsyncDisposable {
  readonly #dependencies: CronDependencies;
  readonly #jobs: JobTable;
  readonly #slots: SlotTable;
  readonly #runner: SlotRunner;
  /** The tail of the queue of changes; they are made one at a time. */
  #queue: Promise<unknown> = Promise.resolve();
  #timer: Timer | undefined;
  #state: "new" | "started" | "stopped" = "new";
  #manualRuns = 0;

  constructor(dependencies: CronDependencies) {
    const { store, clock, log, onChange } = dependencies;
    this.#dependencies = dependencies;
    this.#jobs = new JobTable(store);
    this.#slots = new SlotTable(store, clock);
    this.#runner = new SlotRunner({
      store,
      clock,
      log,
      jobs: this.#jobs,
      slots: this.#slots,
      execute: dependencies.execute,
      hasBegun: dependencies.hasBegun,
      capacity: (kind) => this.#capacity(kind),
      onStart: ({ slot, job }) => onChange({ action: "started", job, slot }),
      onEnd: (slot, end, job) => onChange({ action: "finished", job, slot, end }),
    });
  }

  /** Settles what a dead process left, accounts for what passed meanwhile, and keeps time from then on. */
  async start(): Promise<void> {
    await this.#runner.recover();
    this.#state = "started";
    await this.check();
  }

  /** Begins nothing new; what runs may end. */
  stopIntake(): void {
    this.#state = "stopped";
    this.#timer?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopIntake();
    await this.#queue.catch(() => {});
    await this.#runner[Symbol.asyncDispose]();
  }

  /** Accounts for everything up to now, and runs what is due. */
  async check(): Promise<void> {
    if (this.#state !== "started") return;
    try {
      await this.#exclusive(() => this.#accountForAll());
      await this.#runner.pump();
    } catch (error) {
      this.#dependencies.log.error("scheduled jobs could not be looked at; it is tried again", {
        error,
        retryInMs: LOOK_AGAIN_MS,
      });
    }
    await this.#setTimer();
  }

  get isEnabled(): boolean {
    return this.#dependencies.settings().enabled;
  }

  get running(): number {
    return this.#runner.running;
  }

  get(id: string): Promise<Job | undefined> {
    return this.#jobs.get(id);
  }

  list(): Promise<Job[]> {
    return this.#jobs.list("job");
  }

  nextAt(): Promise<number | undefined> {
    return this.#jobs.nextAt(this.isEnabled ? ["job", "heartbeat"] : ["heartbeat"]);
  }

  /** Slots that ended, the newest first. */
  history(filter: SlotFilter): Promise<{ slots: Slot[]; total: number }> {
    return this.#slots.ended(filter);
  }

  prune(): Promise<number> {
    return this.#slots.prune();
  }

  /** Writes something down about a slot that is running, for when it has to be taken up again. */
  remember(slot: Slot, memo: unknown): Promise<void> {
    return this.#slots.remember(slot.id, memo);
  }

  /** Adds a job of a person. Throws INVALID_REQUEST for a schedule that can not be. */
  async add(definition: JobDefinition, enabled: boolean): Promise<Job> {
    return this.#change(async () => {
      if ((await this.#jobs.count("job")) >= MAX_JOBS) {
        throw new GatewayError(
          "INVALID_REQUEST",
          `There are ${MAX_JOBS} jobs already; remove some first (openclaw cron rm).`,
        );
      }
      const job = await this.#planned(
        { id: this.#dependencies.ids.uuid(), kind: "job", enabled, definition },
        undefined,
      );
      await this.#dependencies.store.transaction((sql) => this.#jobs.put(sql, job));
      this.#dependencies.onChange({ action: "added", job });
      return job;
    });
  }

  /** Changes a job; undefined when there is none. Its slots up to now are accounted for first. */
  async update(id: string, change: (job: Job) => JobChange): Promise<Job | undefined> {
    return this.#change(async () => {
      const before = await this.#settled(id);
      if (!before || before.kind !== "job") return undefined;
      const { enabled = before.enabled, definition = before.definition } = change(before);
      const job = await this.#planned({ id, kind: "job", enabled, definition }, before);
      await this.#dependencies.store.transaction(async (sql) => {
        await this.#jobs.put(sql, job);
        if (!enabled) await this.#slots.skipDue(sql, id, "the job was switched off", "schedule");
      });
      this.#dependencies.onChange({ action: "updated", job });
      return job;
    });
  }

  /** Removes a job; what became of its slots stays. Answers false when there was none. */
  async remove(id: string): Promise<boolean> {
    return this.#change(async () => {
      const job = await this.#settled(id);
      if (!job || job.kind !== "job") return false;
      await this.#dependencies.store.transaction(async (sql) => {
        await this.#slots.skipDue(sql, id, "the job was removed");
        await this.#jobs.remove(sql, id);
      });
      this.#dependencies.onChange({ action: "removed", job });
      return true;
    });
  }

  /** Sees that one of the gateway's own jobs is as it should be. */
  async keep(
    id: string,
    enabled: boolean,
    define: (before: JobDefinition | undefined) => JobDefinition,
  ): Promise<void> {
    await this.#change(async () => {
      const before = await this.#settled(id);
      const definition = define(before?.definition);
      if (before && before.enabled === enabled && JSON.stringify(before.definition) === JSON.stringify(definition))
        return;
      const job = await this.#planned({ id, kind: "heartbeat", enabled, definition }, before);
      await this.#dependencies.store.transaction(async (sql) => {
        await this.#jobs.put(sql, job);
        if (!enabled) await this.#slots.skipDue(sql, id, "it was switched off", "schedule");
      });
    });
  }

  /** Has a job run now, whatever its schedule says. Answers the id of the run. */
  async runNow(id: string): Promise<string> {
    const runId = await this.#change(() => this.#dependencies.store.transaction((sql) => this.#requestRun(sql, id)));
    return runId;
  }

  /** Has a job run soon, unless a run of it waits already or there is no such job. In the caller's transaction. */
  async requestOnce(sql: SqlExecutor, id: string): Promise<void> {
    const isPointless = (await this.#slots.isWaiting(sql, id)) || !(await this.#jobs.get(id, sql));
    if (!isPointless) await this.#requestRun(sql, id);
  }

  /** Waits until a run has ended. Answers false when the signal aborts first, or the gateway stops. */
  waitFor(runId: string, signal: AbortSignal): Promise<boolean> {
    return this.#runner.wait(runId, signal);
  }

  async #requestRun(sql: SqlExecutor, id: string): Promise<string> {
    const job = await this.#jobs.get(id, sql);
    if (!job) throw new GatewayError("INVALID_REQUEST", `unknown cron job id: ${id}`);
    if ((await this.#slots.openOf(sql, id, "manual")) >= MAX_MANUAL) {
      throw new GatewayError("UNAVAILABLE", `${MAX_MANUAL} runs of this job wait already; see openclaw cron runs.`, {
        retryAfterMs: 30_000,
      });
    }
    const now = this.#dependencies.clock.now();
    const runId = `manual:${id}:${now}:${(this.#manualRuns += 1)}:${this.#dependencies.ids.secret(6)}`;
    await this.#slots.add(sql, { jobId: id, kind: job.kind, origin: "manual", scheduledAt: now, runId, state: "due" });
    return runId;
  }

  #capacity(kind: JobKind): number {
    const { enabled, maxConcurrentRuns } = this.#dependencies.settings();
    if (this.#state !== "started") return 0;
    return kind === "heartbeat" ? 1 : enabled ? maxConcurrentRuns : 0;
  }

  async #accountForAll(): Promise<void> {
    const { clock, log } = this.#dependencies;
    for (const job of await this.#jobs.unsettled(clock.now(), CLOCK_TOLERANCE_MS)) {
      if (job.kind === "job" && !this.isEnabled) continue;
      try {
        await this.#account(job);
      } catch (error) {
        log.error("a job's slots could not be accounted for; it is tried again", {
          job: job.id,
          error,
          retryInMs: LOOK_AGAIN_MS,
        });
      }
    }
  }

  async #account(job: Job): Promise<void> {
    const { store, clock, onChange } = this.#dependencies;
    const account = await accountFor(job, clock.now(), this.#slots);
    const newest = await store.transaction((sql) =>
      settleAccount(sql, account, { jobs: this.#jobs, slots: this.#slots }),
    );
    if (!newest || newest.state === "due") return;
    const slot = await this.#slots.byRun(newest.runId);
    const end: SlotEnd = { state: newest.state === "skipped" ? "skipped" : "missed", reason: newest.reason };
    if (slot) onChange({ action: "finished", job: await this.#jobs.get(job.id), slot, end });
  }

  /** A job with every slot up to now accounted for, so that changing it takes none away. */
  async #settled(id: string): Promise<Job | undefined> {
    const job = await this.#jobs.get(id);
    const now = this.#dependencies.clock.now();
    const isBehind = job?.enabled === true && job.nextAt !== undefined && job.nextAt <= now;
    if (!isBehind || this.#state !== "started" || (job.kind === "job" && !this.isEnabled)) return job;
    await this.#account(job);
    return this.#jobs.get(id);
  }

  /** The job as it is stored, with its next slot. A schedule that did not change keeps its place. */
  async #planned(job: Pick<Job, "id" | "kind" | "enabled" | "definition">, before: Job | undefined): Promise<Job> {
    const now = this.#dependencies.clock.now();
    const { schedule } = job.definition;
    const planner = await planSchedule(schedule);
    const common = { ...job, state: before?.state ?? {}, createdAt: before?.createdAt ?? now, updatedAt: now };
    const isSame = before !== undefined && JSON.stringify(before.definition.schedule) === JSON.stringify(schedule);
    if (isSame && before.enabled && job.enabled) return { ...common, cursorAt: before.cursorAt, nextAt: before.nextAt };
    // An instant that has passed already is a slot as well: it is run or missed by the job's policy.
    const state = { ...common.state, scheduledSince: now };
    const nextAt = schedule.kind === "at" ? schedule.atMs : planner.next(now);
    if (nextAt === undefined && job.enabled) {
      throw new GatewayError("INVALID_REQUEST", `the schedule never comes: ${JSON.stringify(schedule)}`);
    }
    return { ...common, state, cursorAt: now, nextAt: job.enabled ? nextAt : undefined };
  }

  async #change<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state === "stopped")
      throw new GatewayError("UNAVAILABLE", "The gateway is stopping.", { retryAfterMs: 1_500 });
    const result = await this.#exclusive(work);
    void this.check();
    return result;
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work, work);
    this.#queue = result.catch(() => {});
    return result;
  }

  async #setTimer(): Promise<void> {
    const { clock, log } = this.#dependencies;
    const nextAt = await this.nextAt().catch((error: unknown) => {
      log.error("the next scheduled job could not be read", { error });
      return undefined;
    });
    if (this.#state !== "started") return;
    this.#timer?.cancel();
    const delayMs = nextAt === undefined ? LOOK_AGAIN_MS : Math.min(Math.max(0, nextAt - clock.now()), LOOK_AGAIN_MS);
    this.#timer = clock.setTimeout(() => void this.check(), delayMs);
  }
}
