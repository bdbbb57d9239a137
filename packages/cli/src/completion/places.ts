import type { Command } from "../command.ts";
import { GROUPS } from "../command-line/find.ts";
import { GLOBAL_OPTIONS } from "../command-line/globals.ts";

/** A word that may come next, with what it does. */
export interface Candidate {
  readonly word: string;
  readonly summary: string;
}

/** What may follow the command words typed so far. */
export interface Place {
  /** The command words, for example "gateway call"; empty before any. */
  readonly path: string;
  readonly candidates: readonly Candidate[];
  /** Values of options that take one of a few words, by option. */
  readonly choices: readonly (readonly [option: string, values: readonly string[]])[];
}

/** Every place on a command line where something can be completed. Made from the commands, so it never goes stale. */
export function completionPlaces(commands: readonly Command[]): readonly Place[] {
  const globals = GLOBAL_OPTIONS.flatMap(([flags, summary]) => longNames(flags).map((word) => ({ word, summary })));
  const first = new Map<string, string>();
  for (const command of commands) {
    const [word = ""] = command.name.split(" ");
    first.set(word, GROUPS[word]?.summary ?? command.summary);
  }
  const root: Place = {
    path: "",
    candidates: [
      ...[...first].map(([word, summary]) => ({ word, summary })),
      { word: "help", summary: "Show help" },
      ...globals,
    ],
    choices: [],
  };
  const groups = groupsOf(commands).map((path): Place => {
    const fallback = commands.find((command) => command.name.replaceAll(" ", ".") === GROUPS[path]?.fallback);
    const own = fallback === undefined ? undefined : optionsOf(fallback);
    const next = nextWords(commands, path);
    return { path, candidates: [...next, ...(own?.candidates ?? [])], choices: own?.choices ?? [] };
  });
  return [root, ...groups, ...commands.map((command) => ({ path: command.name, ...optionsOf(command) }))];
}

/** What the names of several commands begin with, for example "message". */
function groupsOf(commands: readonly Command[]): readonly string[] {
  const beginnings = commands.flatMap(({ name }) => {
    const words = name.split(" ");
    return words.slice(1).map((_, index) => words.slice(0, index + 1).join(" "));
  });
  return [...new Set(beginnings)];
}

/** The words that may follow; of several commands that share one, it takes what they have in common. */
function nextWords(commands: readonly Command[], path: string): readonly Candidate[] {
  const summaries = new Map<string, string>();
  for (const { name, summary } of commands) {
    if (!name.startsWith(`${path} `)) continue;
    const [word = "", ...rest] = name.slice(path.length + 1).split(" ");
    if (rest.length === 0 || !summaries.has(word)) summaries.set(word, summary);
  }
  return [...summaries].map(([word, summary]) => ({ word, summary }));
}

function optionsOf(command: Command): Pick<Place, "candidates" | "choices"> {
  const options = Object.values(command.options).filter((option) => option.refusal === undefined);
  return {
    candidates: [
      ...options.flatMap((option) => longNames(option.flags).map((word) => ({ word, summary: option.summary }))),
      { word: "--help", summary: "Show help" },
    ],
    choices: options.flatMap((option) => {
      const { choices } = option;
      return choices === undefined ? [] : longNames(option.flags).map((word) => [word, choices] as const);
    }),
  };
}

function longNames(flags: string): readonly string[] {
  return flags.match(/--[a-z][a-z-]*/gu) ?? [];
}
