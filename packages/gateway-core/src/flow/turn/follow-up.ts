/**
 * What the end of one turn asks of another session: a sub-agent's report, the next word of two sessions that write to
 * each other, the announcement after that. All of it is written in the commit that ends the turn, so that it is
 * neither lost nor done twice.
 */
import type { TurnOutcome } from "../../agent/run-turn.ts";
import type { SqlExecutor } from "../../ports.ts";
import type { SessionStore } from "../../sessions/session-store.ts";
import type { TurnQueue } from "../../sessions/turn-queue.ts";
import type { AskedBy, FollowUp, NewTurn, Turn } from "../../sessions/turn.ts";

/** What an agent answers that has nothing to say to the other one, or nothing to tell its chat. Source: facts 4.4. */
const REPLY_SKIP = "REPLY_SKIP";
const ANNOUNCE_SKIP = "ANNOUNCE_SKIP";
const MAX_RESULT_LENGTH = 20_000;

export interface FollowUpRooms {
  readonly sessions: SessionStore;
  readonly turnQueue: TurnQueue;
}

type Ended = Exclude<TurnOutcome, { kind: "stopped" }> | { readonly kind: "timeout" };

export class FollowUps {
  readonly #rooms: FollowUpRooms;

  constructor(rooms: FollowUpRooms) {
    this.#rooms = rooms;
  }

  /** A turn that somebody stopped leads to nothing. */
  async write(sql: SqlExecutor, turn: Turn, outcome: TurnOutcome): Promise<void> {
    const { followUp } = turn.request;
    const ended = endOf(outcome);
    if (followUp?.kind === "report") {
      if (ended) await this.#report(sql, turn, { followUp, ended });
      if (followUp.cleanup === "delete")
        await this.#rooms.sessions.remove(sql, turn.sessionKey, { withTranscript: true });
    }
    if (followUp?.kind === "exchange" && ended?.kind === "done") {
      await this.#goOn(sql, turn, { followUp, said: ended.text.trim() });
    }
  }

  async #report(
    sql: SqlExecutor,
    turn: Turn,
    { followUp, ended }: { followUp: Extract<FollowUp, { kind: "report" }>; ended: Ended },
  ): Promise<void> {
    const prompt = reportOf(turn, followUp.label, ended);
    await this.#ask(sql, followUp.to, { runId: `${turn.runId}:report`, request: { prompt }, isDelivered: true });
  }

  /** The other one answers, until one has nothing to say or both have said enough. */
  async #goOn(
    sql: SqlExecutor,
    turn: Turn,
    { followUp, said }: { followUp: Extract<FollowUp, { kind: "exchange" }>; said: string },
  ): Promise<void> {
    const { asker, asked, turnsLeft } = followUp;
    if (said === "" || turnsLeft === 0) {
      const request = { prompt: announcementFor(asker), followUp: { kind: "announcement" as const } };
      return this.#ask(sql, asked, { runId: `${turn.runId}:announce`, request, isDelivered: true, needsRoute: true });
    }
    const speaker = turn.sessionKey === asked.sessionKey ? asker : asked;
    const writer = speaker === asker ? asked : asker;
    await this.#ask(sql, speaker, {
      runId: `${turn.runId}:reply`,
      request: {
        prompt: said,
        extraSystemPrompt: introductionFor(writer),
        followUp: { ...followUp, turnsLeft: turnsLeft - 1 },
      },
    });
  }

  async #ask(
    sql: SqlExecutor,
    { sessionKey, agentId }: AskedBy,
    asked: Pick<NewTurn, "runId" | "request"> & { readonly isDelivered?: true; readonly needsRoute?: true },
  ): Promise<void> {
    const { sessions, turnQueue } = this.#rooms;
    const session = await sessions.get(sessionKey, sql);
    // A session that was deleted meanwhile is not made again for this.
    if (!session || (asked.needsRoute && !session.route)) return;
    const { runId, request, isDelivered } = asked;
    const route = isDelivered && session.route ? { route: session.route } : {};
    await turnQueue.add(sql, { runId, sessionKey, agentId, source: "agent", request, ...route });
  }
}

/** The words for having nothing to say are for nobody to read. */
export function withoutSkips({ request }: Turn, outcome: TurnOutcome): TurnOutcome {
  if (outcome.kind !== "done" || !request.followUp) return outcome;
  const said = outcome.text.trim();
  return said === REPLY_SKIP || said === ANNOUNCE_SKIP ? { ...outcome, text: "" } : outcome;
}

/** What a session reads with a message of another one. */
function introductionFor({ agentId, sessionKey }: AskedBy): string {
  return [
    "# This message",
    `It does not come from your person but from the agent "${agentId}", out of its session ${sessionKey}. Your answer goes back there.`,
    `When there is nothing to answer, say exactly ${REPLY_SKIP}.`,
  ].join("\n");
}

function endOf(outcome: TurnOutcome): Ended | undefined {
  if (outcome.kind !== "stopped") return outcome;
  return outcome.stopReason === "timeout" ? { kind: "timeout" } : undefined;
}

function announcementFor({ agentId, sessionKey }: AskedBy): string {
  return [
    `[The exchange with the agent "${agentId}" (session ${sessionKey}) is over.]`,
    `Write what the chat of this session should be told of it. When it should be told nothing, say exactly ${ANNOUNCE_SKIP}.`,
  ].join("\n");
}

function reportOf(turn: Turn, label: string | undefined, ended: Ended): string {
  const result = ended.kind === "done" && ended.text.trim() !== "" ? ended.text.trim() : "none";
  return [
    `[A sub-agent has ended${label === undefined ? "" : `: ${label}`}]`,
    `Status: ${statusOf(ended)}`,
    `Result: ${result.length <= MAX_RESULT_LENGTH ? result : `${result.slice(0, MAX_RESULT_LENGTH)}…`}`,
    ...(ended.kind === "failed" ? [`Notes: ${ended.message}`] : []),
    `Stats: ${statsOf(turn, ended)}`,
    "",
    "Tell the person what came of it, in your own words. When there is nothing to tell, answer NO_REPLY.",
  ].join("\n");
}

function statusOf({ kind }: Ended): string {
  if (kind === "done") return "success";
  return kind === "failed" ? "error" : "timeout";
}

function statsOf({ sessionKey, runId }: Turn, ended: Ended): string {
  const usage = ended.kind === "done" ? ended.usage : undefined;
  const tokens = usage === undefined ? [] : [`${usage.total} tokens`];
  const cost = usage?.cost === undefined ? [] : [`$${usage.cost.total.toFixed(4)}`];
  return [...tokens, ...cost, `session ${sessionKey}`, `run ${runId}`].join(" • ");
}
