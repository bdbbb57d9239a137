import { randomUUID } from "node:crypto";

import {
  type AgentApprovals,
  type AllowlistEntry,
  type ExecApprovalsFile,
  withEntry,
} from "./approvals/approvals-file.ts";
import type { ApprovalsStore } from "./approvals/approvals-store.ts";
import { decide, type ExecPolicy, policyFor, type Verdict } from "./approvals/decide.ts";
import { filterOverrides, type Overrides } from "./command/environment.ts";
import {
  type CommandPlaces,
  examine,
  type ExaminedCommand,
  isUnchanged,
  type WantedCommand,
} from "./command/examine.ts";
import { displayCommand } from "./command/visible.ts";
import { ApprovalsFileError } from "./errors.ts";

/** What an operator is asked. */
export interface ApprovalQuestion {
  readonly command: ExaminedCommand;
  /** As the operator reads it, with the variables it sets. */
  readonly display: string;
  readonly why: string;
  readonly policy: ExecPolicy;
  readonly agentId: string;
  /** "allow-always" may be answered. */
  readonly mayAlways: boolean;
}

/** What came of asking; undefined when nobody decided in time, or nobody could be asked. */
export type ApprovalAnswer = "allow-once" | "allow-always" | "deny" | undefined;

export interface GatekeeperOptions {
  readonly approvals: ApprovalsStore;
  /** What the host itself is set to; asked at every request. */
  readonly host: () => Parameters<typeof policyFor>[0];
  readonly now: () => number;
  readonly ask: (question: ApprovalQuestion, signal: AbortSignal) => Promise<ApprovalAnswer>;
}

export interface GateRequest extends CommandPlaces {
  readonly command: WantedCommand;
  readonly agentId: string;
  /** Variables that the request wants to set. */
  readonly environment?: Readonly<Record<string, string>>;
}

export type GateResult =
  | { readonly kind: "run"; readonly command: ExaminedCommand; readonly overrides: Overrides }
  | {
      readonly kind: "refused";
      readonly why: string;
      /** `approval`: somebody could have agreed and did not. */
      readonly by: "policy" | "approval";
    };

/** An entry's use is written down at most this often. */
const USE_NOTED_EVERY_MS = 60_000;

/**
 * Everything between a wish to run something and its running: what it would run, what the rules and the list of this
 * machine say, and an operator's word. Both a gateway and a node decide by it.
 */
export class Gatekeeper {
  readonly #options: GatekeeperOptions;

  constructor(options: GatekeeperOptions) {
    this.#options = options;
  }

  /** Throws CommandError for a command that can not be run, and the signal's reason. */
  async admit(request: GateRequest, signal: AbortSignal): Promise<GateResult> {
    const command = await examine(request.command, request);
    const overrides = filterOverrides(request.environment ?? {});
    const policy = await this.#policy(request.agentId);
    if (typeof policy === "string") return { kind: "refused", why: policy, by: "policy" };
    const verdict = decide(command, policy, overrides.unlisted);
    if (verdict.kind === "refuse") return { kind: "refused", why: verdict.why, by: "policy" };
    if (verdict.kind === "run") {
      await this.#noteUse(request.agentId, command, verdict.used);
      return { kind: "run", command, overrides };
    }
    return this.#ask({ request, command, overrides, policy, verdict }, signal);
  }

  /** A file that can not be read allows nothing; a text says why. */
  async #policy(agentId: string): Promise<ExecPolicy | string> {
    try {
      const { file } = await this.#options.approvals.read();
      return policyFor(this.#options.host(), file, agentId);
    } catch (error) {
      if (error instanceof ApprovalsFileError) return `the rules of this machine can not be used: ${error.message}`;
      throw error;
    }
  }

  async #ask(
    asking: {
      readonly request: GateRequest;
      readonly command: ExaminedCommand;
      readonly overrides: Overrides;
      readonly policy: ExecPolicy;
      readonly verdict: Extract<Verdict, { kind: "ask" }>;
    },
    signal: AbortSignal,
  ): Promise<GateResult> {
    const { request, command, overrides, policy, verdict } = asking;
    const { why, patterns, unanswered } = verdict;
    const answer = await this.#options.ask(
      {
        command,
        display: withOverrides(command.display, overrides),
        why,
        policy,
        agentId: request.agentId,
        mayAlways: patterns.length > 0,
      },
      signal,
    );
    signal.throwIfAborted();
    const refused = (reason: string): GateResult => ({ kind: "refused", why: reason, by: "approval" });
    if (answer === "deny") return refused("an operator refused it");
    if (answer === undefined && unanswered === "refuse") {
      return refused(`it needs an operator's approval, because ${why}; nobody gave one in time`);
    }
    if (!(await isUnchanged(command))) {
      return refused("a file it runs was changed while it waited for approval; ask for it again");
    }
    const now = await this.#policy(request.agentId);
    if (typeof now === "string" || now.security === "deny")
      return refused("running programs was switched off meanwhile");
    if (answer === "allow-always") await this.#remember(request.agentId, command, patterns);
    return { kind: "run", command, overrides };
  }

  async #remember(agentId: string, { display }: ExaminedCommand, patterns: readonly string[]): Promise<void> {
    const used = { lastUsedAt: this.#options.now(), lastUsedCommand: display };
    const entries = patterns.map((pattern) => ({ id: randomUUID(), pattern, ...used, lastResolvedPath: pattern }));
    await this.#change((file) => entries.reduce((changed, entry) => withEntry(changed, agentId, entry), file));
  }

  /** A list that can not be written must not keep what was allowed from running: the next time it is asked about again. */
  async #change(edit: (file: ExecApprovalsFile) => ExecApprovalsFile): Promise<void> {
    try {
      await this.#options.approvals.change(edit);
    } catch (error) {
      if (!(error instanceof ApprovalsFileError)) throw error;
    }
  }

  /** That an entry was of use helps whoever tidies the list. It is not worth failing for. */
  async #noteUse(agentId: string, command: ExaminedCommand, used: readonly AllowlistEntry[]): Promise<void> {
    const now = this.#options.now();
    const stale = new Set(used.filter(({ lastUsedAt = 0 }) => now - lastUsedAt >= USE_NOTED_EVERY_MS));
    if (stale.size === 0) return;
    const patterns = new Set([...stale].map(({ pattern }) => pattern));
    const noted = (entry: AllowlistEntry): AllowlistEntry =>
      patterns.has(entry.pattern) ? { ...entry, lastUsedAt: now, lastUsedCommand: command.display } : entry;
    await this.#change((file) => {
      const owners = [agentId, "*"].filter((owner) =>
        file.agents[owner]?.allowlist?.some(({ pattern }) => patterns.has(pattern)),
      );
      if (owners.length === 0) return file;
      const changed = owners.map((owner): [string, AgentApprovals] => [
        owner,
        { ...file.agents[owner], allowlist: file.agents[owner]?.allowlist?.map(noted) ?? [] },
      ]);
      return { ...file, agents: { ...file.agents, ...Object.fromEntries(changed) } };
    });
  }
}

function withOverrides(display: string, { kept, unlisted }: Overrides): string {
  const set = unlisted.map((name) => `${name}=${displayCommand([kept[name] ?? ""])}`);
  return [...set, display].join(" ");
}
