import { styleText } from "node:util";

import type { Text, Tone } from "../output.ts";

/** Turns text with tones into what is written. */
export type Paint = (text: Text) => string;

const STYLES = {
  strong: "bold",
  dim: "dim",
  accent: "cyan",
  good: "green",
  warn: "yellow",
  bad: "red",
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** A painter with colours or without. Text loses its control characters on the way: it may come from strangers. */
export function createPaint(color: boolean): Paint {
  const paintOne = (piece: Exclude<Text, readonly unknown[]>): string => {
    if (typeof piece === "string") return clean(piece);
    const text = clean(piece.text);
    return color && text !== "" ? styleText(STYLES[piece.tone], text, { validateStream: false }) : text;
  };
  return (text) => (isRun(text) ? text.map(paintOne).join("") : paintOne(text));
}

/** The text alone, as it takes up space. */
export function plain(text: Text): string {
  const pieces = isRun(text) ? text : [text];
  return clean(pieces.map((piece) => (typeof piece === "string" ? piece : piece.text)).join(""));
}

/** Removes what could move the cursor, change colours or reorder text: C0 and C1 controls and bidi overrides. */
export function clean(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, "");
}

/** How many columns a terminal needs for a text. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200D|\uFE0F/u.test(character)) continue;
    columns +=
      /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}

function isRun(text: Text): text is Exclude<Text, string | { tone: Tone }> {
  return Array.isArray(text);
}
