import type { ChatCommand, CommandInput, SettingsChange, TurnChoice } from "./define.ts";

/** A setting with a few named levels. */
export interface LevelSetting {
  readonly names: ChatCommand["names"];
  readonly category: ChatCommand["category"];
  readonly summary: string;
  /** How it is called in a sentence, for example "Thinking". */
  readonly title: string;
  readonly levels: readonly string[];
  /** Other words for levels. */
  readonly synonyms?: Readonly<Record<string, string>>;
  /** The level in force. */
  current(input: CommandInput): string;
  change(level: string | null): SettingsChange;
  /** What it means inside a message; left out for settings that make no sense there. */
  readonly forTurn?: (level: string) => TurnChoice;
  readonly ownerOnly?: true;
  /** Levels that exist elsewhere and not here, with what is said to those who ask for them. */
  readonly absent?: Readonly<Record<string, string>>;
}

const CLEARING = new Set(["default", "inherit"]);

/** A command that shows a setting, or sets it: a bad level changes nothing and names the good ones. */
export function levelCommand(setting: LevelSetting): ChatCommand {
  const { names, category, summary, title, levels, synonyms = {}, forTurn, ownerOnly, absent = {} } = setting;
  const read = (word: string): string | undefined => {
    const level = word.toLowerCase();
    return levels.includes(level) ? level : synonyms[level];
  };
  const hint = `Levels: ${levels.join(", ")}, default.`;
  return {
    names,
    category,
    summary,
    usage: `[${levels.join("|")}|default]`,
    ...(ownerOnly ? { ownerOnly } : {}),
    run(input) {
      if (input.text === "") return { reply: `${title}: ${setting.current(input)}. ${hint}` };
      if (CLEARING.has(input.text.toLowerCase())) {
        return { reply: `${title} is back to its default.`, change: setting.change(null) };
      }
      const level = read(input.text);
      const wanted = input.text.toLowerCase();
      if (Object.hasOwn(absent, wanted)) return { reply: `${absent[wanted]} ${hint}` };
      if (level === undefined) return { reply: `"${shorten(input.text)}" is no level of /${names[0]}. ${hint}` };
      return { reply: `${title} set to ${level}.`, change: setting.change(level) };
    },
    ...(forTurn
      ? {
          inline(word: string) {
            const level = read(word);
            return level === undefined ? undefined : forTurn(level);
          },
        }
      : {}),
  };
}

export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
