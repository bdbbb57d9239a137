import type { ExaminedCommand, FoundProgram } from "../command/examine.ts";
import { isIndirect } from "../command/indirect.ts";
import { isSafeCall } from "../command/safe-programs.ts";
import {
  type AllowlistEntry,
  allowlistOf,
  type ApprovalRules,
  type ExecApprovalsFile,
  type ExecAsk,
  type ExecSecurity,
  isUnderstood,
  rulesOf,
} from "./approvals-file.ts";

/** Everything that decides whether a command runs. */
export interface ExecPolicy {
  readonly security: ExecSecurity;
  readonly ask: ExecAsk;
  readonly askFallback: ExecSecurity;
  readonly allowlist: readonly AllowlistEntry[];
  /** Names of programs that need no entry where they only read what is piped into them. */
  readonly safeBins: readonly string[];
}

export type Verdict =
  | { readonly kind: "run"; readonly used: readonly AllowlistEntry[] }
  | {
      readonly kind: "ask";
      readonly why: string;
      /** What "allow-always" would add; empty when it may not be offered. */
      readonly patterns: readonly string[];
      /** What happens when nobody decides. */
      readonly unanswered: "run" | "refuse";
    }
  | { readonly kind: "refuse"; readonly why: string };

const SECURITY_ORDER: readonly ExecSecurity[] = ["deny", "allowlist", "full"];
const ASK_ORDER: readonly ExecAsk[] = ["always", "on-miss", "off"];

/** The policy for one agent: of what a host is set to and what the file says, whichever is stricter. */
export function policyFor(
  host: Omit<ExecPolicy, "askFallback"> & { readonly askFallback?: ExecSecurity },
  file: ExecApprovalsFile,
  agentId: string,
): ExecPolicy {
  const rules: ApprovalRules = rulesOf(file, agentId);
  return {
    security: stricter(SECURITY_ORDER, host.security, rules.security),
    ask: stricter(ASK_ORDER, host.ask, rules.ask),
    askFallback: rules.askFallback ?? host.askFallback ?? "deny",
    allowlist: [...host.allowlist, ...allowlistOf(file, agentId)],
    safeBins: host.safeBins,
  };
}

/** Whether a command runs, is asked about, or is refused. `unlisted` are variables that no entry covers. */
export function decide(command: ExaminedCommand, policy: ExecPolicy, unlisted: readonly string[] = []): Verdict {
  const { security, ask, askFallback } = policy;
  if (security === "deny") return { kind: "refuse", why: "running programs is switched off here (security is deny)" };
  const { used, missed, why } = coverage(command, policy, unlisted);
  const isListed = why === undefined;
  if (ask !== "always") {
    if (security === "full") return { kind: "run", used };
    if (isListed) return { kind: "run", used };
    if (ask === "off") return { kind: "refuse", why: `${why}, and nobody is asked here (ask is off)` };
  }
  const patterns = missed.map(({ path }) => path);
  const mayBeListed = ask !== "always" && command.opaque === undefined && unlisted.length === 0;
  return {
    kind: "ask",
    why: why ?? "every run has to be approved here (ask is always)",
    patterns: mayBeListed && !patterns.some(isIndirect) ? [...new Set(patterns)] : [],
    unanswered: askFallback === "full" || (askFallback === "allowlist" && isListed) ? "run" : "refuse",
  };
}

/** True when an entry's pattern is that of a program: case does not matter, `*` stops at a slash, `**` does not. */
export function matchesProgram(entry: AllowlistEntry, path: string): boolean {
  const { pattern } = entry;
  if (!pattern.includes("/") || !isUnderstood(entry)) return false;
  const hasWildcard = /[*?]/u.test(pattern);
  // A pattern that was meant for a folder of tools must not let a shell in with them.
  if (hasWildcard && isIndirect(path)) return false;
  const source = pattern
    .split(/(\*\*\/|\*\*|\*|\?)/u)
    .map((part) => GLOB[part] ?? part.replace(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`))
    .join("");
  return new RegExp(`^${source}$`, "isu").test(path);
}

const GLOB: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };

interface Coverage {
  readonly used: readonly AllowlistEntry[];
  readonly missed: readonly FoundProgram[];
  /** Why the command is not covered; absent when it is. */
  readonly why?: string;
}

function coverage(command: ExaminedCommand, policy: ExecPolicy, unlisted: readonly string[]): Coverage {
  const { programs, opaque } = command;
  if (opaque !== undefined) return { used: [], missed: [], why: `what it runs can not be known from it: ${opaque}` };
  const used: AllowlistEntry[] = [];
  const missed: FoundProgram[] = [];
  for (const program of programs) {
    const entry = policy.allowlist.find((candidate) => matchesProgram(candidate, program.path));
    if (entry) used.push(entry);
    else if (!isSafeCall(program.path, program.words, policy.safeBins)) missed.push(program);
  }
  const names = [...new Set(missed.map(({ path }) => path))];
  if (names.length > 0)
    return { used, missed, why: `${names.join(" and ")} ${names.length === 1 ? "is" : "are"} not allow-listed` };
  if (unlisted.length > 0)
    return { used, missed, why: `it sets ${unlisted.join(", ")}, which no allow-list entry covers` };
  return { used, missed };
}

function stricter<Word>(order: readonly Word[], one: Word, other: Word | undefined): Word {
  if (other === undefined) return one;
  return order.indexOf(one) <= order.indexOf(other) ? one : other;
}
