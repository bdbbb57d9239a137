import { GatewayError } from "../errors.ts";
import type { SqlExecutor } from "../ports.ts";
import type { Job, JobDelivery, JobPayload, Slot } from "./job.ts";
import { mainLine } from "./main-line.ts";
import type { SlotOutcome, SlotRun } from "./slot-runner.ts";

type TurnPayload = Extract<JobPayload, { kind: "agentTurn" }>;

/** A turn that a job asks for. */
export interface JobQuestion {
  readonly runId: string;
  readonly agentId: string;
  readonly sessionKey: string;
  readonly prompt: string;
  readonly model?: string;
  readonly thinking?: string;
  readonly timeoutMs?: number;
}

export type JobAnswer = { readonly text: string } | { readonly error: string };

export interface TurnJobDependencies<Route> {
  /** True when the turn of this run id has been submitted. */
  readonly hasBegun: (runId: string) => Promise<boolean>;
  /** Forgets what was said in a session: each run is a conversation of its own. */
  readonly renewSession: (sessionKey: string) => Promise<void>;
  /** Runs a turn; undefined when the signal ended the wait. Asking again by the same run id is the same turn. */
  readonly ask: (question: JobQuestion, signal: AbortSignal) => Promise<JobAnswer | undefined>;
  /** Where an answer goes; undefined when there is nowhere. Throws GatewayError for a target that can not be. */
  readonly route: (agentId: string, delivery: JobDelivery) => Promise<Route | undefined>;
  /** Queues a message in the caller's transaction; the answer starts its delivery once that is committed. */
  readonly enqueue: (sql: SqlExecutor, route: Route, message: { runId: string; text: string }) => Promise<() => void>;
  /** Leaves a line for an agent's main session, and wakes it when asked to. */
  readonly tell: (
    sql: SqlExecutor,
    agentId: string,
    line: { text: string | undefined; wake: boolean },
  ) => Promise<void>;
}

const NOWHERE =
  "There is nowhere to deliver to: no chat has written to the assistant yet. Name channel and to, or write to it once.";

/**
 * Runs jobs that are a turn of their own. Undefined when the signal ended it: the turn goes on or waits, and the next
 * start takes the slot up again.
 */
export async function runTurnJob<Route>(
  run: SlotRun & { readonly agentId: string; readonly payload: TurnPayload },
  dependencies: TurnJobDependencies<Route>,
  signal: AbortSignal,
): Promise<SlotOutcome | undefined> {
  const { slot, job, agentId, payload } = run;
  const sessionKey = `agent:${agentId}:cron:${job.id}`.toLowerCase();
  if (!(await dependencies.hasBegun(slot.runId))) await dependencies.renewSession(sessionKey);
  const { message, model, thinking, timeoutSeconds = 0 } = payload;
  const answer = await dependencies.ask(
    {
      runId: slot.runId,
      agentId,
      sessionKey,
      prompt: `[cron:${job.id} ${job.definition.name}] ${message}`,
      ...(model === undefined ? {} : { model }),
      ...(thinking === undefined ? {} : { thinking }),
      ...(timeoutSeconds === 0 ? {} : { timeoutMs: timeoutSeconds * 1000 }),
    },
    signal,
  );
  return answer && passOn({ slot, job, agentId, answer }, dependencies);
}

interface Answered {
  readonly slot: Slot;
  readonly job: Job;
  readonly agentId: string;
  readonly answer: JobAnswer;
}

/** Delivers the answer and leaves a line about it in the main session, in the commit that ends the slot. */
async function passOn<Route>(
  { slot, job, agentId, answer }: Answered,
  dependencies: TurnJobDependencies<Route>,
): Promise<SlotOutcome> {
  const { definition } = job;
  const text = "text" in answer ? answer.text : "";
  const { route, problem } = await routeOf(definition.delivery, { agentId, text }, dependencies);
  const reason = "error" in answer ? answer.error : problem;
  let deliver: (() => void) | undefined;
  return {
    state: reason === undefined ? "done" : "failed",
    reason,
    summary: text,
    commit: async (sql) => {
      if (route !== undefined) deliver = await dependencies.enqueue(sql, route, { runId: slot.runId, text });
      const line = mainLine(definition, "error" in answer ? `failed: ${answer.error}` : text);
      await dependencies.tell(sql, agentId, { text: line, wake: definition.wakeMode === "now" });
    },
    committed: () => deliver?.(),
  };
}

async function routeOf<Route>(
  delivery: JobDelivery | undefined,
  { agentId, text }: { agentId: string; text: string },
  dependencies: TurnJobDependencies<Route>,
): Promise<{ route?: Route; problem?: string }> {
  if (delivery?.mode !== "announce" || text === "") return {};
  try {
    const route = await dependencies.route(agentId, delivery);
    if (route !== undefined) return { route };
    return delivery.bestEffort === true ? {} : { problem: NOWHERE };
  } catch (error) {
    if (delivery.bestEffort === true) return {};
    if (error instanceof GatewayError) return { problem: error.message };
    throw error;
  }
}
