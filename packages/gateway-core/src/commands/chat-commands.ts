import type {
  ChatCommand,
  CommandInput,
  CommandOutcome,
  CommandSession,
  CommandWorld,
  ModelChoice,
  SettingsChange,
  TurnChoice,
} from "./define.ts";
import { CHAT_COMMANDS } from "./table.gen.ts";

/** A command as somebody wrote it. */
export interface Order {
  readonly command: ChatCommand;
  /** What stands after its name. */
  readonly text: string;
}

/** What a message is: commands and nothing else, or something for the agent with wishes about how it answers. */
export type Reading =
  | { readonly kind: "commands"; readonly orders: readonly Order[] }
  | {
      readonly kind: "prompt";
      readonly text: string;
      readonly choice: TurnChoice;
      /** Questions in it that the gateway answers itself. They are not in the text. */
      readonly asides: readonly Order[];
    };

export interface ReadingContext {
  /** Turns run or wait in the conversation: then a bare "stop" means /stop. */
  readonly hasOpenTurns: () => Promise<boolean>;
  /** The message names the bot: `/status@bot` is for it, whatever the name. */
  readonly isAddressed: boolean;
  /** Only what a menu of commands writes counts: a command by its first name that stands alone, or at the beginning. */
  readonly menuOnly?: boolean;
  /** Questions inside a message are left in it, for the agent. */
  readonly keepsAsides?: boolean;
}

export type CommandGiver = Pick<CommandInput, "sender" | "isOwner"> & { readonly session: CommandSession };

const LEADING = /^\/([a-z][a-z0-9_-]{0,31})(@\S{1,64})?(?::|(?=\s|$))\s*([\s\S]*)$/iu;
const ASIDE = /(?<=^|\s)\/([a-z][a-z0-9_-]{0,31})(?=\s|$)[ \t]*/giu;
const INLINE = /(?<=^|\s)\/([a-z][a-z0-9_-]{0,31}):?[ \t]+(\S{1,200})(?:[ \t]+|(?=\s)|$)/giu;

/** Reads and runs the commands that people write in a conversation. */
export class ChatCommands {
  readonly #world: CommandWorld;
  readonly #resetTriggers: () => readonly string[];
  readonly #byName = new Map<string, ChatCommand>();

  constructor(world: Omit<CommandWorld, "commands">, resetTriggers: () => readonly string[]) {
    this.#world = { ...world, commands: () => CHAT_COMMANDS };
    this.#resetTriggers = resetTriggers;
    for (const command of CHAT_COMMANDS) for (const name of command.names) this.#byName.set(name, command);
  }

  /** The commands as menus show them. */
  menu(): { readonly name: string; readonly description: string }[] {
    return CHAT_COMMANDS.map(({ names, summary }) => ({ name: names[0], description: summary }));
  }

  /** Unknown commands, and known ones with more behind them than they take, are for the agent. */
  async read(written: string, context: ReadingContext): Promise<Reading> {
    const text = written.trim();
    if (context.menuOnly === true) return this.#fromMenu(written, context);
    const order = this.#trigger(text) ?? (await this.#bareWord(text, context)) ?? this.#leading(text, context);
    const directive = order === undefined || order.command.inline ? await this.#directives(written) : undefined;
    if (order && !isSentence(order)) return { kind: "commands", orders: [order] };
    if (!directive || (directive.orders.length === 0 && order)) {
      return order ? { kind: "commands", orders: [order] } : { kind: "prompt", text: written, choice: {}, asides: [] };
    }
    const { text: rest, asides } = context.keepsAsides
      ? { text: directive.text, asides: [] }
      : this.#asides(directive.text);
    if (rest.trim() === "") return { kind: "commands", orders: [...directive.orders, ...asides] };
    const isPlain = directive.orders.length + asides.length === 0;
    return { kind: "prompt", text: isPlain ? written : rest.trim(), choice: directive.choice, asides };
  }

