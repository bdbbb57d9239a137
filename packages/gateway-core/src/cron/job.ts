/** A job whose time is one instant, a distance, or an expression of the kind cron uses. */
export type Schedule =
  | { readonly kind: "at"; readonly atMs: number }
  | { readonly kind: "every"; readonly everyMs: number; readonly anchorMs: number }
  | { readonly kind: "cron"; readonly expr: string; readonly tz?: string };

/** What a slot does when its time comes. */
export type JobPayload =
  | { readonly kind: "systemEvent"; readonly text: string }
  | {
      readonly kind: "agentTurn";
      readonly message: string;
      readonly model?: string;
      readonly thinking?: string;
      /** 0 is the agent's own limit. */
      readonly timeoutSeconds?: number;
    }
  | { readonly kind: "heartbeat" };

/** Where the answer of a turn goes besides the main session. */
export interface JobDelivery {
  readonly mode: "none" | "announce";
  /** A channel id; the chat that last wrote in the main session without it. */
  readonly channel?: string;
  readonly to?: string;
  readonly accountId?: string;
  /** Having nowhere to deliver to is no failure. */
  readonly bestEffort?: boolean;
}

/** The line that a turn of its own leaves in the main session. */
export interface JobIsolation {
  readonly postToMainPrefix?: string | undefined;
  readonly postToMainMode?: "summary" | "full" | undefined;
  readonly postToMainMaxChars?: number | undefined;
}

/** What becomes of a slot whose time passed while nobody was there. */
export type MissedPolicy = "skip" | "run" | { readonly withinMs: number };

/** A job as it was asked for. */
export interface JobDefinition {
  readonly name: string;
  readonly description?: string;
  /** The default agent without it. */
  readonly agentId?: string;
  readonly schedule: Schedule;
  readonly sessionTarget: "main" | "isolated";
  readonly wakeMode: "now" | "next-heartbeat";
  readonly payload: JobPayload;
  readonly delivery?: JobDelivery;
  readonly isolation?: JobIsolation;
  readonly deleteAfterRun?: boolean;
  readonly missed: MissedPolicy;
}

/** What the last run left. */
export interface JobState {
  /** Since when the schedule is what it is: it has no slots before. */
  readonly scheduledSince?: number;
  readonly runningAtMs?: number;
  readonly lastRunAtMs?: number;
  readonly lastStatus?: "ok" | "error" | "skipped";
  readonly lastError?: string;
  readonly lastDurationMs?: number;
  readonly consecutiveErrors?: number;
}

/** People's jobs, and the gateway's own. */
export type JobKind = "job" | "heartbeat";

export interface Job {
  readonly id: string;
  readonly kind: JobKind;
  readonly enabled: boolean;
  readonly definition: JobDefinition;
  readonly state: JobState;
  /** Every slot up to here has its row. */
  readonly cursorAt: number;
  /** Undefined when no slot is left, and for a job that is switched off. */
  readonly nextAt: number | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type SlotState = "due" | "claimed" | "done" | "failed" | "missed" | "skipped";

/** One instant at which a job was to run, and what became of it. */
export interface Slot {
  readonly id: number;
  readonly jobId: string;
  readonly kind: JobKind;
  readonly origin: "schedule" | "manual";
  readonly scheduledAt: number;
  /** Of a row that stands for several slots: the last of them. */
  readonly untilAt: number | undefined;
  readonly count: number;
  readonly state: SlotState;
  /** Why it failed, was missed or was skipped. */
  readonly reason: string | undefined;
  /** The same however often the slot is begun: what it causes goes by this name. */
  readonly runId: string;
  readonly attempts: number;
  /** What whoever runs it wrote down before it began. */
  readonly memo: unknown;
  readonly summary: string | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
}
