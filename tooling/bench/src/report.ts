import { cpus, totalmem } from "node:os";

import type { Line } from "./row.ts";

const HEADINGS = ["what", "measured", "yardstick", "result", "budget", ""] as const;

/** The day and the machine a table belongs to, and how busy that was with other things, in one sentence. */
export function provenance(loadBefore: number, now = new Date()): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${now.toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ${processors.length} × ${model}, ${memory} GiB, Node ${process.versions.node}, load average ${loadBefore.toFixed(1)} at the start`;
}

/** A table for a terminal. */
export function textTable(lines: readonly Line[]): string {
  const rows = [HEADINGS, ...lines.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** The table of the README. */
export function markdownTable(lines: readonly Line[]): string {
  const row = (columns: readonly string[]) => `| ${columns.join(" | ")} |`;
  return [row(HEADINGS), row(HEADINGS.map(() => "---")), ...lines.map((line) => row(cells(line)))].join("\n");
}

function cells({ what, measured, yardstick, result, budget, isWithin }: Line): string[] {
  const verdict = isWithin === undefined ? "" : isWithin ? "within" : "OVER";
  return [what, measured, yardstick, result, budget, verdict];
}
