import type { CronJob, CronRunEntry, CronSchedule, EventPayload } from "@openclaw/protocol";

import type { CronChange } from "../cron/cron.ts";
import type { Job, JobPayload, Schedule, Slot, SlotState } from "../cron/job.ts";

type RunStatus = CronRunEntry["status"];

/** A job as clients of both generations read it. */
export function toWireJob(job: Job): CronJob {
  const { definition, state } = job;
  const { schedule, payload, delivery, ...rest } = definition;
  const { lastStatus, scheduledSince: _since, ...stateRest } = state;
  const next = job.nextAt === undefined ? {} : { nextRunAtMs: job.nextAt };
  return {
    id: job.id,
    ...rest,
    enabled: job.enabled,
    createdAtMs: job.createdAt,
    updatedAtMs: job.updatedAt,
    schedule: toWireSchedule(schedule),
    payload: toWirePayload(payload, definition),
    ...(delivery === undefined ? {} : { delivery }),
    state: { ...stateRest, ...(lastStatus === undefined ? {} : { lastStatus, lastRunStatus: lastStatus }), ...next },
    ...next,
  };
}

/** A slot that ended. `nextAt` is the job's next one. */
export function toWireRun(slot: Slot, job: Job | undefined): CronRunEntry {
  const endedAt = slot.endedAt ?? slot.scheduledAt;
  const startedAt = slot.startedAt;
  return {
    ts: endedAt,
    jobId: slot.jobId,
    action: "finished",
    status: runStatus(slot.state),
    slot: endedState(slot.state),
    ...(slot.reason === undefined ? {} : { error: slot.reason }),
    ...(slot.summary === undefined ? {} : { summary: slot.summary }),
    runId: slot.runId,
    trigger: slot.origin,
    scheduledAtMs: slot.scheduledAt,
    ...(slot.count === 1 ? {} : { count: slot.count, untilMs: slot.untilAt ?? slot.scheduledAt }),
    ...(startedAt === undefined ? {} : { runAtMs: startedAt, durationMs: Math.max(0, endedAt - startedAt) }),
    ...(job?.nextAt === undefined ? {} : { nextRunAtMs: job.nextAt }),
    ...(job === undefined ? {} : { jobName: job.definition.name }),
  };
}

/** The `cron` event about a change; undefined for the gateway's own jobs, which have events of their own. */
export function toCronEvent(change: CronChange): EventPayload<"cron"> | undefined {
  if (change.action !== "finished") {
    const { action, job } = change;
    if (job.kind !== "job") return undefined;
    const run =
      action === "started"
        ? { runId: change.slot.runId, runAtMs: change.slot.startedAt ?? change.slot.scheduledAt }
        : {};
    const next = job.nextAt === undefined ? {} : { nextRunAtMs: job.nextAt };
    return { jobId: job.id, action, job: toWireJob(job), ...run, ...next };
  }
  const { slot, end, job } = change;
  if (slot.kind !== "job") return undefined;
  const {
    ts: _ts,
    slot: _slot,
    trigger: _trigger,
    scheduledAtMs,
    jobName: _name,
    ...entry
  } = toWireRun({ ...slot, ...end, reason: end.reason, summary: end.summary }, job);
  return {
    runAtMs: scheduledAtMs ?? slot.scheduledAt,
    ...entry,
    ...(job === undefined ? {} : { job: toWireJob(job) }),
  };
}

function toWireSchedule(schedule: Schedule): CronSchedule {
  if (schedule.kind !== "at") return schedule;
  return { ...schedule, at: new Date(schedule.atMs).toISOString() };
}

/** Clients of protocol 3 look for the delivery among the payload. */
function toWirePayload(payload: JobPayload, { delivery }: Job["definition"]): CronJob["payload"] {
  if (payload.kind === "heartbeat") return { kind: "systemEvent", text: "heartbeat" };
  if (payload.kind === "systemEvent" || !delivery) return payload;
  const { mode, channel, to, bestEffort } = delivery;
  return {
    ...payload,
    deliver: mode === "announce",
    ...(channel === undefined ? {} : { channel }),
    ...(to === undefined ? {} : { to }),
    ...(bestEffort === undefined ? {} : { bestEffortDeliver: bestEffort }),
  };
}

function runStatus(state: SlotState): RunStatus {
  return state === "done" ? "ok" : state === "failed" ? "error" : "skipped";
}

function endedState(state: SlotState): NonNullable<CronRunEntry["slot"]> {
  return state === "due" || state === "claimed" ? "skipped" : state;
}
