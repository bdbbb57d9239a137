import { median } from "./statistics.ts";

/** Anything whose processor time can be asked for. */
export interface Measured {
  /** Microseconds used so far. */
  processorTime(): Promise<number>;
}

/** One side of a comparison: a server, and a load that answers how many operations it made. */
export interface Side {
  readonly server: Measured;
  readonly load: () => Promise<number>;
}

export interface Comparison {
  /** Microseconds of processor time per operation, the median of the rounds. */
  readonly measured: number;
  readonly yardstick: number;
  /** The median of the rounds' own ratios, as rounds share whatever the machine does meanwhile. */
  readonly ratio: number;
}

/** Loads both sides in turn, after one unmeasured round each. */
export async function compareProcessorTime(measured: Side, yardstick: Side, rounds: number): Promise<Comparison> {
  await measured.load();
  await yardstick.load();
  const pairs: { measured: number; yardstick: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ measured: await timePerOperation(measured), yardstick: await timePerOperation(yardstick) });
  }
  return {
    measured: median(pairs.map((pair) => pair.measured)),
    yardstick: median(pairs.map((pair) => pair.yardstick)),
    ratio: median(pairs.map((pair) => pair.measured / pair.yardstick)),
  };
}

async function timePerOperation({ server, load }: Side): Promise<number> {
  const before = await server.processorTime();
  const operations = await load();
  const after = await server.processorTime();
  if (operations === 0) throw new Error("The load made no operation; nothing can be said.");
  return (after - before) / operations;
}
