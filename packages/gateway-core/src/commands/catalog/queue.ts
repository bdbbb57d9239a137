import type { ChatCommand, QueueChoice } from "../define.ts";
import { shorten } from "../levels.ts";

const MODES: Readonly<Record<string, NonNullable<QueueChoice["mode"]>>> = {
  collect: "collect",
  followup: "followup",
  steer: "steer",
  queue: "steer",
  "steer-backlog": "steer",
  "steer+backlog": "steer",
  interrupt: "interrupt",
};
const DROPS = ["old", "new", "summarize"] as const;
const MAX_DEBOUNCE_MS = 10 * 60_000;
const MAX_CAP = 1_000;
const HINT =
  "Write /queue with collect, followup, steer or interrupt; with debounce:2s, cap:20 or drop:old|new|summarize; or default.";

export const command: ChatCommand = {
  names: ["queue"],
  category: "session",
  summary: "What happens to messages that come while I am at work.",
  usage: "[mode] [debounce:2s] [cap:20] [drop:summarize] | default",
  run({ text, session, world }) {
    const words = text.toLowerCase().split(/\s+/u).filter(Boolean);
    const current = session.queue ?? {};
    if (words.length === 0) {
      const shown = describe({ ...current, mode: current.mode ?? modeNamed(world.defaults(session).queueMode) });
      return { reply: `Queue: ${shown}. ${HINT}` };
    }
    if (words.length === 1 && (words[0] === "default" || words[0] === "reset")) {
      return { reply: "The queue follows the configuration.", change: { queue: null } };
    }
    const parts = words.map((word) => partOf(word));
    const strange = parts.indexOf(undefined);
    if (strange >= 0) {
      return { reply: `"${shorten(words[strange] ?? "")}" means nothing to /queue; nothing was changed. ${HINT}` };
    }
    const choice = Object.assign({}, current, ...parts) as QueueChoice;
    return { reply: `Queue set to ${describe(choice)}.`, change: { queue: choice } };
  },
};

function modeNamed(word: string): NonNullable<QueueChoice["mode"]> {
  return MODES[word] ?? "collect";
}

function partOf(word: string): QueueChoice | undefined {
  const mode = Object.hasOwn(MODES, word) ? MODES[word] : undefined;
  if (mode) return { mode };
  const [name, value = ""] = word.split(":", 2);
  if (name === "drop") {
    const drop = DROPS.find((candidate) => candidate === value);
    return drop && { drop };
  }
  if (name === "cap" && /^\d{1,4}$/u.test(value)) {
    const cap = Number(value);
    return cap >= 1 && cap <= MAX_CAP ? { cap } : undefined;
  }
  return name === "debounce" ? debounceOf(value) : undefined;
}

function debounceOf(value: string): QueueChoice | undefined {
  const match = /^(\d{1,6})(ms|s|m)?$/u.exec(value);
  if (!match) return undefined;
  const unit = match[2] === "s" ? 1_000 : match[2] === "m" ? 60_000 : 1;
  const debounceMs = Number(match[1]) * unit;
  return debounceMs <= MAX_DEBOUNCE_MS ? { debounceMs } : undefined;
}

function describe({ mode, debounceMs, cap, drop }: QueueChoice): string {
  return [
    ...(mode === undefined ? [] : [mode]),
    ...(debounceMs === undefined ? [] : [`debounce:${debounceMs}ms`]),
    ...(cap === undefined ? [] : [`cap:${cap}`]),
    ...(drop === undefined ? [] : [`drop:${drop}`]),
  ].join(" ");
}
