import { basename, dirname } from "node:path";

/** What a program that only reads its input may be given. Anything else makes the call an ordinary one. */
interface Profile {
  /** Words that are no options, at most. */
  readonly words: number;
  /** Short options, and those of them that take a value. */
  readonly flags: string;
  readonly valued: string;
  readonly long: readonly string[];
  /** A word that is not harmless after all. */
  readonly refuses?: RegExp;
}

/** Source: facts 7.4, "safe bins". No option here names a file, starts a program, or writes. */
const PROFILES: Readonly<Record<string, Profile>> = {
  jq: {
    words: 1,
    flags: "rcnsSeajCM",
    valued: "",
    long: ["raw-output", "compact-output", "null-input", "slurp", "sort-keys", "exit-status", "ascii-output", "tab"],
    refuses: /\b(?:import|include|input_filename|get_search_list|env|debug|stderr|halt_error|modulemeta)\b|\$ENV/u,
  },
  grep: {
    words: 1,
    flags: "EFGPivwxcnoqshHaz",
    valued: "emABC",
    long: ["extended-regexp", "fixed-strings", "ignore-case", "invert-match", "count", "only-matching", "line-number"],
  },
  cut: { words: 0, flags: "snz", valued: "bcdf", long: ["complement", "only-delimited"] },
  sort: {
    words: 0,
    flags: "bdfgiMhnRrVcCmsuz",
    valued: "kt",
    long: ["numeric-sort", "reverse", "unique", "ignore-case", "human-numeric-sort", "version-sort"],
  },
  uniq: { words: 0, flags: "cdDiuz", valued: "fsw", long: ["count", "repeated", "unique", "ignore-case"] },
  head: { words: 0, flags: "qvz0123456789", valued: "nc", long: ["quiet", "verbose"] },
  tail: { words: 0, flags: "qvz0123456789", valued: "nc", long: ["quiet", "verbose"] },
  tr: { words: 2, flags: "cCdst", valued: "", long: ["complement", "delete", "squeeze-repeats", "truncate-set1"] },
  wc: { words: 0, flags: "cmlLw", valued: "", long: ["bytes", "chars", "lines", "words", "max-line-length"] },
};

export const SAFE_PROGRAMS: readonly string[] = Object.keys(PROFILES);

/** Where only the machine's administrator puts programs. */
const SYSTEM_DIRECTORIES: ReadonlySet<string> = new Set([
  "/bin",
  "/usr/bin",
  "/usr/local/bin",
  "/opt/homebrew/bin",
  "/opt/local/bin",
]);

/** True for a call that can do nothing but work on what is piped into it. `names` are the safe programs in use. */
export function isSafeCall(program: string, words: readonly string[], names: readonly string[]): boolean {
  const name = basename(program);
  const profile = names.includes(name) && Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  return profile !== undefined && SYSTEM_DIRECTORIES.has(dirname(program)) && fits(words.slice(1), profile);
}

function fits(words: readonly string[], profile: Profile): boolean {
  const { valued, long, refuses } = profile;
  let left = profile.words;
  let optionsAreOver = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (!optionsAreOver && word === "--") optionsAreOver = true;
    else if (optionsAreOver || !word.startsWith("-") || word === "-") {
      // "-" is the input itself, for programs that take files.
      left -= 1;
      if (left < 0 || refuses?.test(word)) return false;
    } else if (word.startsWith("--")) {
      if (!long.includes(word.slice(2))) return false;
    } else {
      const end = valuedAt(word, profile);
      if (end === undefined) return false;
      // The value stands in the next word; a pattern given this way takes the place of the one word there may be.
      if (valued.includes(end) && word.endsWith(end)) index += 1;
      if (end === "e") left -= 1;
    }
  }
  return left >= 0;
}

/** The option of a group that takes the rest as its value, "" when none does, undefined for one that is not harmless. */
function valuedAt(word: string, { flags, valued }: Profile): string | undefined {
  for (const option of word.slice(1)) {
    if (valued.includes(option)) return option;
    if (!flags.includes(option)) return undefined;
  }
  return "";
}