  #fromMenu(written: string, context: ReadingContext): Reading {
    const order = this.#leading(written.trim(), context);
    const name = LEADING.exec(written.trim())?.[1]?.toLowerCase();
    return order && order.command.names[0] === name
      ? { kind: "commands", orders: [order] }
      : { kind: "prompt", text: written, choice: {}, asides: [] };
  }

  /** Takes out the questions that the gateway answers itself. */
  #asides(text: string): { text: string; asides: Order[] } {
    const asides: Order[] = [];
    const rest = text.replace(ASIDE, (written, name: string) => {
      const command = this.#byName.get(name.toLowerCase());
      if (!command?.answersInside) return written;
      if (!asides.some((aside) => aside.command === command)) asides.push({ command, text: "" });
      return "";
    });
    return { text: rest, asides };
  }

  /** Runs the commands of one message, in order. What they come to is carried out by the caller. */
  async run(orders: readonly Order[], { session, sender, isOwner }: CommandGiver): Promise<CommandOutcome> {
    const outcomes: CommandOutcome[] = [];
    for (const { command, text } of orders) {
      const isAllowed = isOwner || command.ownerOnly !== true;
      outcomes.push(
        isAllowed
          ? await command.run({ text, session, sender, isOwner, world: this.#world })
          : { reply: `/${command.names[0]} is for the owner of this assistant.` },
      );
    }
    return joined(outcomes);
  }

  #trigger(text: string): Order | undefined {
    const command = this.#byName.get("new");
    const lower = text.toLowerCase();
    const trigger = this.#resetTriggers().find((candidate) => {
      const word = candidate.toLowerCase();
      return word !== "" && (lower === word || lower.startsWith(`${word} `) || lower.startsWith(`${word}\n`));
    });
    return command && trigger !== undefined ? { command, text: text.slice(trigger.length).trim() } : undefined;
  }

  async #bareWord(text: string, { hasOpenTurns }: ReadingContext): Promise<Order | undefined> {
    const word = text.toLowerCase();
    const command = CHAT_COMMANDS.find(({ bareWords }) => bareWords?.includes(word));
    return command && (await hasOpenTurns()) ? { command, text: "" } : undefined;
  }

  #leading(text: string, { isAddressed }: ReadingContext): Order | undefined {
    const [, name = "", bot, rest = ""] = LEADING.exec(text) ?? [];
    const command = this.#byName.get(name.toLowerCase());
    // In a group with several bots, a command with a name behind it is for the bot of that name.
    if (!command || (bot !== undefined && !isAddressed)) return undefined;
    return command.usage === undefined && rest !== "" ? undefined : { command, text: rest.trim() };
  }

  /** Takes the directives out of a text. */
  async #directives(text: string): Promise<{ text: string; orders: Order[]; choice: TurnChoice }> {
    const orders: Order[] = [];
    const wishes: TurnChoice[] = [];
    const candidates = [...text.matchAll(INLINE)].some(([, name = ""]) => this.#isDirective(name));
    if (!candidates) return { text, orders, choice: {} };
    const models: readonly ModelChoice[] = await this.#world.models();
    const rest = text.replace(INLINE, (written, name: string, word: string) => {
      const command = this.#byName.get(name.toLowerCase());
      const wish = command?.inline?.(word, models);
      if (!command || !wish) return written;
      orders.push({ command, text: word });
      wishes.push(wish);
      return "";
    });
    return { text: rest, orders, choice: Object.assign({}, ...wishes) as TurnChoice };
  }

  #isDirective(name: string): boolean {
    return this.#byName.get(name.toLowerCase())?.inline !== undefined;
  }
}

/** Several commands of one message: what the last one says goes, and every one is answered. */
function joined(outcomes: readonly CommandOutcome[]): CommandOutcome {
  const replies = outcomes.flatMap(({ reply }) => (reply === undefined ? [] : [reply]));
  const change = Object.assign({}, ...outcomes.map((outcome) => outcome.change)) as SettingsChange;
  const all = Object.assign({}, ...outcomes) as CommandOutcome;
  return { ...all, change, ...(replies.length === 0 ? {} : { reply: replies.join("\n") }) };
}

/** A directive with more than one word behind it may be the beginning of a message for the agent. */
function isSentence({ command, text }: Order): boolean {
  return command.inline !== undefined && /\s/u.test(text);
}
