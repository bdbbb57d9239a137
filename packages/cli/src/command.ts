import type { Arguments, Options, Values } from "./command-line/options.ts";
import type { Host, ProfileSelection } from "./host.ts";
import type { Output } from "./output.ts";

/** What a command may use besides its own options. */
export interface CommandContext {
  readonly host: Host;
  /** The profile that the command line chose. */
  readonly selection: ProfileSelection;
  /** How a person runs another command against the same gateway, for example "openclaw --dev". */
  readonly self: string;
  /** True when a person watches stdout: text may stream, and nothing needs to be machine-readable. */
  readonly interactive: boolean;
  /** Every command there is, for those that are about commands. */
  allCommands(): Promise<readonly Command[]>;
}

export interface Example {
  /** What follows the program's name, for example "gateway call health". */
  readonly line: string;
  readonly does: string;
}

/**
 * One command, whole. Each file in `commands/` exports one as `command`; its file name is its name with dots for
 * spaces, and the table of all commands is generated from the files.
 */
export interface Command<O extends Options = Options, A extends Arguments = Arguments> {
  /** The words that call it, for example "gateway call". */
  readonly name: string;
  /** One line, without a full stop. */
  readonly summary: string;
  /** More for the help page, if one line is not enough. */
  readonly description?: string;
  readonly arguments: A;
  readonly options: O;
  readonly examples: readonly Example[];
  /** Does it. Throws CliError. Commands that go on yield what they have as they get it. */
  run(context: CommandContext, input: Input<O, A>): Promise<Output> | AsyncIterable<Output>;
}

export interface Input<O extends Options = Options, A extends Arguments = Arguments> {
  readonly options: Values<O>;
  readonly arguments: Values<A>;
}

/** Types a command by its own options and arguments. */
export function defineCommand<const O extends Options, const A extends Arguments>(
  definition: Command<O, A>,
): Command<O, A> {
  return definition;
}
