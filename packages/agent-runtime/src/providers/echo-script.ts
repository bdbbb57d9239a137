import type { AgentErrorReason } from "@openclaw/gateway-core/ports";

/** One thing that the offline model does when a prompt scripts it. */
export type EchoAction =
  | { readonly kind: "say"; readonly text: string }
  | { readonly kind: "wait"; readonly milliseconds: number }
  | { readonly kind: "fail"; readonly reason: AgentErrorReason }
  | { readonly kind: "tool"; readonly name: string; readonly input: unknown; readonly problem?: string };

const COMMAND = /^\/(say|wait|fail|tool)(?:[ \t]+(.*))?$/u;
const MAX_ACTIONS = 50;
const MAX_WAIT_MS = 60_000;

const REASONS: ReadonlySet<string> = new Set<AgentErrorReason>([
  "authentication",
  "rate-limit",
  "overloaded",
  "network",
  "invalid-request",
  "context-length",
  "unknown-model",
  "no-credentials",
  "internal",
]);

/**
 * Reads the script in a prompt: the lines that begin with one of these, in order. Other lines are not part of it, and
 * a prompt without such a line is no script (undefined).
 * - `/tool name {"json": "input"}` calls a tool; the input is `{}` when left out
 * - `/say text` answers the text
 * - `/wait milliseconds` waits, at most a minute
 * - `/fail reason` fails with a reason that an agent may fail for, such as `rate-limit`
 */
export function readScript(prompt: string): readonly EchoAction[] | undefined {
  const actions = prompt.split("\n").flatMap((line): EchoAction[] => {
    const [, command, rest = ""] = COMMAND.exec(line.trim()) ?? [];
    return command === undefined ? [] : [readAction(command, rest.trim())];
  });
  return actions.length === 0 ? undefined : actions.slice(0, MAX_ACTIONS);
}

function readAction(command: string, rest: string): EchoAction {
  switch (command) {
    case "wait":
      return { kind: "wait", milliseconds: Math.min(Math.max(0, Number.parseInt(rest, 10) || 0), MAX_WAIT_MS) };
    case "fail":
      return { kind: "fail", reason: isReason(rest) ? rest : "internal" };
    case "tool":
      return readToolCall(rest);
    default:
      return { kind: "say", text: rest };
  }
}

function readToolCall(rest: string): EchoAction {
  const space = rest.search(/\s/u);
  if (space === -1) return { kind: "tool", name: rest, input: {} };
  const name = rest.slice(0, space);
  const text = rest.slice(space + 1);
  try {
    const input: unknown = JSON.parse(text);
    return { kind: "tool", name, input };
  } catch {
    return { kind: "tool", name, input: text, problem: "The arguments are not valid JSON." };
  }
}

function isReason(text: string): text is AgentErrorReason {
  return REASONS.has(text);
}
