import type { Tokens } from "marked";

import { escapeHtml } from "./escape.ts";
import { plainInline } from "./inline.ts";

/**
 * A table as preformatted text with aligned columns. Where the padding would make it longer than its Markdown, it
 * stays as it was written: a message must not grow over its limit.
 */
export function renderTable(table: Tokens.Table): string {
  const header = table.header.map((cell) => plainInline(cell.tokens));
  const rows = table.rows.map((row) => row.map((cell) => plainInline(cell.tokens)));
  const widths = header.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [header, widths.map((width) => "-".repeat(width)), ...rows].map((cells) => align(cells, widths));
  const aligned = lines.join("\n");
  const source = table.raw.trimEnd();
  return `<pre>${escapeHtml(aligned.length > source.length ? source : aligned)}</pre>`;
}

function align(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join(" | ")
    .trimEnd();
}
