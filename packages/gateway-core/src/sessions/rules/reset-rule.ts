const DEFAULT_AT_HOUR = 4;
const DEFAULT_IDLE_MINUTES = 60;
const MINUTE_MS = 60_000;

/** One entry of the configuration about when a session begins anew. */
export interface ResetSettings {
  readonly mode?: "daily" | "idle" | undefined;
  /** Hour of the day, 0 to 23, in the host's time zone. */
  readonly atHour?: number | undefined;
  readonly idleMinutes?: number | undefined;
}

/** The part of the configuration section `session` about resets. */
export interface SessionResetSettings {
  readonly reset?: ResetSettings | undefined;
  readonly resetByType?:
    | {
        readonly dm?: ResetSettings | undefined;
        readonly group?: ResetSettings | undefined;
        readonly thread?: ResetSettings | undefined;
      }
    | undefined;
  readonly resetByChannel?: Readonly<Record<string, ResetSettings>> | undefined;
  /** Stands for an idle rule when nothing else is set. */
  readonly idleMinutes?: number | undefined;
}

/** What a rule is chosen by. */
export interface ResetSubject {
  readonly channel?: string | undefined;
  readonly type: "dm" | "group" | "thread";
}

/** A session is over at the first boundary that passes: the hour of the day, or so long without a word. */
export interface ResetRule {
  readonly atHour?: number;
  readonly idleMs?: number;
}

/** The rule for a conversation: its channel's, else its type's, else the general one; daily at 4 without any. */
export function resetRuleFor(settings: SessionResetSettings, subject: ResetSubject): ResetRule {
  const chosen =
    (subject.channel === undefined ? undefined : settings.resetByChannel?.[subject.channel]) ??
    settings.resetByType?.[subject.type] ??
    settings.reset;
  if (chosen) return ruleOf(chosen);
  const isLegacy = settings.idleMinutes !== undefined && settings.resetByType === undefined;
  return isLegacy ? ruleOf({ mode: "idle", idleMinutes: settings.idleMinutes }) : ruleOf({});
}

function ruleOf({ mode, atHour, idleMinutes }: ResetSettings): ResetRule {
  if (mode === "idle") return { idleMs: (idleMinutes ?? DEFAULT_IDLE_MINUTES) * MINUTE_MS };
  return {
    atHour: atHour ?? DEFAULT_AT_HOUR,
    ...(idleMinutes === undefined ? {} : { idleMs: idleMinutes * MINUTE_MS }),
  };
}

/** True when a session that was last written in at `lastAt` has to begin anew at `now`; epoch milliseconds. Pure. */
export function isOver(rule: ResetRule, lastAt: number, now: number): boolean {
  if (rule.idleMs !== undefined && now - lastAt > rule.idleMs) return true;
  return rule.atHour !== undefined && lastAt < latestBoundary(rule.atHour, now);
}

/** The latest instant not after `now` at which the host's clock showed the hour. */
function latestBoundary(atHour: number, now: number): number {
  const boundary = new Date(now);
  boundary.setHours(atHour, 0, 0, 0);
  if (boundary.getTime() > now) {
    boundary.setDate(boundary.getDate() - 1);
    boundary.setHours(atHour, 0, 0, 0);
  }
  return boundary.getTime();
}
