import { timeBareNode, timeProcess } from "../measure/process-time.ts";
import { median } from "../measure/statistics.ts";
import { type Effort, type Line, ratioLine, type Row } from "../row.ts";
import { createOperatorHome, OPENCLAW, type OperatorHome, startOperatorGateway } from "../servers/operator.ts";

export const versionRow: Row = {
  name: "version",
  summary: "openclaw --version",
  async measure(effort) {
    await using home = await createOperatorHome();
    return [await command(home, ["--version"], 1.5, effort)];
  },
};

/** A whole call: start, find the gateway, connect, ask, print, end. */
export const callRow: Row = {
  name: "call",
  summary: "openclaw gateway call health",
  async measure(effort) {
    await using home = await createOperatorHome();
    await using _gateway = await startOperatorGateway(home);
    return [await command(home, ["gateway", "call", "health"], 5, effort)];
  },
};

async function command(home: OperatorHome, words: readonly string[], budget: number, effort: Effort): Promise<Line> {
  const call = () => timeProcess(process.execPath, [OPENCLAW, ...words], home.environment);
  // The first call fills the compile cache.
  await call();
  const calls: number[] = [];
  const bare: number[] = [];
  for (let n = 0; n < effort.starts; n += 1) {
    calls.push(await call());
    bare.push(await timeBareNode());
  }
  return ratioLine(`openclaw ${words.join(" ")}`, {
    measured: median(calls),
    yardstick: median(bare),
    unit: "ms",
    budget,
  });
}
