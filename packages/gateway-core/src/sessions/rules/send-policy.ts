import type { Session } from "../session-row.ts";

/** The part of the configuration section `session` about what is delivered. */
export interface SendPolicySettings {
  readonly default?: "allow" | "deny" | undefined;
  readonly rules?: readonly SendRule[] | undefined;
}

export interface SendRule {
  readonly action: "allow" | "deny";
  /** Every part that is given has to fit. */
  readonly match?:
    | {
        readonly channel?: string | undefined;
        readonly chatType?: "direct" | "group" | "room" | undefined;
        /** The beginning of the session's key. */
        readonly keyPrefix?: string | undefined;
      }
    | undefined;
}

/** What a rule looks at. */
export type SendSubject = Pick<Session, "key" | "chatType" | "channel" | "sendPolicy">;

/**
 * Whether what is said in a session is delivered: what was set for it by command, else the rules, of which the first
 * that denies wins over all that allow, else the default. Pure.
 */
export function maySend(settings: SendPolicySettings | undefined, subject: SendSubject): boolean {
  if (subject.sendPolicy) return subject.sendPolicy === "allow";
  const fitting = (settings?.rules ?? []).filter((rule) => fits(rule, subject));
  if (fitting.some(({ action }) => action === "deny")) return false;
  return fitting.length > 0 || settings?.default !== "deny";
}

function fits({ match = {} }: SendRule, { key, chatType, channel }: SendSubject): boolean {
  const wireType = chatType === "channel" ? "room" : chatType;
  if (match.channel !== undefined && match.channel !== channel) return false;
  if (match.chatType !== undefined && match.chatType !== wireType) return false;
  return match.keyPrefix === undefined || key.startsWith(match.keyPrefix.toLowerCase());
}
