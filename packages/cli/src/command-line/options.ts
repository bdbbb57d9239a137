/** One option of a command. `Value` is what `run` receives for it. */
export interface Option<Value = unknown> {
  /** As in help: "-m, --message <text>". */
  readonly flags: string;
  readonly summary: string;
  /** Turns the word on the command line into the value; throws ValueError. Absent for flags. */
  readonly parse?: (word: string) => Value;
  readonly fallback?: Value;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  /** Why giving this option is refused, for options whose feature this version does not have. */
  readonly refusal?: string;
  /** May be given several times; the value is the list of its words. */
  readonly repeatable?: true;
  /** Names of options that can not be given together with this one. */
  readonly conflicts?: readonly string[];
}

export type Options = Readonly<Record<string, Option>>;

/** One positional argument: `name` in angle brackets is required, in square brackets optional. */
export interface Argument<Value = unknown> {
  readonly name: string;
  readonly summary: string;
  readonly choices?: readonly string[];
  readonly parse?: (word: string) => Value;
}

export type Arguments = Readonly<Record<string, Argument>>;

/** What `run` receives: the value of each option and argument under its name. */
export type Values<Definitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends Option<infer Value>
    ? Value
    : Definitions[Name] extends Argument<infer Value>
      ? Value
      : never;
};

/** A word that is not what the option or argument expects; the message says what is. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}

export function flag(flags: string, summary: string): Option<boolean> {
  return { flags, summary, fallback: false };
}

/** A flag that is on unless its `--no-…` form is given. */
export function negatableFlag(flags: `--no-${string}`, summary: string): Option<boolean> {
  return { flags, summary };
}

export function text(flags: string, summary: string): Option<string | undefined> {
  return { flags, summary, parse: (word) => word };
}

/** A text of one form, which `expected` describes. */
export function textLike(
  flags: string,
  form: { readonly pattern: RegExp; readonly expected: string },
  summary: string,
): Option<string | undefined> {
  return {
    flags,
    summary,
    parse: (word) => {
      if (form.pattern.test(word)) return word;
      throw new ValueError(`Expected ${form.expected}.`);
    },
  };
}

/** A text that may be given several times, or several of it after one name. */
export function texts(flags: string, summary: string): Option<readonly string[]> {
  return { flags, summary, repeatable: true, fallback: [] };
}

export function choice<const Choice extends string>(
  flags: string,
  choices: readonly Choice[],
  summary: string,
): Option<Choice | undefined> {
  return { flags, summary, choices, parse: (word) => oneOf(choices, word) };
}

export interface IntegerRange {
  readonly minimum: number;
  readonly maximum: number;
}

export function integer(flags: string, range: IntegerRange, summary: string): Option<number | undefined> {
  return {
    flags,
    summary,
    parse: (word) => {
      const value = /^\d{1,15}$/u.test(word) ? Number(word) : Number.NaN;
      if (value >= range.minimum && value <= range.maximum) return value;
      throw new ValueError(`Expected a whole number from ${range.minimum} to ${range.maximum}.`);
    },
  };
}

export function withDefault<Value>(option: Option<Value>, fallback: Value & {}): Option<Value & {}> {
  const { parse, ...rest } = option;
  return { ...rest, fallback, ...(parse === undefined ? {} : { parse: (word) => parse(word) ?? fallback }) };
}

/** A text that must be given. */
export function requiredText(flags: string, summary: string): Option<string> {
  return { flags, summary, parse: (word) => word, required: true };
}

/** One of several words, which must be given. */
export function requiredChoice<const Choice extends string>(
  flags: string,
  choices: readonly Choice[],
  summary: string,
): Option<Choice> {
  return { flags, summary, choices, parse: (word) => oneOf(choices, word), required: true };
}

/** An option that other versions or programs know and this one refuses, with the reason. */
export function refused(flags: string, refusal: string): Option<undefined> {
  return { flags, summary: refusal, refusal };
}

export function argument(name: `<${string}>`, summary: string): Argument<string> {
  return { name, summary, parse: (word) => word };
}

export function optionalArgument(name: `[${string}]`, summary: string): Argument<string | undefined> {
  return { name, summary, parse: (word) => word };
}

/** All words that are left. */
export function restArgument(name: `[${string}...]`, summary: string): Argument<readonly string[]> {
  return { name, summary };
}

function oneOf<const Choice extends string>(choices: readonly Choice[], word: string): Choice {
  const found = choices.find((candidate) => candidate === word);
  if (found === undefined) throw new ValueError(`Expected one of: ${choices.join(", ")}.`);
  return found;
}
