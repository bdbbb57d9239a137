import type { CronJobInput, CronPayloadInput, CronScheduleInput } from "@openclaw/protocol";

import type { JobDefinition, JobDelivery, JobPayload, MissedPolicy, Schedule } from "../cron/job.ts";
import { GatewayError } from "../errors.ts";

const DEFAULT_MISSED: MissedPolicy = { withinMs: 10 * 60_000 };
/** ISO 8601 without an offset, which is UTC here. */
const WITHOUT_OFFSET = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;

export interface JobInput {
  readonly enabled: boolean | undefined;
  readonly definition: JobDefinition;
}

/**
 * The job that a client describes: what it leaves out comes from the job as it is, or is told by the rest. Clients of
 * both generations are read. Throws INVALID_REQUEST with the method's name.
 */
export function readJob(method: string, input: CronJobInput, before: JobDefinition | undefined, now: number): JobInput {
  const refuse = (problem: string) => new GatewayError("INVALID_REQUEST", `invalid ${method} params: ${problem}`);
  const missing = (name: string) => refuse(`must have required property '${name}'`);
  const name = input.name ?? before?.name;
  if (name === undefined) throw missing("name");
  const schedule = input.schedule ? readSchedule(input.schedule, now, refuse) : before?.schedule;
  if (!schedule) throw missing("schedule");
  const payload = input.payload ? readPayload(input.payload, before?.payload, refuse) : before?.payload;
  if (!payload) throw missing("payload");
  const expected = payload.kind === "agentTurn" ? "isolated" : "main";
  const sessionTarget = input.sessionTarget ?? (input.payload ? expected : (before?.sessionTarget ?? expected));
  if (sessionTarget !== expected) {
    const kind = sessionTarget === "main" ? "systemEvent" : "agentTurn";
    throw refuse(`${sessionTarget} cron jobs require payload.kind="${kind}"`);
  }
  const agentId = input.agentId === null ? undefined : (input.agentId ?? before?.agentId);
  const description = input.description ?? before?.description;
  const delivery = readDelivery(input, before?.delivery);
  if (delivery?.mode === "announce" && payload.kind !== "agentTurn") {
    throw refuse('delivery is for jobs with a turn of their own (payload.kind="agentTurn")');
  }
  const isolation = input.isolation ?? before?.isolation;
  const deleteAfterRun = input.deleteAfterRun ?? before?.deleteAfterRun;
  return {
    enabled: input.enabled,
    definition: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(agentId === undefined ? {} : { agentId }),
      schedule,
      sessionTarget,
      wakeMode: input.wakeMode ?? before?.wakeMode ?? "next-heartbeat",
      payload,
      ...(delivery === undefined ? {} : { delivery }),
      ...(isolation === undefined ? {} : { isolation }),
      ...(deleteAfterRun === undefined ? {} : { deleteAfterRun }),
      missed: input.missed ?? before?.missed ?? DEFAULT_MISSED,
    },
  };
}

type Refuse = (problem: string) => GatewayError;

function readSchedule(input: CronScheduleInput, now: number, refuse: Refuse): Schedule {
  const { atMs, at, everyMs, anchorMs, expr, tz } = input;
  const kind = input.kind ?? (expr !== undefined ? "cron" : everyMs !== undefined ? "every" : "at");
  switch (kind) {
    case "at": {
      if (atMs !== undefined) return { kind, atMs };
      if (at === undefined) throw refuse("at /schedule: must have required property 'at' or 'atMs'");
      const parsed = Date.parse(WITHOUT_OFFSET.test(at) ? `${at.includes(":") ? at : `${at}T00:00`}Z` : at);
      if (Number.isNaN(parsed) || parsed < 0)
        throw refuse(`at /schedule/at: "${at}" is no time; expected ISO 8601 such as 2026-12-24T18:00:00Z`);
      return { kind, atMs: parsed };
    }
    case "every":
      if (everyMs === undefined) throw refuse("at /schedule: must have required property 'everyMs'");
      return { kind, everyMs, anchorMs: anchorMs ?? now };
    case "cron":
      if (expr === undefined) throw refuse("at /schedule: must have required property 'expr'");
      return { kind, expr, ...(tz === undefined || tz === "" ? {} : { tz }) };
  }
}

function readPayload(input: CronPayloadInput, before: JobPayload | undefined, refuse: Refuse): JobPayload {
  const kind =
    input.kind ?? (input.text !== undefined ? "systemEvent" : input.message !== undefined ? "agentTurn" : before?.kind);
  if (kind === "systemEvent") {
    const text = input.text ?? (before?.kind === kind ? before.text : undefined);
    if (text === undefined) throw refuse("at /payload: must have required property 'text'");
    return { kind, text };
  }
  const old = before?.kind === "agentTurn" ? before : undefined;
  const message = input.message ?? old?.message;
  if (message === undefined) throw refuse("at /payload: must have required property 'message'");
  const model = input.model ?? old?.model;
  const thinking = input.thinking ?? old?.thinking;
  const timeoutSeconds = input.timeoutSeconds ?? old?.timeoutSeconds;
  return {
    kind: "agentTurn",
    message,
    ...(model === undefined ? {} : { model }),
    ...(thinking === undefined ? {} : { thinking }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

/** Protocol 4 says it in `delivery`, protocol 3 in the payload. A target alone is a wish to deliver. */
function readDelivery(
  { delivery, payload = {} }: CronJobInput,
  before: JobDelivery | undefined,
): JobDelivery | undefined {
  const { deliver } = payload;
  const given = delivery ?? {
    mode: deliver === undefined ? undefined : deliver ? ("announce" as const) : ("none" as const),
    channel: payload.channel,
    to: payload.to,
    accountId: undefined,
    bestEffort: payload.bestEffortDeliver,
  };
  const channel = given.channel ?? before?.channel;
  const to = given.to ?? before?.to;
  const accountId = given.accountId ?? before?.accountId;
  const bestEffort = given.bestEffort ?? before?.bestEffort;
  const mode = given.mode ?? (given.to === undefined ? before?.mode : "announce");
  if (mode === undefined && channel === undefined && to === undefined) return undefined;
  return {
    mode: mode ?? "none",
    ...(channel === undefined ? {} : { channel }),
    ...(to === undefined ? {} : { to }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(bestEffort === undefined ? {} : { bestEffort }),
  };
}

/** The job that a request names. Throws INVALID_REQUEST when it names none. */
export function readJobId(
  method: string,
  { id, jobId }: { id?: string | undefined; jobId?: string | undefined },
): string {
  const named = id ?? jobId;
  if (named !== undefined) return named;
  throw new GatewayError(
    "INVALID_REQUEST",
    `invalid ${method} params: must have required property 'id'; must have required property 'jobId'; must match a schema in anyOf`,
  );
}

/** The error about a job that is not there, as clients of the caller's generation know it. */
export function unknownJob(dialect: 3 | 4, jobId: string): GatewayError {
  if (dialect === 3)
    return new GatewayError("UNAVAILABLE", `Error: unknown cron job id: ${jobId}`, { retryable: false });
  return new GatewayError("INVALID_REQUEST", `Automation not found: ${jobId}. cron.list names the jobs there are.`, {
    details: { code: "CRON_JOB_NOT_FOUND", jobId },
  });
}
