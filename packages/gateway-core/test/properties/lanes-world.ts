import { ManualClock } from "@openclaw/testkit/clock";
import { expect } from "vitest";

import { Backlog } from "../../src/sessions/backlog.ts";
import { Lanes, type LaneStop } from "../../src/sessions/lanes.ts";
import { LEASE_MS, TurnQueue } from "../../src/sessions/turn-queue.ts";
import type { Turn, TurnAnswer, TurnState } from "../../src/sessions/turn.ts";
import { MortalProcess } from "../support/mortal-process.ts";
import { recordingLog } from "../support/silent-log.ts";

/** A lease that nobody renews is found by the next look after its time, of which there is one every quarter. */
const LONGEST_ORPHAN_MS = LEASE_MS + LEASE_MS / 4;

/** How a running turn is brought to an end; `lost` can not write down how it ended. */
export type Ending = "done" | "failed" | "lost";

/** One turn as it should stand. `orphan`: it is over in this process, and holds its lane until the lease runs out. */
export interface ModelTurn {
  readonly runId: string;
  readonly session: string;
  readonly position: number;
  readonly notBefore: number;
  state: TurnState | "orphan";
  hasActed: boolean;
  orphanUntil: number;
}

const ANSWER: TurnAnswer = {
  text: "done",
  stopReason: "stop",
  provider: "test",
  model: "test",
  sessionId: "s",
  durationMs: 1,
  usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
};
const FAILURE = { code: "UNAVAILABLE" as const, message: "It did not work." };

class LaneStopped extends Error {
  readonly stop: LaneStop;

  constructor(stop: LaneStop) {
    super(stop);
    this.stop = stop;
  }
}

/** The lanes of a process, and of the processes after it, with turns that end when they are told to. */
export class LanesWorld {
  readonly clock = new ManualClock();
  readonly turns = new Map<string, ModelTurn>();
  /** What went against the rules, in words. */
  readonly broken: string[] = [];
  readonly #databaseFile: string;
  readonly #endings = new Map<string, (ending: Ending) => void>();
  #processes = 0;
  cap = 2;
  /** The session whose stop was asked for last: a dead process may have stopped it without a word. */
  stopping: string | undefined;
  process!: MortalProcess;
  queue!: TurnQueue;
  lanes!: Lanes<Turn>;

  constructor(databaseFile: string) {
    this.#databaseFile = databaseFile;
  }

  /** The turns that run in this process. */
  get running(): ModelTurn[] {
    return [...this.turns.values()].filter(({ state }) => state === "running");
  }

  async open(): Promise<void> {
    const process = new MortalProcess(this.#databaseFile, this.clock);
    const { store, clock } = process;
    const queue = new TurnQueue(store, clock, { owner: `p${(this.#processes += 1)}`, backlog: new Backlog(clock) });
    const end = (runId: string, state: "done" | "failed" | "aborted") =>
      store.transaction((sql) =>
        queue.end(sql, runId, state === "done" ? { state, answer: ANSWER } : { state, error: FAILURE }),
      );
    this.process = process;
    this.queue = queue;
    this.lanes = new Lanes<Turn>({
      store,
      clock,
      log: recordingLog(),
      queue,
      hasRoom: ({ length }) => ({ forSubagents: length < this.cap, forOthers: length < this.cap }),
      begin: async (_sql, turn) => turn,
      run: (turn, signal) => this.#run(process, turn, { signal, end, release: () => queue.release(turn.runId) }),
      endWaiting: async ({ runId }) => {
        await end(runId, "aborted");
        this.#get(runId).state = "aborted";
      },
      endInterrupted: async ({ runId }) => {
        const turn = this.#get(runId);
        if (!turn.hasActed) this.broken.push(`${runId} was given up although it had not acted`);
        await end(runId, "failed");
        turn.state = "failed";
      },
      reasonFor: (stop) => new LaneStopped(stop),
    });
    await this.#adopt();
    await this.lanes.start().catch((error: unknown) => {
      if (!process.isDead) throw error;
    });
    await this.settle();
  }

  async reopen(manner: "crash" | "stop"): Promise<void> {
    if (manner === "crash") this.process.die();
    const ended = this.lanes[Symbol.asyncDispose]();
    await this.clock.advance(0);
    if (manner === "stop" && !this.process.isDead) await ended;
    else ended.catch(() => {});
    await this.process[Symbol.asyncDispose]();
    await this.open();
  }

  async settle(): Promise<void> {
    await this.clock.advance(0);
    if (this.process.isDead) await this.reopen("crash");
  }

  async close(): Promise<void> {
    this.process.die();
    await this.process[Symbol.asyncDispose]();
  }

  end(turn: ModelTurn, ending: Ending): void {
    this.#endings.get(turn.runId)?.(ending);
  }

  /** The table and the model must agree about every turn, and nothing that could run may wait. */
  async check(): Promise<void> {
    const now = this.clock.now();
    for (const turn of this.turns.values()) {
      const stored = await this.queue.get(turn.runId);
      if (turn.state === "orphan") this.#found(turn, stored?.state);
      else expect({ runId: turn.runId, state: stored?.state }).toEqual({ runId: turn.runId, state: turn.state });
    }
    for (const turn of this.turns.values()) {
      if (turn.state !== "queued" || turn.notBefore > now || this.running.length >= this.cap) continue;
      const owner = [...this.turns.values()].find(
        ({ session, state }) => session === turn.session && (state === "running" || state === "orphan"),
      );
      if (!owner) this.broken.push(`${turn.runId} waits, and nobody owns its session`);
    }
    expect(this.broken).toEqual([]);
  }

  /** An orphan belongs to a lease for a while; then it waits again, or is given up when it had acted. */
  #found(turn: ModelTurn, stored: TurnState | undefined): void {
    if (stored === "running") {
      if (this.clock.now() > turn.orphanUntil) this.broken.push(`${turn.runId} was never taken up`);
      return;
    }
    if (stored !== (turn.hasActed ? "failed" : "queued")) this.broken.push(`${turn.runId} became ${stored}`);
    turn.state = turn.hasActed ? "failed" : "queued";
  }

