import type * as Commander from "commander";

import type { Command, Input } from "../command.ts";
import { CliError } from "../errors.ts";
import { chooseProfile } from "./globals.ts";
import { type Option, ValueError } from "./options.ts";

export interface Parsed {
  readonly kind: "run";
  readonly input: Input;
  readonly profile: string | undefined;
  readonly color: boolean;
}

export interface HelpAsked {
  readonly kind: "help";
  readonly text: string;
}

export interface ParseOptions {
  /** How a person starts the program. */
  readonly invocation: string;
  readonly columns: number;
  /** Shown at the end of the help page. */
  readonly footer?: string;
}

/** Reads the words after a command's name. Throws a usage error that names what was wrong and what was expected. */
export async function parseCommandLine(
  command: Command,
  words: readonly string[],
  options: ParseOptions,
): Promise<Parsed | HelpAsked> {
  const { parser, read } = await buildParser(command, options);
  let help = "";
  parser.configureOutput({
    writeOut: (text) => {
      help += text;
    },
    writeErr: () => {},
    getOutHelpWidth: () => options.columns,
  });
  try {
    await parser.parseAsync([...words], { from: "user" });
  } catch (error) {
    if (!isParserError(error)) throw error;
    if (error.code === "commander.helpDisplayed") return { kind: "help", text: help };
    throw usageError(command, error.message, options.invocation);
  }
  return read();
}

async function buildParser(command: Command, options: ParseOptions) {
  const commander = await import("commander");
  const parser = new commander.Command(`${options.invocation} ${command.name}`)
    .description(
      command.description === undefined ? `${command.summary}.` : `${command.summary}.\n\n${command.description}`,
    )
    .exitOverride()
    .allowExcessArguments(false)
    .helpOption("-h, --help", "Show this help");
  const attributes = new Map<string, string>();
  for (const [name, option] of Object.entries(command.options)) {
    const parserOption = toParserOption(commander, option);
    attributes.set(name, parserOption.attributeName());
    parser.addOption(parserOption);
  }
  for (const argument of Object.values(command.arguments)) {
    const parserArgument = new commander.Argument(argument.name, argument.summary);
    if (argument.choices !== undefined) parserArgument.choices([...argument.choices]);
    parser.addArgument(parserArgument);
  }
  addGlobals(commander, parser);
  parser.addHelpText("after", helpTail(command, options));
  const read = (): Parsed => readValues(command, parser, attributes);
  return { parser, read };
}

function toParserOption(commander: typeof Commander, option: Option): Commander.Option {
  const parserOption = new commander.Option(option.flags, option.summary);
  if (option.choices !== undefined) parserOption.choices([...option.choices]);
  if (option.fallback !== undefined && option.fallback !== false && !Array.isArray(option.fallback))
    parserOption.default(option.fallback);
  if (option.required === true) parserOption.makeOptionMandatory();
  if (option.conflicts !== undefined) parserOption.conflicts([...option.conflicts]);
  if (option.refusal !== undefined) parserOption.hideHelp();
  const { parse, repeatable } = option;
  if (repeatable === true) {
    const words: string[] = [];
    parserOption.argParser((word: string) => {
      words.push(word);
      return words;
    });
  }
  if (parse !== undefined) {
    parserOption.argParser((word: string) => {
      try {
        return parse(word);
      } catch (error) {
        if (error instanceof ValueError) throw new commander.InvalidArgumentError(error.message);
        throw error;
      }
    });
  }
  return parserOption;
}

/** Options of every command may also stand after its name, unless the command has one of the same name. */
function addGlobals(commander: typeof Commander, parser: Commander.Command): void {
  const taken = new Set(parser.options.map((option) => option.long));
  const globals = [
    new commander.Option("--profile <name>", "Use the profile of this name"),
    new commander.Option("--dev", "Use the profile dev"),
    new commander.Option("--no-color", "Write no colours"),
  ];
  for (const option of globals) {
    if (!taken.has(option.long)) parser.addOption(option.helpGroup("Global options:"));
  }
}

function readValues(command: Command, parser: Commander.Command, attributes: ReadonlyMap<string, string>): Parsed {
  const found: Record<string, unknown> = parser.opts();
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(command.options)) {
    const value = found[attributes.get(name) ?? name];
    if (option.refusal !== undefined && value !== undefined) throw refusedOption(command, option);
    values[name] = value ?? option.fallback;
  }
  const given: Record<string, unknown> = {};
  for (const [index, name] of Object.keys(command.arguments).entries()) given[name] = parser.processedArgs[index];
  const devIsGlobal = !Object.values(command.options).some((option) => option.flags === "--dev");
  return {
    kind: "run",
    input: { options: values, arguments: given },
    profile: chooseProfile(asText(found["profile"]), devIsGlobal && found["dev"] === true),
    color: found["color"] !== false,
  };
}

function helpTail(command: Command, options: ParseOptions): string {
  const examples = command.examples.map(({ line, does }) => `  $ ${options.invocation} ${line}\n      ${does}`);
  const parts = [
    examples.length === 0 ? "" : `\nExamples:\n${examples.join("\n")}`,
    options.footer === undefined ? "" : `\n${options.footer}`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

function refusedOption(command: Command, option: Option): CliError {
  const name = option.flags.split(" ")[0] ?? option.flags;
  return new CliError(
    "usage",
    `${name} is refused: ${option.refusal}`,
    `Leave ${name} out of: openclaw ${command.name}`,
  );
}

function usageError(command: Command, message: string, invocation: string): CliError {
  const plain = message
    .replace(/^error: /u, "")
    .replaceAll("\n", " ")
    .trim();
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  return new CliError(
    "usage",
    /[.?)]$/u.test(sentence) ? sentence : `${sentence}.`,
    `See: ${invocation} ${command.name} --help`,
  );
}

function isParserError(error: unknown): error is Commander.CommanderError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}

function asText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
