import type { CronJob, CronRunEntry } from "@openclaw/protocol";

import { type Block, fields, type Text, toned } from "../output.ts";
import { ago, duration } from "./duration.ts";

/** When a job runs, in a few words. */
function scheduleText({ schedule }: CronJob): string {
  if (schedule.kind === "every") return `every ${duration(schedule.everyMs ?? 0)}`;
  if (schedule.kind === "cron")
    return schedule.tz === undefined ? (schedule.expr ?? "") : `${schedule.expr} (${schedule.tz})`;
  return schedule.at ?? new Date(schedule.atMs ?? 0).toISOString();
}

export function jobTable(jobs: readonly CronJob[], now: number): Block {
  return {
    kind: "table",
    columns: ["id", "name", "schedule", "next", "last", "target", "agent"],
    rows: jobs.map((job) => [
      job.id,
      toned("strong", job.name),
      scheduleText(job),
      nextText(job, now),
      lastText(job, now),
      job.sessionTarget,
      job.effectiveAgentId ?? job.agentId ?? "-",
    ]),
    whenEmpty: "There are no jobs.",
  };
}

/** One job in full, after a command that made or changed it. */
export function jobBlocks(job: CronJob, now: number): readonly Block[] {
  const { payload, delivery } = job;
  return [
    fields(
      ["id", toned("strong", job.id)],
      ["name", job.name],
      ["schedule", scheduleText(job)],
      ["next", nextText(job, now)],
      [payload.kind === "systemEvent" ? "line" : "message", payload.text ?? payload.message ?? "-"],
      ...(delivery?.mode === "announce"
        ? [["delivers to", `${delivery.channel ?? "last"} ${delivery.to ?? ""}`.trim()] as const]
        : []),
    ),
  ];
}

export function runTable(entries: readonly CronRunEntry[], now: number): Block {
  return {
    kind: "table",
    columns: ["slot", "state", "run", "took", "job", "detail"],
    rows: entries.map((entry) => [
      new Date(entry.scheduledAtMs ?? entry.ts).toISOString(),
      stateText(entry),
      entry.runAtMs === undefined ? "-" : ago(entry.runAtMs, now),
      entry.durationMs === undefined ? "-" : duration(entry.durationMs),
      entry.jobName ?? entry.jobId,
      entry.error ?? entry.summary ?? "",
    ]),
    whenEmpty: "Nothing has run yet.",
  };
}

function stateText({ slot, status, count }: CronRunEntry): Text {
  const state = `${slot ?? status}${count === undefined ? "" : ` x${count}`}`;
  return toned(status === "ok" ? "good" : status === "error" ? "bad" : "warn", state);
}

function nextText({ enabled, nextRunAtMs, state }: CronJob, now: number): Text {
  if (!enabled) return toned("dim", "off");
  if (state.runningAtMs !== undefined) return toned("good", "runs now");
  if (nextRunAtMs === undefined) return "-";
  return nextRunAtMs <= now ? "due" : `in ${duration(nextRunAtMs - now)}`;
}

function lastText({ state }: CronJob, now: number): Text {
  if (state.lastRunAtMs === undefined) return state.lastError ?? "-";
  const when = ago(state.lastRunAtMs, now);
  return state.lastStatus === "ok" ? toned("good", when) : toned("bad", `${state.lastStatus ?? "?"} ${when}`);
}
