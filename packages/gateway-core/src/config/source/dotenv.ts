import { readBoundedFile, SourceFileError } from "./json5-file.ts";

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=\s*(.*)$/;

/**
 * Reads `NAME=value` lines. Blank lines, `#` comments and an `export` in front are understood; single quotes keep
 * their text as it is, double quotes may span lines and know \n, \r, \t, \" and \\. Lines of any other form are left out.
 */
export function parseDotenv(source: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  const lines = source.replace(/^\uFEFF/, "").split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const [, name, rest] = ASSIGNMENT.exec(lines[index] ?? "") ?? [];
    if (name === undefined || rest === undefined) continue;
    const quote = rest[0];
    if (quote !== '"' && quote !== "'") {
      variables[name] = rest.replace(/(^|\s)#.*$/, "").trim();
      continue;
    }
    let quoted = rest.slice(1);
    let end = closingQuote(quoted, quote);
    while (end < 0 && index + 1 < lines.length) {
      index += 1;
      quoted += `\n${lines[index] ?? ""}`;
      end = closingQuote(quoted, quote);
    }
    // Without a closing quote there is no telling what was meant; the rest of the file is not worth guessing at.
    if (end < 0) break;
    variables[name] = quote === '"' ? unescape(quoted.slice(0, end)) : quoted.slice(0, end);
  }
  return variables;
}

/** The variables of a file; none when it does not exist. A file that can not be read is reported by `onProblem`. */
export async function readDotenv(
  path: string,
  onProblem: (sentence: string) => void,
): Promise<Readonly<Record<string, string>>> {
  try {
    return parseDotenv((await readBoundedFile(path)) ?? "");
  } catch (error) {
    if (!(error instanceof SourceFileError)) throw error;
    onProblem(`The variables of ${path} are not used, because the file ${error.message}.`);
    return {};
  }
}

function closingQuote(text: string, quote: string): number {
  for (let index = 0; index < text.length; index += 1) {
    if (quote === '"' && text[index] === "\\") index += 1;
    else if (text[index] === quote) return index;
  }
  return -1;
}

function unescape(text: string): string {
  const meanings: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };
  return text.replace(/\\(.)/gs, (whole, character: string) => meanings[character] ?? whole);
}
