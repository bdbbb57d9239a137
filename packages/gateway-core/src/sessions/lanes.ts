import type { Clock, Logger, SqlExecutor, Store, Timer } from "../ports.ts";
import { type LaneRoom, LEASE_MS, type TurnQueue } from "./turn-queue.ts";
import type { Turn } from "./turn.ts";

const RETRY_MS = 5_000;
/** Turns that begin in one commit. */
const MAX_CLAIMS = 32;

/** Why a turn that runs is told to stop: by someone who asked for it, or because the gateway ends. */
export type LaneStop = "asked" | "shutdown";

export interface LanesDependencies<Begun> {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly queue: TurnQueue;
  /** Which turns may begin beside those that run. */
  readonly hasRoom: (running: readonly Turn[]) => LaneRoom;
  /** What else is written when a turn begins, in the commit that takes its lane. */
  readonly begin: (sql: SqlExecutor, turn: Turn) => Promise<Begun>;
  /** Runs a turn to its end and writes that down. What it throws leaves the turn to its lease. */
  readonly run: (begun: Begun, signal: AbortSignal) => Promise<void>;
  /** Ends a turn that waits and was asked to stop. */
  readonly endWaiting: (turn: Turn) => Promise<void>;
  /** Ends a turn whose process died after it had begun to act. */
  readonly endInterrupted: (turn: Turn) => Promise<void>;
  /** The reason that the signal of a stopped turn carries. */
  readonly reasonFor: (stop: LaneStop) => Error;
}

interface RunningTurn {
  readonly turn: Turn;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Runs waiting turns: one at a time per session, a bounded number at once. What waits is rows; here are only those
 * that run in this process, whose leases are renewed while they do.
 */
export class Lanes<Begun> implements AsyncDisposable {
  readonly #dependencies: LanesDependencies<Begun>;
  readonly #running = new Map<string, RunningTurn>();
  readonly #waiters = new Map<string, Set<(turn: Turn) => void>>();
  #pumping: Promise<void> | undefined;
  /** How many ask for nothing to begin at the moment. */
  #held = 0;
  #pumpAgain = false;
  #started = false;
  #stopped = false;
  #upkeep: Timer | undefined;
  #retry: Timer | undefined;
  #due: Timer | undefined;

  constructor(dependencies: LanesDependencies<Begun>) {
    this.#dependencies = dependencies;
  }

  /** Takes up the lanes a dead process held, then begins to run what waits. */
  async start(): Promise<void> {
    await this.#recover();
    this.#started = true;
    this.#upkeep = this.#dependencies.clock.setInterval(() => void this.#keepLeases(), LEASE_MS / 4);
    this.pump();
  }

  /** Nothing new begins any more, and what runs is to come to an end. */
  get isStopping(): boolean {
    return this.#stopped;
  }

