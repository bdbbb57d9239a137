/** How a waiting message is treated while a turn runs, as set for one session. */
export interface QueueChoice {
  readonly mode?: "collect" | "steer" | "followup" | "interrupt";
  readonly debounceMs?: number;
  readonly cap?: number;
  readonly drop?: "old" | "new" | "summarize";
}

/** What commands may set for a session; undefined leaves what is set, null clears it. */
export interface SettingsChange {
  readonly model?: string | null;
  readonly thinkingLevel?: string | null;
  readonly verboseLevel?: string | null;
  readonly reasoningLevel?: string | null;
  readonly responseUsage?: string | null;
  readonly sendPolicy?: "allow" | "deny" | null;
  readonly activation?: "mention" | "always" | null;
  readonly queue?: QueueChoice | null;
}

/** The conversation a command is given in, as it stands. */
export interface CommandSession {
  readonly key: string;
  readonly agentId: string;
  readonly chatType: "direct" | "group" | "channel";
  /** Absent for a conversation nobody has spoken in. */
  readonly sessionId?: string;
  readonly model?: string;
  readonly thinkingLevel?: string;
  readonly verboseLevel?: string;
  readonly reasoningLevel?: string;
  readonly responseUsage?: string;
  readonly sendPolicy?: "allow" | "deny";
  readonly activation?: "mention" | "always";
  readonly queue?: QueueChoice;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly totalTokens?: number;
  readonly updatedAt?: number;
}

/** A model a person may choose. */
export interface ModelChoice {
  /** As provider/model. */
  readonly reference: string;
  readonly alias?: string;
  /** In tokens. */
  readonly contextWindow: number;
}

/** What commands can find out. Nothing in it changes anything. */
export interface CommandWorld {
  readonly version: string;
  now(): number;
  /** As provider/model. */
  defaultModel(agentId: string): string;
  models(): Promise<readonly ModelChoice[]>;
  /** What a session uses that has nothing of its own set. */
  defaults(session: CommandSession): { thinking: string; queueMode: string; activation: "mention" | "always" };
  /** What the turns of a session took, and those of all sessions today and in thirty days. In US dollars. */
  spending(sessionKey: string): Promise<Readonly<Record<"session" | "today" | "month", Spending>>>;
  /** How often a session was summarised. */
  compactions(sessionId: string): Promise<number>;
  /** How many turns of a session and of its sub-agents run or wait. */
  openTurns(sessionKey: string): Promise<number>;
  /** Every command there is. */
  commands(): readonly ChatCommand[];
}

/** What turns took. */
export interface Spending {
  readonly tokens: number;
  readonly cost: number;
  /** Turns whose model has no price. */
  readonly unpriced: number;
}

export interface CommandInput {
  /** What stands after the command's name, trimmed. */
  readonly text: string;
  readonly session: CommandSession;
  readonly sender: { readonly id: string; readonly channel: string; readonly name?: string };
  readonly isOwner: boolean;
  readonly world: CommandWorld;
}

/** What a command comes to. The corridor carries it out, in the commit that settles the message it came in. */
export interface CommandOutcome {
  /** What the person reads. Without it, `prompt` is answered by the agent. */
  readonly reply?: string;
  readonly change?: SettingsChange;
  /** The session begins anew. */
  readonly reset?: true;
  /** What runs and waits in the session is ended first. */
  readonly stop?: true;
  /** What the agent is asked then. */
  readonly prompt?: string;
  /** A command that waits for an operator is decided about first. What became of it follows the reply. */
  readonly approval?: { readonly id: string; readonly decision: string; readonly by: string };
  /** The conversation is summarised, in a turn of its own. */
  readonly compact?: { readonly instructions?: string };
}

/** What a directive asks for when it stands inside a message: for that message alone. */
export interface TurnChoice {
  readonly model?: string;
  readonly thinking?: string;
  readonly verbose?: string;
  readonly reasoning?: string;
}

/** One chat command. Pure: it says what is to happen, and does nothing itself. */
export interface ChatCommand {
  /** Without the slash, lower-case; the first one is its name. */
  readonly names: readonly [string, ...string[]];
  /** Where lists of commands show it. Source: the published schema of protocol 4. */
  readonly category: "session" | "options" | "status" | "management";
  /** One sentence. */
  readonly summary: string;
  /** What may stand after the name; a command without it takes nothing, and a longer message is none. */
  readonly usage?: string;
  /** For the assistant's owner only. */
  readonly ownerOnly?: true;
  /** Words that, alone, mean the command while a turn runs. */
  readonly bareWords?: readonly string[];
  run(input: CommandInput): CommandOutcome | Promise<CommandOutcome>;
  /** True for a question that is answered inside a longer message too, beside what the agent answers to the rest. */
  readonly answersInside?: true;
  /** Reads the word after the name inside a message; undefined when the two are no directive. */
  readonly inline?: (word: string, models: readonly ModelChoice[]) => TurnChoice | undefined;
}
