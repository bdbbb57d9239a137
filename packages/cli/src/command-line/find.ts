import { CliError } from "../errors.ts";

/** A family of commands that share their first word. */
export interface Group {
  readonly summary: string;
  /** The key of the command that the first word alone means. */
  readonly fallback?: string;
}

export const GROUPS: Readonly<Record<string, Group>> = {
  approvals: { summary: "Decide what agents and nodes may run", fallback: "approvals.get" },
  channels: { summary: "Look at the chat channels" },
  config: { summary: "Look at the configuration file and change it" },
  devices: { summary: "Decide which devices may connect, and as what", fallback: "devices.list" },
  gateway: { summary: "Run a gateway, or ask a running one", fallback: "gateway.run" },
  cron: { summary: "Have things done by the clock" },
  inbox: { summary: "Look at inbound messages", fallback: "inbox.list" },
  message: { summary: "Send messages through a channel" },
  node: { summary: "Be a node of a gateway" },
  nodes: { summary: "Look at devices that offer something, and use it", fallback: "nodes.status" },
  outbox: { summary: "Look at outbound messages and decide about them", fallback: "outbox.list" },
  pairing: { summary: "Decide who may write to the gateway's accounts" },
  sessions: { summary: "Look at the conversations", fallback: "sessions.list" },
  system: { summary: "Tell the agent of events; look at heartbeats and presence" },
};

/** What the words on the command line mean. */
export type Found =
  | { readonly kind: "command"; readonly key: string; readonly rest: readonly string[] }
  /** Help for a group of commands, by the words that their names begin with. */
  | { readonly kind: "group"; readonly name: string }
  /** Help for everything. */
  | { readonly kind: "root" };

/** The longest name of a command, in words. */
const MAX_WORDS = 4;

/**
 * Finds the command that the words call, the one with the longest name of those that fit. `keys` are the names with
 * dots for spaces, `invocation` how this program is started. Throws a usage error.
 */
export function findCommand(words: readonly string[], keys: readonly string[], invocation: string): Found {
  const [first] = words;
  if (first === undefined) return { kind: "root" };
  if (first === "help") return findHelp(words.slice(1), keys, invocation);
  const firstOption = words.findIndex((word) => word.startsWith("-"));
  const names = words.slice(0, firstOption === -1 ? MAX_WORDS : Math.min(firstOption, MAX_WORDS));
  for (let count = names.length; count > 0; count -= 1) {
    const key = names.slice(0, count).join(".");
    if (keys.includes(key)) return { kind: "command", key, rest: words.slice(count) };
  }
  const group = GROUPS[first];
  if (group === undefined) {
    throw unknown(first, [...new Set(keys.map((key) => key.split(".")[0] ?? key))], `${invocation} --help`);
  }
  if (names.length === 1 && group.fallback !== undefined) {
    return { kind: "command", key: group.fallback, rest: words.slice(1) };
  }
  const within = `${names.join(".")}.`;
  if (keys.some((key) => key.startsWith(within))) return { kind: "group", name: names.join(" ") };
  const known = keys.filter((key) => key.startsWith(`${first}.`)).map((key) => key.replaceAll(".", " "));
  throw unknown(names.join(" "), known, `${invocation} ${first} --help`);
}

function findHelp(words: readonly string[], keys: readonly string[], invocation: string): Found {
  const found = findCommand(words, keys, invocation);
  return found.kind === "command" ? { ...found, rest: ["--help"] } : found;
}

function unknown(typed: string, known: readonly string[], help: string): CliError {
  const near = known
    .map((name) => ({ name, distance: editDistance(typed, name) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(name.length / 3)))
    .sort((left, right) => left.distance - right.distance)[0];
  return new CliError(
    "usage",
    `There is no command "${typed}".${near === undefined ? "" : ` Did you mean "${near.name}"?`}`,
    `See: ${help}`,
  );
}

/** How many single-character edits lie between two words. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