  /** Starts waiting turns while there is room. Safe to call at any time, any number of times. */
  pump(): void {
    if (!this.#started || this.#stopped || this.#held > 0) return;
    if (this.#pumping) this.#pumpAgain = true;
    else this.#pumping = this.#pumpUntilDone();
  }

  /** Waits for a turn to end; undefined when it is unknown or the time is up. */
  async wait(runId: string, timeoutMs: number, signal?: AbortSignal): Promise<Turn | undefined> {
    const { clock, queue } = this.#dependencies;
    const change = Promise.withResolvers<Turn | undefined>();
    const waiters = this.#waiters.get(runId) ?? new Set();
    this.#waiters.set(runId, waiters.add(change.resolve));
    const giveUp = () => change.resolve(undefined);
    using _timer = clock.setTimeout(giveUp, timeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      const turn = await queue.get(runId);
      if (!turn || hasEnded(turn)) return turn;
      return await change.promise;
    } finally {
      signal?.removeEventListener("abort", giveUp);
      waiters.delete(change.resolve);
      if (waiters.size === 0) this.#waiters.delete(runId);
    }
  }

  /** Tells those who wait for a turn that it has moved on. */
  async notify(runId: string): Promise<void> {
    const waiters = this.#waiters.get(runId);
    const turn = waiters && (await this.#dependencies.queue.get(runId));
    if (turn) for (const tell of waiters) tell(turn);
  }

  /** Ends what runs and waits in a session, or one turn of it; resolves once they have ended. Answers which. */
  async stop(sessionKey: string, runId?: string): Promise<readonly string[]> {
    const { queue, endWaiting, reasonFor } = this.#dependencies;
    const { chosen, running } = await this.#whileNothingBegins(async () => {
      const open = await queue.open(sessionKey);
      const turns = runId === undefined ? open : open.filter((turn) => turn.runId === runId);
      const here = turns.map((turn) => this.#running.get(turn.runId)).filter((turn) => turn !== undefined);
      for (const { controller } of here) controller.abort(reasonFor("asked"));
      for (const turn of turns) if (!this.#running.has(turn.runId)) await endWaiting(turn);
      return { chosen: turns, running: here };
    });
    await Promise.all(running.map(({ ended }) => ended));
    return chosen.map((turn) => turn.runId);
  }

  /** Starts nothing new, lets running turns end until the deadline, then stops them. */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopped = true;
    const timeUp = Promise.withResolvers<void>();
    using _timer = this.#dependencies.clock.setTimeout(() => timeUp.resolve(), deadlineMs);
    await Promise.race([this.#allEnded(), timeUp.promise]);
    for (const { controller } of this.#running.values()) controller.abort(this.#dependencies.reasonFor("shutdown"));
    await this.#allEnded();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain(0);
    this.#upkeep?.cancel();
    this.#retry?.cancel();
    this.#due?.cancel();
  }

  #allEnded(): Promise<unknown> {
    return Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  /** A turn that is found waiting must not have begun by the time it is ended: nobody would hold it any more. */
  async #whileNothingBegins<T>(work: () => Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      await this.#pumping;
      return await work();
    } finally {
      this.#held -= 1;
      this.pump();
    }
  }

  async #pumpUntilDone(): Promise<void> {
    const { clock, log } = this.#dependencies;
    try {
      do {
        this.#pumpAgain = false;
        await this.#startWhatFits();
      } while (this.#pumpAgain);
    } catch (error) {
      log.error("waiting turns could not be started; it is tried again", { error, retryInMs: RETRY_MS });
      this.#retry = clock.setTimeout(() => this.pump(), RETRY_MS);
    } finally {
      this.#pumping = undefined;
    }
  }

  async #startWhatFits(): Promise<void> {
    while (!this.#stopped && this.#held === 0) {
      const { claimed, isAll } = await this.#dependencies.store.transaction((sql) => this.#claim(sql));
      for (const { turn, begun } of claimed) this.#start(turn, begun);
      if (isAll) return this.#pumpWhenDue();
      if (claimed.length === 0) return;
    }
  }

  /** Takes what fits, a bounded number, in one commit. Answers too whether nothing is left that may begin now. */
  async #claim(sql: SqlExecutor): Promise<{ claimed: readonly { turn: Turn; begun: Begun }[]; isAll: boolean }> {
    const { queue, hasRoom, begin } = this.#dependencies;
    const running = [...this.#running.values()].map(({ turn }) => turn);
    const claimed: { turn: Turn; begun: Begun }[] = [];
    while (claimed.length < MAX_CLAIMS) {
      const room = hasRoom([...running, ...claimed.map(({ turn }) => turn)]);
      if (!room.forOthers && !room.forSubagents) break;
      const turn = await queue.claim(sql, room);
      if (!turn) return { claimed, isAll: true };
      claimed.push({ turn, begun: await begin(sql, turn) });
    }
    return { claimed, isAll: false };
  }

  #start(turn: Turn, begun: Begun): void {
    const { run, log } = this.#dependencies;
    const controller = new AbortController();
    const ended = run(begun, controller.signal)
      .catch((error: unknown) => log.error("a turn could not be written down", { runId: turn.runId, error }))
      .finally(() => {
        this.#running.delete(turn.runId);
        this.pump();
      });
    this.#running.set(turn.runId, { turn, controller, ended });
  }

  /** A turn that waits for its time, for a chat to become quiet, is looked at when that has come. */
  async #pumpWhenDue(): Promise<void> {
    const { queue, clock } = this.#dependencies;
    const at = await queue.nextBegin();
    this.#due?.cancel();
    this.#due = at === undefined ? undefined : clock.setTimeout(() => this.pump(), at - clock.now());
  }

  /** Turns whose process died: those that changed nothing outside are queued again, the others are ended. */
  async #recover(): Promise<void> {
    for (const turn of await this.#dependencies.queue.recover()) await this.#dependencies.endInterrupted(turn);
  }

  /** Renews what runs here, and takes up any lane whose lease ran out without its turn being here. */
  async #keepLeases(): Promise<void> {
    const { queue, log, reasonFor } = this.#dependencies;
    try {
      for (const { turn, controller } of this.#running.values()) {
        if (!(await queue.renew(turn.runId))) controller.abort(reasonFor("shutdown"));
      }
      await this.#recover();
      this.pump();
    } catch (error) {
      log.error("the leases of running turns could not be renewed", { error });
    }
  }
}

function hasEnded(turn: Turn): boolean {
  return turn.state !== "queued" && turn.state !== "running";
}
