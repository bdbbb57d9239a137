/** The names of tools that a policy may mention, by group. Source: tool policy facts 5.4. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  runtime: ["exec", "bash", "process"],
  fs: ["read", "write", "edit", "apply_patch"],
  sessions: ["sessions_list", "sessions_history", "sessions_send", "sessions_spawn", "session_status"],
  memory: ["memory_search", "memory_get"],
  web: ["web_search", "web_fetch"],
  ui: ["browser", "canvas"],
  automation: ["cron", "gateway"],
  messaging: ["message"],
  nodes: ["nodes"],
};
/** Documented tools in no group. Channel names count as tools of old: policies that name them are understood. */
const UNGROUPED = ["agents_list", "image", "tts", "telegram", "whatsapp", "discord", "slack"];

const CORE_TOOLS: ReadonlySet<string> = new Set([...Object.values(GROUPS).flat(), ...UNGROUPED]);

/** Tools that are offered only to those who name them: without a device they are of no use. */
const OPT_IN: ReadonlySet<string> = new Set(["nodes", "canvas"]);

/** What a profile begins with; undefined for all tools. */
export const PROFILES = {
  minimal: ["session_status"],
  coding: ["group:fs", "group:runtime", "group:sessions", "group:memory", "image"],
  messaging: ["group:messaging", "sessions_list", "sessions_history", "sessions_send", "session_status"],
  full: undefined,
} as const satisfies Readonly<Record<string, readonly string[] | undefined>>;

/** True for the documented tools, whether this gateway has them or not. All others are somebody's addition. */
export function isCoreTool(name: string): boolean {
  return CORE_TOOLS.has(name.toLowerCase());
}

/** True for tools that an allow list of the gateway or of the agent has to name. */
export function isOptIn(name: string): boolean {
  return OPT_IN.has(name.toLowerCase());
}

/** True when an entry of a policy means the tool: by name, by group, or as a pattern with `*`. Case does not matter. */
export function entryNames(entry: string, tool: string): boolean {
  const wanted = entry.trim().toLowerCase();
  const name = tool.toLowerCase();
  if (wanted === "group:openclaw") return isCoreTool(name);
  if (wanted === "group:plugins") return !isCoreTool(name);
  if (wanted.startsWith("group:")) return groupMembers(wanted.slice("group:".length)).includes(name);
  return matchesPattern(wanted, name);
}

/** True when an entry means at least one documented tool. */
export function namesCoreTool(entry: string): boolean {
  return [...CORE_TOOLS].some((tool) => entryNames(entry, tool));
}

function groupMembers(group: string): readonly string[] {
  return Object.hasOwn(GROUPS, group) ? (GROUPS[group] ?? []) : [];
}

/** Linear in both lengths, so that no pattern can keep the process busy. */
function matchesPattern(pattern: string, name: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === name;
  const tail = rest.pop() ?? "";
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length < head.length + tail.length) return false;
  let position = head.length;
  for (const middle of rest) {
    const found = name.indexOf(middle, position);
    if (found === -1) return false;
    position = found + middle.length;
  }
  return position <= name.length - tail.length;
}