  /** What a dead process ran waits again, unless it had acted: then it is given up, once the next process starts. */
  async #adopt(): Promise<void> {
    this.#endings.clear();
    const queue = new TurnQueue(this.process.onDisk, this.clock, { owner: "nobody", backlog: new Backlog(this.clock) });
    for (const turn of this.turns.values()) {
      const stored = await queue.get(turn.runId);
      if (stored?.state === "running") {
        turn.hasActed = stored.sideEffects;
        turn.state = stored.sideEffects ? "orphan" : "queued";
        turn.orphanUntil = this.clock.now();
      } else if (turn.state === "running" || turn.state === "orphan") {
        turn.state = stored?.state ?? "queued";
      } else if (turn.state === "queued" && turn.session === this.stopping) {
        turn.state = stored?.state === "aborted" ? "aborted" : "queued";
      }
    }
    const taken = await this.process.onDisk.all<{ runId: string; session: string; notBefore: number }>(
      `SELECT run_id AS "runId", session_key AS session, not_before AS "notBefore" FROM turns ORDER BY position`,
    );
    for (const turn of taken) if (!this.turns.has(turn.runId)) this.add(turn);
  }

  add(turn: Pick<ModelTurn, "runId" | "session" | "notBefore">): void {
    this.turns.set(turn.runId, {
      ...turn,
      position: this.turns.size,
      state: "queued",
      hasActed: false,
      orphanUntil: 0,
    });
  }

  #get(runId: string): ModelTurn {
    const turn = this.turns.get(runId);
    if (!turn) throw new Error(`The model knows no turn ${runId}.`);
    return turn;
  }

  async #run(process: MortalProcess, { runId }: Turn, { signal, end, release }: Means): Promise<void> {
    if (process.isDead) return never();
    const turn = this.#get(runId);
    this.#begin(turn);
    const told = Promise.withResolvers<Ending | "asked" | "shutdown">();
    this.#endings.set(runId, told.resolve);
    signal.addEventListener("abort", () => told.resolve((signal.reason as LaneStopped).stop), { once: true });
    const ending = await told.promise;
    if (process.isDead) return never();
    if (ending === "lost") {
      turn.state = "orphan";
      turn.orphanUntil = this.clock.now() + LONGEST_ORPHAN_MS;
      throw new Error("How the turn ended can not be written down.");
    }
    if (ending === "shutdown" && !turn.hasActed) {
      await release();
      turn.state = "queued";
      return;
    }
    const state = ending === "asked" || ending === "shutdown" ? "aborted" : ending;
    await end(runId, state);
    turn.state = state;
  }

  #begin(turn: ModelTurn): void {
    const { runId, session } = turn;
    const now = this.clock.now();
    const others = [...this.turns.values()].filter((other) => other.session === session && other !== turn);
    const older = others.some(
      ({ state, position, notBefore }) => state === "queued" && notBefore <= now && position < turn.position,
    );
    const rules: readonly (readonly [string, boolean])[] = [
      [`it is ${turn.state}`, turn.state === "queued" || turn.state === "orphan"],
      ["it had begun to act before", !turn.hasActed],
      ["its session is busy", others.every(({ state }) => state !== "running" && state !== "orphan")],
      ["an older one of its session waits", !older],
      ["its time has not come", turn.notBefore <= now],
      ["too many run", this.running.length < this.cap],
    ];
    for (const [problem, holds] of rules) if (!holds) this.broken.push(`${runId} was begun although ${problem}`);
    turn.state = "running";
  }
}

interface Means {
  readonly signal: AbortSignal;
  readonly end: (runId: string, state: "done" | "failed" | "aborted") => Promise<boolean>;
  readonly release: () => Promise<void>;
}

function never(): Promise<never> {
  return new Promise(() => {});
}
