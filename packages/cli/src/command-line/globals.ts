import { CliError } from "../errors.ts";

/** Options that mean the same for every command. */
export interface Globals {
  readonly profile: string | undefined;
  readonly color: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export const GLOBAL_OPTIONS: readonly (readonly [flags: string, summary: string])[] = [
  ["--dev", "Use the profile dev: state in ~/.openclaw-dev, port 19001"],
  ["--profile <name>", "Use the profile of this name: state and configuration in ~/.openclaw-<name>"],
  ["--no-color", "Write no colours (NO_COLOR does the same)"],
  ["-V, --version", "Print the version"],
  ["-h, --help", "Show help; after a command, its own"],
];

/** Splits the options before the command from the command and what follows it. */
export function splitGlobals(argv: readonly string[]): {
  readonly globals: Globals;
  readonly words: readonly string[];
} {
  const found = { profile: undefined as string | undefined, dev: false, color: true, help: false, version: false };
  let index = 0;
  for (; index < argv.length; index += 1) {
    const word = argv[index] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    const [name, inline] = splitInlineValue(word);
    if (name === "--profile") {
      if (inline === undefined) index += 1;
      found.profile = inline ?? argv[index];
      if (found.profile === undefined) throw usage("--profile needs a name.");
    } else if (word === "--dev") found.dev = true;
    else if (word === "--no-color") found.color = false;
    else if (word === "-h" || word === "--help") found.help = true;
    else if (word === "-V" || word === "-v" || word === "--version") found.version = true;
    else throw usage(`Unknown option ${word}. Options of a command stand after its name.`);
  }
  return {
    globals: {
      profile: chooseProfile(found.profile, found.dev),
      color: found.color,
      help: found.help,
      version: found.version,
    },
    words: argv.slice(index),
  };
}

/** The profile that `--profile` and `--dev` together mean; undefined for neither. */
export function chooseProfile(profile: string | undefined, dev: boolean): string | undefined {
  if (profile === undefined) return dev ? "dev" : undefined;
  if (!isProfileName(profile)) {
    throw usage(
      `"${profile}" can not be a profile's name: expected letters, digits, "-" and "_", 64 at most, a letter or digit first.`,
    );
  }
  if (dev && profile !== "dev") throw usage(`--dev and --profile ${profile} name two profiles; give one of them.`);
  return profile;
}

/** True for names that are safe as part of a directory's name. */
export function isProfileName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/iu.test(name);
}

function splitInlineValue(word: string): readonly [name: string, value: string | undefined] {
  const equals = word.indexOf("=");
  return word.startsWith("--") && equals > 0 ? [word.slice(0, equals), word.slice(equals + 1)] : [word, undefined];
}

function usage(message: string): CliError {
  return new CliError("usage", message, "See: openclaw --help");
}
