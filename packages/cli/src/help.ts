import type { Command } from "./command.ts";
import { GROUPS } from "./command-line/find.ts";
import { GLOBAL_OPTIONS } from "./command-line/globals.ts";
import { type CommandKey, COMMANDS } from "./commands/table.gen.ts";
import { wrap } from "./render/table.ts";
import { width } from "./render/theme.ts";

const DOCUMENTATION = "https://github.com/openclaw/openclaw#readme";

/** The keys of all commands: their names with dots for spaces. */
export const COMMAND_KEYS: readonly string[] = Object.keys(COMMANDS);

/** Every command there is, loaded, in the order of their names. */
export async function loadAllCommands(): Promise<readonly Command[]> {
  const loaded = await Promise.all(COMMAND_KEYS.map(loadCommand));
  return loaded.sort((left, right) => left.name.localeCompare(right.name, "en"));
}

/** Loads one command and none of the others. */
export async function loadCommand(key: string): Promise<Command> {
  if (!isCommandKey(key)) throw new Error(`There is no command with the key ${key}.`);
  return (await COMMANDS[key]()).command;
}

function isCommandKey(key: string): key is CommandKey {
  return Object.hasOwn(COMMANDS, key);
}

/** The page for `openclaw --help`. */
export async function rootHelp(host: {
  readonly version: string;
  readonly invocation: string;
  readonly columns: number;
}) {
  const commands = await loadAllCommands();
  return [
    `OpenClaw ${host.version}`,
    "An always-on gateway for your chat channels: owns the connections, runs agent turns, offers a typed control plane.",
    "",
    `Usage: ${host.invocation} [global options] <command> [options]`,
    "",
    "Commands:",
    ...rows(
      commands.map((command) => [command.name, command.summary] as const),
      host.columns,
    ),
    "",
    "Global options:",
    ...rows(GLOBAL_OPTIONS, host.columns),
    "",
    `Help for one command: ${host.invocation} <command> --help`,
    `A gateway that answers, in one command: ${host.invocation} --dev start`,
    `Docs: ${DOCUMENTATION}`,
    "",
  ].join("\n");
}

/** The page for a group alone, and the foot of the page of a command that a group alone means. */
export async function groupHelp(name: string, host: { readonly invocation: string; readonly columns: number }) {
  const commands = (await loadAllCommands()).filter((command) => command.name.startsWith(`${name} `));
  const summary = GROUPS[name]?.summary;
  return [
    `Commands of ${name}${summary === undefined ? "" : ` (${summary})`}:`,
    ...rows(
      commands.map((command) => [command.name, command.summary] as const),
      host.columns,
    ),
    "",
  ].join("\n");
}

function rows(entries: readonly (readonly [name: string, text: string])[], columns: number): readonly string[] {
  const nameWidth = Math.max(...entries.map(([name]) => width(name))) + 4;
  return entries.map(([name, text]) => {
    const lines = wrap(text, Math.max(30, columns - nameWidth));
    return `  ${name.padEnd(nameWidth - 2)}${lines.join(`\n${" ".repeat(nameWidth)}`)}`;
  });
}
