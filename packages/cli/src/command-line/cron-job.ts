import type { CronJobInput } from "@openclaw/protocol";

import { CliError } from "../errors.ts";
import { choice, integer, type Option, text, type Values } from "./options.ts";
import { parseDuration, parseInstant } from "./time.ts";

const SCHEDULES = ["at", "every", "cron"] as const;
const PAYLOADS = ["systemEvent", "message"] as const;

/** What `cron add` and `cron edit` say of a job in the same way. */
export const CRON_JOB_OPTIONS = {
  description: text("--description <text>", "What it is for"),
  at: instant("--at <when>", "Run once: ISO 8601 (UTC without an offset), or a time from now such as 20m"),
  every: duration("--every <time>", "Run again and again, for example every 10m or 1h"),
  cron: text("--cron <expression>", "Run by a cron expression, five fields (six with seconds)"),
  tz: text("--tz <zone>", "Time zone of --cron, IANA (default: the gateway's)"),
  systemEvent: text("--system-event <text>", "Leave this line for the main session"),
  message: text("--message <text>", "Ask the agent this, in a session of its own"),
  session: choice("--session <target>", ["main", "isolated"], "Told by the payload when left out"),
  wake: choice(
    "--wake <mode>",
    ["now", "next-heartbeat"],
    "When the main session looks at it (default: next-heartbeat)",
  ),
  agent: text("--agent <id>", "The agent it is for (default: the default one)"),
  model: text("--model <provider/model>", "Model of its turns"),
  thinking: text("--thinking <level>", "How much the model thinks"),
  timeoutSeconds: integer(
    "--timeout-seconds <n>",
    { minimum: 0, maximum: 86_400 },
    "Longest turn; 0 is the agent's own limit",
  ),
  channel: text(
    "--channel <channel>",
    "Deliver the answer on this channel; last is where the main session was last written to",
  ),
  to: text("--to <target>", "Deliver the answer to this chat"),
  postPrefix: text("--post-prefix <text>", "What the line in the main session begins with (default: Cron)"),
  postMode: choice(
    "--post-mode <mode>",
    ["summary", "full"],
    "How much of the answer that line holds (default: summary)",
  ),
  postMaxChars: integer(
    "--post-max-chars <n>",
    { minimum: 0, maximum: 100_000 },
    "And how long it gets (default: 8000)",
  ),
  missed: text(
    "--missed <policy>",
    "When its time passed unseen: skip, run, or within a time such as 10m (the default)",
  ),
} as const;

export type CronJobValues = Values<typeof CRON_JOB_OPTIONS>;

/** How the answer is to be delivered, from flags that differ between the two commands. */
export interface DeliveryFlags {
  readonly deliver: boolean | undefined;
  readonly bestEffort: boolean | undefined;
}

/** The job, or the change, that the options say; empty parts are left out. Throws a usage error. */
export function cronJobOf(values: CronJobValues, { deliver, bestEffort }: DeliveryFlags): CronJobInput {
  const { description, wake, session, agent } = values;
  const isDelivering = deliver ?? (values.to === undefined ? undefined : true);
  const delivery = without({
    mode: isDelivering === undefined ? undefined : isDelivering ? ("announce" as const) : ("none" as const),
    channel: values.channel,
    to: values.to,
    bestEffort,
  });
  const isolation = without({
    postToMainPrefix: values.postPrefix,
    postToMainMode: values.postMode,
    postToMainMaxChars: values.postMaxChars,
  });
  return without({
    description,
    schedule: scheduleOf(values),
    payload: payloadOf(values),
    wakeMode: wake,
    sessionTarget: session,
    agentId: agent,
    delivery: Object.keys(delivery).length === 0 ? undefined : delivery,
    isolation: Object.keys(isolation).length === 0 ? undefined : isolation,
    missed: missedOf(values.missed),
  });
}

/** Throws a usage error unless exactly one of the options of each kind is given. */
export function requireOneOfEach(values: CronJobValues): void {
  if (given(values, SCHEDULES).length === 0) throw usage("When is it to run?", "Give one of --at, --every and --cron.");
  if (given(values, PAYLOADS).length === 0) throw usage("What is it to do?", "Give --system-event or --message.");
}

function scheduleOf(values: CronJobValues): CronJobInput["schedule"] {
  const kinds = given(values, SCHEDULES);
  if (kinds.length > 1) throw usage("A job has one schedule.", "Give one of --at, --every and --cron.");
  if (values.tz !== undefined && values.cron === undefined)
    throw usage("--tz is the time zone of --cron.", "Leave it out, or give --cron as well.");
  if (values.at !== undefined) return { kind: "at", atMs: values.at };
  if (values.every !== undefined) return { kind: "every", everyMs: values.every };
  if (values.cron === undefined) return undefined;
  return { kind: "cron", expr: values.cron, ...(values.tz === undefined ? {} : { tz: values.tz }) };
}

function payloadOf(values: CronJobValues): CronJobInput["payload"] {
  const kinds = given(values, PAYLOADS);
  if (kinds.length > 1) throw usage("A job does one thing.", "Give --system-event or --message.");
  if (values.systemEvent !== undefined) return { kind: "systemEvent", text: values.systemEvent };
  const { message, model, thinking, timeoutSeconds } = values;
  const payload = without({ message, model, thinking, timeoutSeconds });
  return Object.keys(payload).length === 0 ? undefined : { kind: "agentTurn", ...payload };
}

function missedOf(word: string | undefined): CronJobInput["missed"] {
  if (word === undefined || word === "skip" || word === "run") return word;
  try {
    return { withinMs: parseDuration(word) };
  } catch {
    throw usage(`--missed is ${JSON.stringify(word)}.`, "Give skip, run, or a time such as 10m.");
  }
}

function given(values: CronJobValues, names: readonly (keyof CronJobValues)[]): readonly string[] {
  return names.filter((name) => values[name] !== undefined);
}

function usage(message: string, remedy: string): CliError {
  return new CliError("usage", message, remedy);
}

type Without<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

function without<T extends object>(value: T): Without<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Without<T>;
}

function instant(flags: string, summary: string): Option<number | undefined> {
  return { flags, summary, parse: (word) => parseInstant(word, Date.now()) };
}

function duration(flags: string, summary: string): Option<number | undefined> {
  return { flags, summary, parse: parseDuration };
}
