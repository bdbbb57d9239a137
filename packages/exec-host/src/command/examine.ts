import { realpath, stat } from "node:fs/promises";
import { basename, resolve } from "node:path";

import { CommandError } from "../errors.ts";
import { findProgram } from "./find-program.ts";
import { isIndirect } from "./indirect.ts";
import { parseShellLine, type ShellSegment, shellQuote } from "./shell-line.ts";
import { displayCommand, visibleText } from "./visible.ts";

/** What somebody wants to run: a program with its arguments, or a line of shell. */
export type WantedCommand = { readonly argv: readonly string[] } | { readonly shell: string };

export interface CommandPlaces {
  readonly workdir: string;
  /** Where programs are looked for. */
  readonly directories: readonly string[];
}

/** One program of a command. */
export interface FoundProgram {
  /** The file that would run, links followed. */
  readonly path: string;
  readonly words: readonly string[];
}

/** A command with everything known that decides about it. What is decided about is what `run` then does. */
export interface ExaminedCommand {
  /** For people. */
  readonly display: string;
  /** Every program it runs; empty when that can not be known. */
  readonly programs: readonly FoundProgram[];
  /** Why it can not be known. */
  readonly opaque?: string;
  readonly run: { readonly program: string; readonly name: string; readonly args: readonly string[] };
  /** The directory it runs in, links followed. */
  readonly workdir: string;
  /** The files it was decided about, as they were then. */
  readonly files: readonly FileState[];
}

interface FileState {
  readonly path: string;
  readonly state: string;
}

const SHELL = "/bin/sh";
const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "dash", "ash", "zsh", "ksh"]);
const SHELL_FLAGS: ReadonlySet<string> = new Set(["-c", "-lc"]);
const MAX_WORDS = 1_024;
const MAX_LENGTH = 131_072;
/** Arguments that are looked at for files. */
const MAX_FILE_ARGUMENTS = 32;

/** Finds out what a command would run. Throws CommandError for one that can not be run. */
export async function examine(wanted: WantedCommand, places: CommandPlaces): Promise<ExaminedCommand> {
  const workdir = await directoryOf(places.workdir);
  const inside = { ...places, workdir };
  if ("shell" in wanted) return examineShell(wanted.shell, inside);
  const { argv } = wanted;
  const [name] = argv;
  checkWords(argv);
  if (name === undefined || name === "") throw new CommandError("the command is empty; expected a program's name");
  const path = await findProgram(name, inside);
  if (path === undefined) throw new CommandError(`there is no program ${displayCommand([name])} that can be run`);
  const line = shellLineOf(argv);
  if (line !== undefined) return examineLine({ line, shell: path, argv }, inside);
  return {
    display: displayCommand(argv),
    programs: [{ path, words: argv }],
    run: { program: path, name, args: argv.slice(1) },
    workdir,
    files: await fileStates([{ path, words: argv }], workdir),
  };
}

/** True while the files that a command was examined with are still the same. */
export async function isUnchanged({ files }: ExaminedCommand): Promise<boolean> {
  const states = await Promise.all(files.map(({ path }) => stateOf(path)));
  return states.every((state, index) => state === files[index]?.state);
}

/** The line in `sh -c <line>`: such a call is judged by what the line runs, not by the shell. */
export function shellLineOf(argv: readonly string[]): string | undefined {
  const [shell = "", option = "", line] = argv;
  if (argv.length !== 3 || !SHELL_FLAGS.has(option)) return undefined;
  return SHELLS.has(basename(shell)) ? line : undefined;
}

async function examineShell(line: string, places: CommandPlaces): Promise<ExaminedCommand> {
  checkWords([line]);
  if (line.trim() === "") throw new CommandError("the command is empty; expected a line of shell");
  const shell = await findProgram(SHELL, places);
  if (shell === undefined) throw new CommandError(`there is no ${SHELL} on this machine`);
  return examineLine({ line, shell, argv: [SHELL, "-c", line] }, places);
}

interface LineRun {
  readonly line: string;
  readonly shell: string;
  readonly argv: readonly string[];
}

/**
 * A line whose programs are all known runs as it was understood: with the files that were found in place of names, and
 * every word quoted. So nothing that reads lines differently can make it another one.
 */
async function examineLine({ line, shell, argv }: LineRun, places: CommandPlaces): Promise<ExaminedCommand> {
  const parsed = parseShellLine(line);
  const whole = { path: shell, words: argv };
  const [name = SHELL, ...args] = argv;
  const asItIs = async (why: string): Promise<ExaminedCommand> => ({
    display: visibleText(line),
    programs: [],
    opaque: why,
    run: { program: shell, name, args },
    workdir: places.workdir,
    files: await fileStates([whole], places.workdir),
  });
  if (parsed.kind === "opaque") return asItIs(parsed.why);
  const programs: FoundProgram[] = [];
  for (const { words } of parsed.segments) {
    const [word = ""] = words;
    const path = await findProgram(word, places);
    if (path === undefined) return asItIs(`there is no program ${displayCommand([word])}`);
    programs.push({ path, words });
  }
  const rebuilt = parsed.segments.map((segment, index) => rebuild(segment, programs[index]?.path ?? "")).join(" ");
  return {
    display: visibleText(line),
    programs,
    run: { program: shell, name: SHELL, args: ["-c", rebuilt] },
    workdir: places.workdir,
    files: await fileStates([whole, ...programs], places.workdir),
  };
}

function rebuild({ joint, words }: ShellSegment, path: string): string {
  const quoted = [path, ...words.slice(1)].map(shellQuote).join(" ");
  return joint === "" ? quoted : `${joint} ${quoted}`;
}

function checkWords(words: readonly string[]): void {
  if (words.length > MAX_WORDS) throw new CommandError(`the command has more than ${MAX_WORDS} words`);
  const length = words.reduce((sum, word) => sum + word.length, 0);
  if (length > MAX_LENGTH) throw new CommandError(`the command is longer than ${MAX_LENGTH} characters`);
  if (words.some((word) => word.includes("\0"))) throw new CommandError("the command has a NUL character in it");
}

async function directoryOf(workdir: string): Promise<string> {
  try {
    const path = await realpath(workdir);
    if ((await stat(path)).isDirectory()) return path;
  } catch {
    // Said below.
  }
  throw new CommandError(`there is no directory ${displayCommand([workdir])} to run it in`);
}

/** The programs, and for interpreters the files they are given: those say what is done. */
async function fileStates(programs: readonly FoundProgram[], workdir: string): Promise<FileState[]> {
  const paths = programs.flatMap(({ path, words }) => [
    path,
    ...(isIndirect(path) ? words.slice(1, MAX_FILE_ARGUMENTS).map((word) => resolve(workdir, word)) : []),
  ]);
  const states = await Promise.all([...new Set(paths)].map(async (path) => ({ path, state: await stateOf(path) })));
  return states;
}

async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs, mode } = await stat(path);
    return `${dev}:${ino}:${size}:${mtimeMs}:${mode}`;
  } catch {
    return "absent";
  }
}
