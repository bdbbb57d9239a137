import type { GatewayConfig } from "../config/schema.ts";

const DEFAULT_EVERY = "30m";
const DEFAULT_ACK_MAX_CHARS = 300;
const MINUTE_MS = 60_000;
const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
};
const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/;
/** More often than this nobody means. */
const SHORTEST_MS = 1_000;

export type HeartbeatOptions = NonNullable<GatewayConfig["agents"]["defaults"]["heartbeat"]>;

/** How one agent is woken without a message. */
export interface HeartbeatSettings {
  /** 0 is never. */
  readonly everyMs: number;
  /** The same for people. */
  readonly every: string;
  readonly prompt: string | undefined;
  readonly model: string | undefined;
  readonly session: string | undefined;
  /** "last", "none" or a channel id. */
  readonly target: string;
  readonly to: string | undefined;
  readonly ackMaxChars: number;
  readonly activeHours: ActiveHours | undefined;
}

export interface ActiveHours {
  /** Minutes of the day; `from` is in, `until` is not. */
  readonly from: number;
  readonly until: number;
  /** IANA; the host's without it. */
  readonly timeZone: string | undefined;
}

/** Which agents have heartbeats: those that say so, or else the default one. */
export function heartbeatAgents({ agents }: GatewayConfig, defaultAgentId: string): readonly string[] {
  const own = agents.list.filter((agent) => agent.heartbeat !== undefined).map((agent) => agent.id);
  return own.length > 0 ? own : [defaultAgentId];
}

export function heartbeatSettings({ agents }: GatewayConfig, agentId: string): HeartbeatSettings {
  const own = agents.list.find((agent) => agent.id === agentId)?.heartbeat;
  const options: HeartbeatOptions = { ...agents.defaults.heartbeat, ...own };
  const every = options.every ?? DEFAULT_EVERY;
  const { prompt, model, session, target = "last", to, ackMaxChars = DEFAULT_ACK_MAX_CHARS, activeHours } = options;
  const timeZone = agents.defaults.userTimezone;
  return {
    everyMs: parseEvery(every),
    every: typeof every === "number" ? `${every}m` : every,
    prompt,
    model,
    session,
    target,
    to,
    ackMaxChars,
    activeHours: activeHours && {
      from: minutesOf(activeHours.start ?? "00:00"),
      until: minutesOf(activeHours.end ?? "24:00"),
      timeZone,
    },
  };
}

/** Milliseconds of "30m", "1.5h" or a bare number of minutes; 0 for never. */
export function parseEvery(every: string | number): number {
  const [, amount = "0", unit = "m"] = DURATION.exec(String(every)) ?? [];
  const milliseconds = Math.round(Number(amount) * (UNITS[unit] ?? MINUTE_MS));
  return milliseconds === 0 ? 0 : Math.max(SHORTEST_MS, milliseconds);
}

/** True inside the hours. Hours whose end is before their start go over midnight. */
export function isActive(hours: ActiveHours | undefined, now: number): boolean {
  if (!hours) return true;
  const { from, until } = hours;
  const minute = minuteOfDay(now, hours.timeZone);
  if (from === until) return false;
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

function minuteOfDay(now: number, timeZone: string | undefined): number {
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const parts = new Map(
    formatIn(timeZone, options)
      .formatToParts(now)
      .map(({ type, value }) => [type, Number(value)]),
  );
  return (parts.get("hour") ?? 0) * 60 + (parts.get("minute") ?? 0);
}

/** A zone that does not exist counts as the host's, as it does for the prompt. */
function formatIn(timeZone: string | undefined, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, ...(timeZone === undefined ? {} : { timeZone }) });
  } catch {
    return new Intl.DateTimeFormat("en-GB", options);
  }
}
