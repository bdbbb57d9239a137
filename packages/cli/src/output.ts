/** How a piece of text is meant; the renderer decides what that looks like. */
export type Tone = "strong" | "dim" | "accent" | "good" | "warn" | "bad";

/** A piece of text with a tone. */
export interface Toned {
  readonly tone: Tone;
  readonly text: string;
}

/** One line or cell: plain text, toned text, or a run of both. */
export type Text = string | Toned | readonly (string | Toned)[];

/** One part of what a person sees. */
export type Block =
  | { readonly kind: "line"; readonly text: Text }
  | { readonly kind: "heading"; readonly text: string }
  | { readonly kind: "fields"; readonly fields: readonly (readonly [label: string, value: Text])[] }
  | {
      readonly kind: "table";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly Text[])[];
      /** Shown in place of a table without rows. */
      readonly whenEmpty: string;
    }
  /** Written as it is, with no line break added: text that streams in, a script. */
  | { readonly kind: "verbatim"; readonly text: string };

/** What a command produces. A command that runs for long produces several. */
export interface Output {
  /** What `--json` prints. Absent when this piece is for people only. */
  readonly data?: unknown;
  /** What a person sees. Empty when this piece is for programs only. */
  readonly view: readonly Block[];
  /** The exit code when this is the last piece; 0 when absent. */
  readonly exitCode?: number;
}

export const toned = (tone: Tone, text: string): Toned => ({ tone, text });
export const line = (text: Text): Block => ({ kind: "line", text });
export const heading = (text: string): Block => ({ kind: "heading", text });
export const fields = (...rows: readonly (readonly [label: string, value: Text])[]): Block => ({
  kind: "fields",
  fields: rows,
});
export const emptyLine: Block = { kind: "line", text: "" };
