/**
 * Measures the budgets and prints them as ratios to bare yardsticks of the same run:
 *
 *   npm run bench                     every row
 *   npm run bench -- --quick          shorter loads, fewer repetitions
 *   npm run bench -- --row request    one row; may be given several times
 *   npm run bench -- --markdown       the table for the README, with date and machine
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";

import { markdownTable, provenance, textTable } from "./report.ts";
import { FULL, type Line, QUICK, type Row } from "./row.ts";
import { backlogRow } from "./rows/stored/backlog.ts";
import { broadcastRow } from "./rows/broadcasts.ts";
import { clientMemoryRow, stuckRow } from "./rows/clients.ts";
import { callRow, versionRow } from "./rows/commands.ts";
import { eventLoopRow } from "./rows/stored/event-loop.ts";
import { handshakeRow } from "./rows/handshakes.ts";
import { installSizeRow } from "./rows/install-size.ts";
import { memoryRow } from "./rows/memory.ts";
import { reconnectRow } from "./rows/reconnects.ts";
import { healthRow, requestRow } from "./rows/requests.ts";
import { startRow } from "./rows/start.ts";
import { turnRow } from "./rows/stored/turns.ts";

const ROWS: readonly Row[] = [
  startRow,
  memoryRow,
  requestRow,
  healthRow,
  broadcastRow,
  stuckRow,
  clientMemoryRow,
  handshakeRow,
  reconnectRow,
  turnRow,
  backlogRow,
  eventLoopRow,
  versionRow,
  callRow,
  installSizeRow,
];

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    row: { type: "string", multiple: true },
    markdown: { type: "boolean", default: false },
  },
});

const loadBefore = loadavg()[0] ?? 0;
const chosen = ROWS.filter(({ name }) => values.row?.includes(name) ?? true);
const unknown = values.row?.filter((name) => !ROWS.some((row) => row.name === name)) ?? [];
if (unknown.length > 0) {
  const names = ROWS.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join("\n");
  console.error(`No such row: ${unknown.join(", ")}. There are:\n${names}`);
  process.exitCode = 64;
} else {
  const lines: Line[] = [];
  for (const { name, measure } of chosen) {
    console.error(`measuring ${name} …`);
    try {
      lines.push(...(await measure(values.quick ? QUICK : FULL)));
    } catch (error) {
      // One row that can not be measured must not cost the others.
      process.exitCode = 1;
      console.error(`${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const table = values.markdown ? markdownTable(lines) : textTable(lines);
  console.log(`\n${table}\n\n${provenance(loadBefore)}`);
}
