import type { Command, CommandContext, Input } from "./command.ts";
import { findCommand, GROUPS } from "./command-line/find.ts";
import { type Globals, splitGlobals } from "./command-line/globals.ts";
import { parseCommandLine } from "./command-line/parse.ts";
import { CliError, toCliError } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import { COMMAND_KEYS, groupHelp, loadAllCommands, loadCommand, rootHelp } from "./help.ts";
import type { Host, OutputStream } from "./host.ts";
import type { Output } from "./output.ts";
import { renderJson, renderJsonLine } from "./render/json.ts";
import { renderText } from "./render/text.ts";
import { createPaint, type Paint } from "./render/theme.ts";

/**
 * Runs one command line and resolves with the exit code (see EXIT). `argv` holds what follows the program's name.
 * Everything that is printed is printed here: data on stdout, errors on stderr as one line of cause and one of remedy,
 * and with `--json` an error object on stdout too.
 */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const asJson = argv.includes("--json");
  try {
    return await dispatch(argv, host);
  } catch (thrown) {
    if (host.signal.aborted && !(thrown instanceof CliError)) return EXIT.interrupted;
    const error = toCliError(thrown);
    if (asJson) host.stdout.write(renderJson(error.toJson()));
    const paint = createPaint(usesColor(host.stderr, host, !argv.includes("--no-color")));
    printError(error, host, paint);
    return error.exitCode;
  }
}

async function dispatch(argv: readonly string[], host: Host): Promise<number> {
  const { globals, words } = splitGlobals(argv);
  if (globals.version) return print(host, `${host.version}\n`);
  const found = findCommand(words, COMMAND_KEYS, host.invocation);
  const columns = host.stdout.columns;
  if (found.kind === "root") {
    return print(host, await rootHelp({ version: host.version, invocation: host.invocation, columns }));
  }
  if (found.kind === "group") {
    return print(host, await groupHelp(found.name, { invocation: host.invocation, columns }));
  }
  const command = await loadCommand(found.key);
  const group = Object.entries(GROUPS).find(([, { fallback }]) => fallback === found.key)?.[0];
  const wantsHelp = globals.help || found.rest.includes("--help") || found.rest.includes("-h");
  const parsed = await parseCommandLine(command, globals.help ? ["--help"] : found.rest, {
    invocation: host.invocation,
    columns,
    ...(group !== undefined && wantsHelp
      ? { footer: await groupHelp(group, { invocation: host.invocation, columns }) }
      : {}),
  });
  if (parsed.kind === "help") return print(host, parsed.text);
  return runCommand(command, parsed.input, {
    host,
    globals: { ...globals, profile: parsed.profile ?? globals.profile, color: globals.color && parsed.color },
  });
}

interface Run {
  readonly host: Host;
  readonly globals: Globals;
}

async function runCommand(command: Command, input: Input, { host, globals }: Run): Promise<number> {
  const json = input.options["json"] === true;
  const context: CommandContext = {
    host,
    selection: globals.profile === undefined ? {} : { profile: globals.profile },
    self: selfCommand(host.invocation, globals.profile),
    interactive: host.stdout.isTerminal && !json,
    allCommands: loadAllCommands,
  };
  const paint = createPaint(usesColor(host.stdout, host, globals.color));
  const result = command.run(context, input);
  if (!(Symbol.asyncIterator in result)) return printOutput(await result, { host, paint, json, stream: false });
  let exitCode: number = EXIT.ok;
  for await (const output of result) exitCode = printOutput(output, { host, paint, json, stream: true });
  return exitCode;
}

interface Printing {
  readonly host: Host;
  readonly paint: Paint;
  readonly json: boolean;
  readonly stream: boolean;
}

function printOutput(output: Output, { host, paint, json, stream }: Printing): number {
  if (!json) {
    const columns = host.stdout.isTerminal ? host.stdout.columns : undefined;
    const text = renderText(output.view, { paint, columns });
    if (text !== "") host.stdout.write(text);
  } else if (output.data !== undefined) {
    host.stdout.write(stream ? renderJsonLine(output.data) : renderJson(output.data));
  }
  return output.exitCode ?? EXIT.ok;
}

function printError(error: CliError, host: Host, paint: Paint): void {
  host.stderr.write(`${paint([{ tone: "bad", text: "error:" }, ` ${error.message}`])}\n`);
  if (error.remedy !== undefined)
    host.stderr.write(`${paint([{ tone: "dim", text: "fix:" }, `   ${error.remedy}`])}\n`);
  if (host.environment["OPENCLAW_CLI_DEBUG"] === "1") host.stderr.write(`${describeCause(error)}\n`);
}

function describeCause(error: Error): string {
  const stack = error.stack ?? error.message;
  return error.cause instanceof Error ? `${stack}\ncaused by: ${describeCause(error.cause)}` : stack;
}

function print(host: Host, text: string): number {
  host.stdout.write(text);
  return EXIT.ok;
}

/** Colours are for terminals; NO_COLOR, --no-color and TERM=dumb turn them off. Source: no-color.org. */
function usesColor(stream: OutputStream, host: Host, allowed: boolean): boolean {
  const { NO_COLOR: noColor, TERM: terminal } = host.environment;
  return allowed && stream.isTerminal && (noColor === undefined || noColor === "") && terminal !== "dumb";
}

function selfCommand(invocation: string, profile: string | undefined): string {
  if (profile === undefined || profile === "default") return invocation;
  return profile === "dev" ? `${invocation} --dev` : `${invocation} --profile ${profile}`;
}
