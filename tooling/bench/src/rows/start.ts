import { timeBareNode } from "../measure/process-time.ts";
import { median } from "../measure/statistics.ts";
import { limitLine, ratioLine, type Row } from "../row.ts";
import { createOperatorHome, startOperatorGateway } from "../servers/operator.ts";

const WHAT = "process start to /healthz, no channels";

/** From the start of the process to the first answer of /healthz, as a supervisor sees it. Starts after the first. */
export const startRow: Row = {
  name: "start",
  summary: "process start to /healthz answering",
  async measure(effort) {
    await using home = await createOperatorHome();
    // The first start makes the database and fills the compile cache, once in the life of an installation.
    await startAndStop(home);
    const starts: number[] = [];
    const bare: number[] = [];
    for (let n = 0; n < effort.starts; n += 1) {
      starts.push(await startAndStop(home));
      bare.push(await timeBareNode());
    }
    const measured = median(starts);
    return [
      ratioLine(WHAT, { measured, yardstick: median(bare), unit: "ms", budget: 6 }),
      limitLine(`${WHAT}, absolute`, { measured, unit: "ms", budget: 200 }),
    ];
  },
};

async function startAndStop(home: Awaited<ReturnType<typeof createOperatorHome>>): Promise<number> {
  await using gateway = await startOperatorGateway(home);
  return gateway.startedInMs;
}
