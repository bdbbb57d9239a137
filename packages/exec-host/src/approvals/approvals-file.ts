import { ApprovalsFileError } from "../errors.ts";

/** What may run: nothing, what is listed, or everything. */
export type ExecSecurity = "deny" | "allowlist" | "full";
/** When an operator has to agree: never, for what is not listed, or always. */
export type ExecAsk = "off" | "on-miss" | "always";

/** A rule that is absent says nothing. Source: facts 7.4. */
export interface ApprovalRules {
  readonly security?: ExecSecurity;
  readonly ask?: ExecAsk;
  /** What counts when nobody decides in time. */
  readonly askFallback?: ExecSecurity;
  /** Kept for other programs that read the file; there are no skills here that bring programs. */
  readonly autoAllowSkills?: boolean;
}

export interface AllowlistEntry {
  readonly id?: string;
  /** A glob of a program's resolved path; a pattern without a slash matches nothing. */
  readonly pattern: string;
  /** Epoch milliseconds. */
  readonly lastUsedAt?: number;
  readonly lastUsedCommand?: string;
  readonly lastResolvedPath?: string;
}

export interface AgentApprovals extends ApprovalRules {
  readonly allowlist?: readonly AllowlistEntry[];
}

/** `exec-approvals.json`: what may run on one machine. The agent `*` stands for every agent. */
export interface ExecApprovalsFile {
  readonly version: 1;
  readonly socket?: Readonly<Record<string, unknown>>;
  readonly defaults: ApprovalRules;
  readonly agents: Readonly<Record<string, AgentApprovals>>;
}

export const EMPTY_APPROVALS: ExecApprovalsFile = { version: 1, defaults: {}, agents: {} };

const SECURITY: readonly string[] = ["deny", "allowlist", "full"];
const ASK: readonly string[] = ["off", "on-miss", "always"];
const MAX_AGENTS = 256;
const MAX_ENTRIES = 1_000;
const MAX_PATTERN = 4_096;
const ENTRY_KEYS: ReadonlySet<string> = new Set(["id", "pattern", "lastUsedAt", "lastUsedCommand", "lastResolvedPath"]);

/**
 * Checks a document. Keys that are not known here are kept, because another program may have written them. Throws
 * ApprovalsFileError that names the place.
 */
export function parseApprovals(value: unknown): ExecApprovalsFile {
  const document = record(value, "the document");
  if (document["version"] !== 1) throw invalid("version", "1", document["version"]);
  const agents = record(document["agents"] ?? {}, "agents");
  if (Object.keys(agents).length > MAX_AGENTS) throw invalid("agents", `at most ${MAX_AGENTS} agents`, undefined);
  const { socket } = document;
  return {
    ...document,
    version: 1,
    ...(socket === undefined ? {} : { socket: record(socket, "socket") }),
    defaults: rules(document["defaults"] ?? {}, "defaults"),
    agents: Object.fromEntries(Object.entries(agents).map(([id, agent]) => [id, agentRules(agent, `agents.${id}`)])),
  };
}

/** The document as others may see it: without the token of the socket. */
export function withoutSecrets(file: ExecApprovalsFile): ExecApprovalsFile {
  if (file.socket === undefined) return file;
  const { token: _token, ...socket } = file.socket;
  return { ...file, socket };
}

/** True for an entry whose every key is understood. Others may narrow what the entry means, so that they count for nothing. */
export function isUnderstood(entry: AllowlistEntry): boolean {
  return Object.keys(entry).every((key) => ENTRY_KEYS.has(key));
}

/** What one agent may run, its own list first. `agents.default` is an older name of `agents.main`. */
export function allowlistOf(file: ExecApprovalsFile, agentId: string): readonly AllowlistEntry[] {
  return [...(ownRules(file, agentId)?.allowlist ?? []), ...(file.agents["*"]?.allowlist ?? [])];
}

/** The rules of the file for one agent: its own, else those of every agent, else the defaults. */
export function rulesOf(file: ExecApprovalsFile, agentId: string): ApprovalRules {
  const { allowlist: _own, ...own } = ownRules(file, agentId) ?? {};
  const { allowlist: _every, ...every } = file.agents["*"] ?? {};
  return { ...file.defaults, ...every, ...own };
}

/** Adds a pattern to an agent's list; the same document when it is there already. */
export function withEntry(file: ExecApprovalsFile, agentId: string, entry: AllowlistEntry): ExecApprovalsFile {
  const agent = file.agents[agentId] ?? {};
  const allowlist = agent.allowlist ?? [];
  if (allowlist.some(({ pattern }) => pattern === entry.pattern)) return file;
  return { ...file, agents: { ...file.agents, [agentId]: { ...agent, allowlist: [...allowlist, entry] } } };
}

/** Takes a pattern from an agent's list; the same document when it is not there. */
export function withoutEntry(file: ExecApprovalsFile, agentId: string, pattern: string): ExecApprovalsFile {
  const agent = file.agents[agentId];
  const allowlist = agent?.allowlist?.filter((entry) => entry.pattern !== pattern);
  if (!agent || allowlist?.length === agent.allowlist?.length) return file;
  return { ...file, agents: { ...file.agents, [agentId]: { ...agent, allowlist: allowlist ?? [] } } };
}

function ownRules({ agents }: ExecApprovalsFile, agentId: string): AgentApprovals | undefined {
  if (Object.hasOwn(agents, agentId)) return agents[agentId];
  return agentId === "main" && Object.hasOwn(agents, "default") ? agents["default"] : undefined;
}

function agentRules(value: unknown, place: string): AgentApprovals {
  const { allowlist, ...rest } = record(value, place);
  const checked = rules(rest, place);
  if (allowlist === undefined) return checked;
  if (!Array.isArray(allowlist) || allowlist.length > MAX_ENTRIES) {
    throw invalid(`${place}.allowlist`, `a list of at most ${MAX_ENTRIES} entries`, typeof allowlist);
  }
  return { ...checked, allowlist: allowlist.map((entry, index) => entryOf(entry, `${place}.allowlist[${index}]`)) };
}

function entryOf(value: unknown, place: string): AllowlistEntry {
  const entry = record(value, place);
  const { pattern } = entry;
  if (typeof pattern !== "string" || pattern === "" || pattern.length > MAX_PATTERN || pattern.includes("\0")) {
    throw invalid(`${place}.pattern`, "a pattern of a program's path such as /usr/bin/git", pattern);
  }
  return { ...entry, pattern };
}

function rules(value: unknown, place: string): ApprovalRules {
  const given = record(value, place);
  oneOf(given["security"], SECURITY, `${place}.security`);
  oneOf(given["ask"], ASK, `${place}.ask`);
  oneOf(given["askFallback"], SECURITY, `${place}.askFallback`);
  return given;
}

function oneOf(value: unknown, choices: readonly string[], place: string): void {
  if (value === undefined || (typeof value === "string" && choices.includes(value))) return;
  throw invalid(place, `one of ${choices.join(", ")}`, value);
}

function record(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(place, "an object", value);
}

function invalid(place: string, expected: string, found: unknown): ApprovalsFileError {
  const was = found === undefined ? "" : `, got ${JSON.stringify(found)?.slice(0, 80)}`;
  return new ApprovalsFileError("invalid", `exec approvals: ${place} must be ${expected}${was}`);
}
