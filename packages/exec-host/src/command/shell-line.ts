/** A program with its arguments in a line of shell. */
export interface ShellSegment {
  readonly words: readonly string[];
  /** What joins it to the one before. */
  readonly joint: "" | "|" | "&&" | "||" | ";";
}

/** A line of shell, taken apart; or why it can not be said what it would run. */
export type ShellLine =
  | { readonly kind: "parsed"; readonly segments: readonly ShellSegment[] }
  | { readonly kind: "opaque"; readonly why: string };

/** Characters that mean something to a shell outside of quotes, beside those that are read here. */
const SPECIAL: ReadonlySet<string> = new Set("$`(){}<>*?[]~!#".split(""));
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/u;
const MAX_LINE = 32_768;
const MAX_SEGMENTS = 32;

/**
 * Takes a line of shell apart into programs and arguments. Only plain words, quotes, pipes, `&&`, `||` and `;` are
 * understood. Everything else that a shell would act on (variables, substitutions, redirections, patterns, comments,
 * background jobs, further lines) makes the line opaque: what it would run can not be known from its text.
 */
export function parseShellLine(text: string): ShellLine {
  if (text.length > MAX_LINE) return opaque(`it is longer than ${MAX_LINE} characters`);
  const segments: ShellSegment[] = [];
  let joint: ShellSegment["joint"] = "";
  let words: string[] = [];
  let at = 0;
  const close = (): boolean => {
    if (words.length === 0) return false;
    segments.push({ words, joint });
    words = [];
    return true;
  };
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === " " || character === "\t") {
      at += 1;
      continue;
    }
    const operator = operatorAt(text, at);
    if (operator === "&") return opaque("it starts a program in the background (&)");
    if (operator !== undefined) {
      if (!close()) return opaque(`there is nothing before ${operator}`);
      joint = operator;
      at += operator.length;
      continue;
    }
    const word = readWord(text, at);
    if (typeof word === "string") return opaque(word);
    if (words.length === 0 && ASSIGNMENT.test(text.slice(at))) return opaque("it sets a variable");
    words.push(word.value);
    at = word.end;
  }
  if (!close()) return opaque(segments.length === 0 ? "it is empty" : `there is nothing after ${joint}`);
  return segments.length > MAX_SEGMENTS
    ? opaque(`it has more than ${MAX_SEGMENTS} parts`)
    : { kind: "parsed", segments };
}

/** A word as it stands in a shell line that means it literally. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function operatorAt(text: string, at: number): ShellSegment["joint"] | "&" | undefined {
  const two = text.slice(at, at + 2);
  if (two === "&&" || two === "||") return two;
  const one = text.charAt(at);
  return one === "|" || one === ";" || one === "&" ? one : undefined;
}

interface Word {
  readonly value: string;
  readonly end: number;
}

/** One word; a text says why it can not be read. */
function readWord(text: string, start: number): Word | string {
  let value = "";
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === " " || character === "\t" || "|;&".includes(character)) break;
    const part =
      character === "'" ? singleQuoted(text, at) : character === '"' ? doubleQuoted(text, at) : plain(text, at);
    if (typeof part === "string") return part;
    value += part.value;
    at = part.end;
  }
  return { value, end: at };
}

function plain(text: string, at: number): Word | string {
  const character = text.charAt(at);
  if (isControl(character)) return "it has more than one line, or a control character";
  if (SPECIAL.has(character)) return `a shell would act on ${character}`;
  if (character !== "\\") return { value: character, end: at + 1 };
  const escaped = text.charAt(at + 1);
  if (escaped === "" || isControl(escaped)) return "it ends with a backslash, or continues on another line";
  return { value: escaped, end: at + 2 };
}

function singleQuoted(text: string, at: number): Word | string {
  const end = text.indexOf("'", at + 1);
  if (end < 0) return "a quote is not closed";
  const value = text.slice(at + 1, end);
  return value.includes("\0") ? "it has a NUL character" : { value, end: end + 1 };
}

function doubleQuoted(text: string, start: number): Word | string {
  let value = "";
  let at = start + 1;
  for (;;) {
    const character = text.charAt(at);
    if (character === "") return "a quote is not closed";
    if (character === '"') return { value, end: at + 1 };
    if (character === "$" || character === "`") return `a shell would act on ${character}`;
    if (character === "\0") return "it has a NUL character";
    const next = text.charAt(at + 1);
    if (character === "\\" && next === "\n") return "it continues on another line";
    const isEscape = character === "\\" && next !== "" && '"\\$`'.includes(next);
    value += isEscape ? next : character;
    at += isEscape ? 2 : 1;
  }
}

function isControl(character: string): boolean {
  return character < " " || character === "\u007F";
}

function opaque(why: string): ShellLine {
  return { kind: "opaque", why };
}
