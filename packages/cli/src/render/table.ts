import type { Text } from "../output.ts";
import { toned } from "../output.ts";
import { type Paint, plain, width } from "./theme.ts";

const GAP = "  ";

/** A table whose columns are as wide as they need; the last one wraps at the terminal's edge. */
export function renderTable(
  columns: readonly string[],
  rows: readonly (readonly Text[])[],
  options: { readonly paint: Paint; readonly columns: number | undefined },
): string {
  const flat = rows.map((row) => columns.map((_, index) => oneLine(row[index] ?? "")));
  const widths = columns.map((title, index) =>
    Math.max(width(title), ...flat.map((row) => width(plain(row[index] ?? "")))),
  );
  const lastStart = widths.slice(0, -1).reduce((sum, each) => sum + each + GAP.length, 0);
  const room = options.columns === undefined ? undefined : options.columns - lastStart;
  const lines = [columns.map((title) => toned("dim", title)), ...flat].map((row) =>
    renderRow(row, { widths, paint: options.paint, lastStart, room }),
  );
  return lines.join("\n");
}

interface RowLayout {
  readonly widths: readonly number[];
  readonly paint: Paint;
  readonly lastStart: number;
  /** Columns left for the last cell; undefined for no limit. */
  readonly room: number | undefined;
}

function renderRow(row: readonly Text[], layout: RowLayout): string {
  const last = row.length - 1;
  const cells = row.slice(0, last).map((cell, index) => {
    const padding = (layout.widths[index] ?? 0) - width(plain(cell));
    return layout.paint(cell) + " ".repeat(Math.max(0, padding));
  });
  const cell = row[last] ?? "";
  const text = plain(cell);
  if (layout.room === undefined || layout.room < 20 || width(text) <= layout.room) {
    return [...cells, layout.paint(cell)].join(GAP).trimEnd();
  }
  const [first = "", ...more] = wrap(text, layout.room);
  const tone = typeof cell === "object" && "tone" in cell ? cell.tone : undefined;
  const paintLine = (line: string): string => layout.paint(tone === undefined ? line : toned(tone, line));
  return [
    [...cells, paintLine(first)].join(GAP),
    ...more.map((line) => " ".repeat(layout.lastStart) + paintLine(line)),
  ].join("\n");
}

/** Breaks a text at spaces into lines of at most `room` columns; a longer word stands alone. */
export function wrap(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const word of text.split(" ")) {
    const candidate = current === "" ? word : `${current} ${word}`;
    if (width(candidate) <= room || current === "") {
      current = candidate;
      continue;
    }
    lines.push(current);
    current = word;
  }
  lines.push(current);
  return lines;
}

function oneLine(cell: Text): Text {
  const flatten = (text: string): string => text.replaceAll(/\s*\n\s*/gu, " ");
  if (typeof cell === "string") return flatten(cell);
  if ("tone" in cell) return toned(cell.tone, flatten(cell.text));
  return cell.map((piece) => (typeof piece === "string" ? flatten(piece) : toned(piece.tone, flatten(piece.text))));
}
