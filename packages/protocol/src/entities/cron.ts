import * as z from "zod";

import { count, identifier, line, messageText, milliseconds, timestamp } from "./primitives.ts";

/** No job runs more often than once a second. */
const everyMs = z.int().min(1000);
const expression = z.string().min(1).max(256);

export const cronSchedule = z
  .object({
    kind: z.enum(["at", "every", "cron"]),
    atMs: timestamp.optional().describe("kind at: the instant."),
    at: z.string().optional().describe("kind at: the same instant in ISO 8601."),
    everyMs: everyMs.optional().describe("kind every: the distance between two runs."),
    anchorMs: timestamp.optional().describe("kind every: an instant the runs are counted from."),
    expr: expression.optional().describe("kind cron: five fields, or six with seconds first."),
    tz: z.string().optional().describe("kind cron: an IANA time zone; the host's without it."),
  })
  .meta({ id: "CronSchedule", description: "When a job runs." });

export const cronScheduleInput = z
  .strictObject({
    kind: z.enum(["at", "every", "cron"]).optional().describe("Told by the other fields when left out."),
    atMs: timestamp.optional(),
    at: z.string().max(64).optional().describe("ISO 8601; UTC without an offset."),
    everyMs: everyMs.optional(),
    anchorMs: timestamp.optional(),
    expr: expression.optional(),
    tz: z.string().max(64).optional(),
  })
  .meta({ id: "CronScheduleInput", description: "When a job is to run: one of at, every and cron." });

export const cronPayload = z
  .object({
    kind: z.enum(["systemEvent", "agentTurn"]),
    text: z.string().optional().describe("kind systemEvent: a line for the main session."),
    message: z.string().optional().describe("kind agentTurn: what the agent is asked."),
    model: identifier.optional(),
    thinking: identifier.optional(),
    timeoutSeconds: count.optional(),
    deliver: z.boolean().optional(),
    channel: identifier.optional(),
    to: identifier.optional(),
    bestEffortDeliver: z.boolean().optional(),
  })
  .meta({ id: "CronPayload", description: "What a job does. The delivery fields say the same as delivery." });

export const cronPayloadInput = z
  .strictObject({
    kind: z.enum(["systemEvent", "agentTurn"]).optional().describe("Told by text or message when left out."),
    text: messageText.min(1).optional(),
    message: messageText.min(1).optional(),
    model: identifier.optional(),
    thinking: identifier.optional(),
    timeoutSeconds: z.int().min(0).max(86_400).optional().describe("0 is the agent's own limit."),
    deliver: z.boolean().optional(),
    channel: identifier.optional(),
    to: identifier.optional(),
    bestEffortDeliver: z.boolean().optional(),
  })
  .meta({ id: "CronPayloadInput", description: "A line for the main session, or a turn of its own." });

export const cronDelivery = z
  .object({
    mode: z.enum(["none", "announce"]).optional().describe("announce when left out and a target is given."),
    channel: identifier.optional().describe("A channel, or last: the chat that last wrote in the main session."),
    to: identifier.optional(),
    accountId: identifier.optional(),
    bestEffort: z.boolean().optional().describe("Having nowhere to deliver to is no failure."),
  })
  .meta({ id: "CronDelivery", description: "Where the answer of a job's turn goes besides the main session." });

export const cronIsolation = z
  .object({
    postToMainPrefix: line.optional(),
    postToMainMode: z.enum(["summary", "full"]).optional(),
    postToMainMaxChars: z.int().min(0).max(100_000).optional(),
  })
  .meta({ id: "CronIsolation", description: "The line that a turn of its own leaves in the main session." });

export const cronMissedPolicy = z.union([z.enum(["skip", "run"]), z.strictObject({ withinMs: milliseconds })]).meta({
  id: "CronMissedPolicy",
  description: "What becomes of a run whose time passed while the gateway was away: skip, run, or run within a time.",
});

export const cronJobState = z
  .object({
    nextRunAtMs: timestamp.optional(),
    runningAtMs: timestamp.optional(),
    lastRunAtMs: timestamp.optional(),
    lastStatus: z.enum(["ok", "error", "skipped"]).optional(),
    lastRunStatus: z.enum(["ok", "error", "skipped"]).optional(),
    lastError: z.string().optional(),
    lastDurationMs: milliseconds.optional(),
    consecutiveErrors: count.optional(),
  })
  .meta({ id: "CronJobState", description: "What is next, and what the last run came to." });

export const cronJob = z
  .object({
    id: identifier,
    name: line,
    description: z.string().optional(),
    agentId: identifier.optional(),
    enabled: z.boolean(),
    deleteAfterRun: z.boolean().optional(),
    createdAtMs: timestamp,
    updatedAtMs: timestamp,
    schedule: cronSchedule,
    sessionTarget: z.enum(["main", "isolated"]),
    wakeMode: z.enum(["now", "next-heartbeat"]),
    payload: cronPayload,
    delivery: cronDelivery.optional(),
    isolation: cronIsolation.optional(),
    missed: cronMissedPolicy.optional(),
    state: cronJobState,
    nextRunAtMs: timestamp.optional(),
    effectiveAgentId: identifier.optional(),
  })
  .meta({ id: "CronJob", description: "A job, as it is stored." });

export const cronJobFields = {
  name: z.string().min(1).max(256).optional(),
  description: z.string().max(4096).optional(),
  agentId: identifier.nullable().optional().describe("The default agent without it; null clears it."),
  enabled: z.boolean().optional().describe("true when left out."),
  deleteAfterRun: z.boolean().optional().describe("kind at: forget the job once it ran well."),
  schedule: cronScheduleInput.optional(),
  sessionTarget: z.enum(["main", "isolated"]).optional().describe("Told by the payload when left out."),
  wakeMode: z.enum(["now", "next-heartbeat"]).optional().describe("next-heartbeat when left out."),
  payload: cronPayloadInput.optional(),
  delivery: cronDelivery.optional(),
  isolation: cronIsolation.optional(),
  missed: cronMissedPolicy.optional().describe("Within ten minutes when left out."),
};

export const cronJobInput = z
  .strictObject(cronJobFields)
  .meta({ id: "CronJobInput", description: "A job to add, or what to change of one." });

export const cronRunEntry = z
  .object({
    ts: timestamp.describe("When it ended."),
    jobId: identifier,
    action: z.literal("finished"),
    status: z.enum(["ok", "error", "skipped"]),
    slot: z.enum(["done", "failed", "missed", "skipped"]).optional().describe("What became of the slot."),
    error: z.string().optional().describe("Why it failed, was missed or was skipped."),
    summary: z.string().optional(),
    runId: identifier.optional(),
    trigger: z.enum(["schedule", "manual"]).optional(),
    scheduledAtMs: timestamp.optional(),
    untilMs: timestamp.optional().describe("Of a row that stands for several: the last of them."),
    count: count.optional().describe("How many slots the row stands for, when more than one."),
    runAtMs: timestamp.optional(),
    durationMs: milliseconds.optional(),
    nextRunAtMs: timestamp.optional(),
    jobName: line.optional(),
  })
  .meta({ id: "CronRunEntry", description: "One slot of a job and what became of it." });

/** Which job: clients of either generation name it as they do. */
export const cronJobReference = { id: identifier.optional(), jobId: identifier.optional() };
