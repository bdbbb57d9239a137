import { eventually } from "@openclaw/testkit/eventually";

import { Cron, type CronChange } from "../../src/cron/cron.ts";
import type { JobDefinition, Schedule, Slot } from "../../src/cron/job.ts";
import type { SlotOutcome, SlotRun } from "../../src/cron/slot-runner.ts";
import { systemIds } from "../../src/host/system.ts";
import type { SqlExecutor } from "../../src/ports.ts";
import { SqliteStore } from "../../src/store/sqlite.ts";
import { recordingLog } from "../support/silent-log.ts";
import type { WallClock } from "../support/wall-clock.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** What a test's jobs do: each effect is a row that is written in the commit that ends the slot. */
export interface Effects {
  /** "ok" ends at once, "fail" fails, "hang" begins and waits for the end of the process. */
  mode: "ok" | "fail" | "hang" | "hang-before";
  /** Runs that have left something that goes on by itself. */
  readonly begun: Set<string>;
  readonly runs: string[];
}

export function newEffects(): Effects {
  return { mode: "ok", begun: new Set(), runs: [] };
}

export interface RoomOptions {
  readonly databaseFile: string;
  readonly clock: WallClock;
  readonly effects?: Effects;
  readonly enabled?: boolean;
  readonly maxConcurrentRuns?: number;
}

/** The room of scheduled jobs on a real database, with jobs that only count. */
export async function openCron({
  databaseFile,
  clock,
  effects = newEffects(),
  enabled = true,
  maxConcurrentRuns = 1,
}: RoomOptions) {
  const store = SqliteStore.open(databaseFile);
  await store.run("CREATE TABLE IF NOT EXISTS effects (run_id TEXT NOT NULL)");
  const changes: CronChange[] = [];
  const log = recordingLog();
  const cron = new Cron({
    store,
    clock,
    ids: systemIds,
    log,
    execute: (run, signal) => act(run, effects, signal),
    hasBegun: (runId) => Promise.resolve(effects.begun.has(runId)),
    onChange: (change) => changes.push(change),
    settings: () => ({ enabled, maxConcurrentRuns }),
  });
  return {
    cron,
    store,
    changes,
    log,
    effects,
    /** Everything that is due has been looked at and has ended. */
    settle: async () => {
      await cron.check();
      await eventually("the runs to end", () => cron.running === 0 || effects.mode.startsWith("hang"));
      await cron.check();
    },
    slots: async (jobId?: string): Promise<Slot[]> => {
      const { slots } = await cron.history({ jobId, limit: 100_000 });
      return slots.toReversed();
    },
    open: async () => (await store.all("SELECT id FROM cron_slots WHERE state IN ('due', 'claimed')")).length,
    effectsOf: async (runId: string) => (await store.all("SELECT run_id FROM effects WHERE run_id = ?", runId)).length,
    [Symbol.asyncDispose]: async () => {
      await cron[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function act({ slot }: SlotRun, effects: Effects, signal: AbortSignal): Promise<SlotOutcome | undefined> {
  effects.runs.push(slot.runId);
  if (effects.mode !== "hang-before") effects.begun.add(slot.runId);
  if (effects.mode.startsWith("hang")) {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    return undefined;
  }
  const commit = async (sql: SqlExecutor) =>
    void (await sql.run("INSERT INTO effects (run_id) VALUES (?)", slot.runId));
  if (effects.mode === "fail") return { state: "failed", reason: "it was told to fail", commit };
  return { state: "done", summary: "did it", commit };
}

export function jobOf(schedule: Schedule, changes: Partial<JobDefinition> = {}): JobDefinition {
  return {
    name: "a job",
    schedule,
    sessionTarget: "main",
    wakeMode: "next-heartbeat",
    payload: { kind: "systemEvent", text: "hello" },
    missed: { withinMs: 10 * MINUTE },
    ...changes,
  };
}
