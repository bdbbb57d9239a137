import type {
  Agent,
  AgentModel,
  AgentTurn,
  Clock,
  CompactionWish,
  Logger,
  TurnPart,
} from "@openclaw/gateway-core/ports";

import { Cooldowns } from "./models/cooldowns.ts";
import { listModels } from "./models/list.ts";
import { defaultModel } from "./models/selection.ts";
import { Calendar } from "./prompt/calendar.ts";
import { WorkspaceFiles } from "./prompt/workspace-files.ts";
import { Providers } from "./providers/providers.ts";
import type { AgentRuntimeSettings } from "./settings.ts";
import { compactSession } from "./turn/summary/compact-session.ts";
import { runTurn, type TurnHost } from "./turn/run-turn.ts";
import { ToolInputCheck } from "./turn/tool-input.ts";

export interface AgentRuntimeOptions {
  /** Asked at the start of every turn, so that a changed configuration holds from the next turn on. */
  readonly settings: () => AgentRuntimeSettings;
  readonly clock: Clock;
  readonly log: Logger;
  /** How requests are made; the global fetch when absent. */
  readonly fetch?: typeof globalThis.fetch;
}

/** Creates the default agent: any configured model, a tool loop, and `offline/echo` when nothing is configured. */
export function createAgentRuntime(options: AgentRuntimeOptions): Agent {
  return new AgentRuntime(options);
}

class AgentRuntime implements Agent {
  readonly #options: AgentRuntimeOptions;
  readonly #providers: Providers;
  readonly #workspaceFiles: WorkspaceFiles;
  readonly #calendar: Calendar;
  readonly #inputCheck: ToolInputCheck;
  readonly #cooldowns: Cooldowns;

  constructor(options: AgentRuntimeOptions) {
    this.#options = options;
    const { clock, log, fetch = globalThis.fetch } = options;
    this.#providers = new Providers({ clock, log, fetch });
    this.#workspaceFiles = new WorkspaceFiles(log);
    this.#calendar = new Calendar(log);
    this.#inputCheck = new ToolInputCheck(log);
    this.#cooldowns = new Cooldowns(clock);
  }

  runTurn(turn: AgentTurn, signal: AbortSignal): AsyncIterable<TurnPart> {
    return runTurn(turn, signal, this.#turnHost());
  }

  compact(turn: AgentTurn, wish: CompactionWish, signal: AbortSignal): AsyncIterable<TurnPart> {
    return compactSession({ turn, wish }, signal, this.#turnHost());
  }

  async listModels(): Promise<readonly AgentModel[]> {
    return listModels(this.#options.settings());
  }

  defaultModel(agentId: string): string {
    return defaultModel(this.#options.settings(), agentId);
  }

  #turnHost(): TurnHost {
    const { settings, clock, log } = this.#options;
    return {
      settings: settings(),
      clock,
      log,
      providers: this.#providers,
      workspaceFiles: this.#workspaceFiles,
      calendar: this.#calendar,
      inputCheck: this.#inputCheck,
      cooldowns: this.#cooldowns,
    };
  }
}
