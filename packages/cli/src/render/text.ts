import type { Block, Text } from "../output.ts";
import { toned } from "../output.ts";
import { renderTable } from "./table.ts";
import { clean, type Paint, width } from "./theme.ts";

export interface TextOptions {
  readonly paint: Paint;
  /** The width to wrap tables at; undefined to wrap nothing. */
  readonly columns: number | undefined;
}

/** What a person sees of one output, line breaks included. */
export function renderText(blocks: readonly Block[], options: TextOptions): string {
  return blocks.map((block) => renderBlock(block, options)).join("");
}

function renderBlock(block: Block, options: TextOptions): string {
  const { paint, columns } = options;
  if (block.kind === "line") return `${paint(block.text)}\n`;
  if (block.kind === "heading") return `\n${paint(toned("strong", block.text))}\n`;
  if (block.kind === "fields") return renderFields(block.fields, paint);
  if (block.kind === "verbatim") return clean(block.text);
  return block.rows.length === 0
    ? `${paint(toned("dim", block.whenEmpty))}\n`
    : `${renderTable(block.columns, block.rows, { paint, columns })}\n`;
}

function renderFields(rows: readonly (readonly [label: string, value: Text])[], paint: Paint): string {
  const labelWidth = Math.max(...rows.map(([label]) => width(label))) + 2;
  const continued = `\n${" ".repeat(labelWidth)}`;
  return rows
    .map(([label, value]) => {
      const padding = " ".repeat(labelWidth - width(label));
      return `${`${paint(toned("dim", label))}${padding}${paint(value).replaceAll("\n", continued)}`.trimEnd()}\n`;
    })
    .join("");
}
