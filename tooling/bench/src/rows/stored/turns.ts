import { median, percentile } from "../../measure/statistics.ts";
import { type Effort, type Line, limitLine, round, type Row } from "../../row.ts";
import { ServerProcess } from "../../servers/server-process.ts";
import { type BenchServer, startGateway } from "../../servers/start.ts";
import type { ModelTarget, Timings } from "../../servers/turn-load.ts";

const SESSIONS = 8;
const MANY_SESSIONS = 64;
const OVERHEAD_BUDGET_MS = 8;
const RATE_BUDGET = 150;
/** Turns of one round, for each worker, per second of the effort's load time. */
const TURNS_PER_SECOND = 40;

/** A message from the channel to its answer on the channel, over the model's own time. Everything on the way is durable. */
export const turnRow: Row = {
  name: "turn",
  summary: "turn overhead and turns per second, durable",
  async measure(effort) {
    await using models = await ServerProcess.start<ModelTarget>("model.ts");
    await using gateway = await startGateway({ model: models.ready });
    const one = await measure(gateway, models.ready, 1, effort);
    const many = await measure(gateway, models.ready, SESSIONS, effort);
    const crowd = await measure(gateway, models.ready, MANY_SESSIONS, { ...effort, loadMs: effort.loadMs / 4 });
    const commits = (await gateway.command("commits")) as number[];
    const line = (percent: number, measured: Rounds, sessions: string, budget?: number): Line => ({
      what: `turn overhead p${percent}, ${sessions}`,
      measured: `${round(percentile(measured.turnMs, percent))} ms`,
      yardstick: `${round(median(measured.bareMs))} ms`,
      result: `${round(percentile(measured.overheadMs, percent))} ms`,
      budget: budget === undefined ? "–" : `≤ ${budget} ms`,
      isWithin: budget === undefined ? undefined : percentile(measured.overheadMs, percent) <= budget,
    });
    return [
      line(50, one, "1 session", OVERHEAD_BUDGET_MS),
      line(99, one, "1 session"),
      line(50, many, `${SESSIONS} sessions`),
      line(99, many, `${SESSIONS} sessions`),
      {
        what: `turns per second, ${SESSIONS} sessions`,
        measured: `${round(many.turnsPerSecond)} /s`,
        yardstick: `${round(many.barePerSecond)} /s`,
        result: `${round(many.turnsPerSecond)} /s`,
        budget: `≥ ${RATE_BUDGET} /s`,
        isWithin: many.turnsPerSecond >= RATE_BUDGET,
      },
      line(50, crowd, `${MANY_SESSIONS} sessions`),
      line(99, crowd, `${MANY_SESSIONS} sessions`),
      {
        what: `turns per second, ${MANY_SESSIONS} sessions`,
        measured: `${round(crowd.turnsPerSecond)} /s`,
        yardstick: `${round(crowd.barePerSecond)} /s`,
        result: `${round(crowd.turnsPerSecond)} /s`,
        budget: "–",
        isWithin: undefined,
      },
      {
        what: `CPU per turn, ${SESSIONS} sessions`,
        measured: `${round(many.turnCpuMs)} ms`,
        yardstick: `${round(many.bareCpuMs)} ms`,
        result: `${round(many.turnCpuMs - many.bareCpuMs)} ms`,
        budget: "–",
        isWithin: undefined,
      },
      {
        ...limitLine("one durable write of 4 KiB, bare", { measured: median(commits), unit: "ms", budget: 0 }),
        budget: "–",
        isWithin: undefined,
      },
    ];
  },
};

interface Rounds {
  readonly turnMs: readonly number[];
  readonly bareMs: readonly number[];
  /** Each turn's time less the median of the model's own in the same round. */
  readonly overheadMs: readonly number[];
  readonly turnsPerSecond: number;
  readonly barePerSecond: number;
  /** Milliseconds of the gateway's processor time per turn, and per bare call. */
  readonly turnCpuMs: number;
  readonly bareCpuMs: number;
}

/** Turns and bare calls of the model in alternation, after a round of each that is not counted. */
async function measure(gateway: BenchServer, model: ModelTarget, concurrency: number, effort: Effort): Promise<Rounds> {
  const count = Math.ceil((effort.loadMs / 1000) * TURNS_PER_SECOND) * concurrency;
  const turnMs: number[] = [];
  const bareMs: number[] = [];
  const overheadMs: number[] = [];
  const rates: { turns: number; bare: number; turnCpu: number; bareCpu: number }[] = [];
  for (let n = 0; n <= effort.rounds; n += 1) {
    const start = await gateway.processorTime();
    const turns = (await gateway.command("turns", { count, concurrency })) as Timings;
    const middle = await gateway.processorTime();
    const bare = (await gateway.command("roundTrips", { count, concurrency, model })) as Timings;
    const end = await gateway.processorTime();
    if (n === 0) continue;
    const base = median(bare.eachMs);
    turnMs.push(...turns.eachMs);
    bareMs.push(...bare.eachMs);
    overheadMs.push(...turns.eachMs.map((each) => each - base));
    rates.push({
      turns: (count / turns.allMs) * 1000,
      bare: (count / bare.allMs) * 1000,
      turnCpu: (middle - start) / count / 1000,
      bareCpu: (end - middle) / count / 1000,
    });
  }
  return {
    turnMs,
    bareMs,
    overheadMs,
    turnsPerSecond: median(rates.map(({ turns }) => turns)),
    barePerSecond: median(rates.map(({ bare }) => bare)),
    turnCpuMs: median(rates.map(({ turnCpu }) => turnCpu)),
    bareCpuMs: median(rates.map(({ bareCpu }) => bareCpu)),
  };
}
