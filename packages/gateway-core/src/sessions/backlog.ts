import type { Clock, SqlExecutor } from "../ports.ts";
import { mergePrompts, type QueueSettings, withLeftOut } from "./queue-mode.ts";
import { toTurn, type Turn, type TurnRequest, type TurnRow } from "./turn.ts";

/** The parameter is the session. The first condition is that of the index, which SQLite does not work out by itself. */
const WAITING_OF_SESSION = "state IN ('queued', 'running') AND session_key = ? AND state = 'queued'";

/** A message that is told to a turn that runs. */
export interface SteeringMessage {
  /** The run it would have been; its files go by it. */
  readonly runId: string;
  readonly prompt: string;
  readonly senders: readonly string[];
}

/** The messages that wait while their session is busy: how many may, and how they become turns. */
export class Backlog {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * What a new message of a session finds: nothing (`idle`), messages that are being gathered until it is quiet
   * (`gathering`), or work before it (`busy`).
   */
  async stateOf(sql: SqlExecutor, sessionKey: string): Promise<"idle" | "gathering" | "busy"> {
    const row = await sql.get<{ open: number; gathered: number }>(
      `SELECT count(*) AS open,
         sum(CASE WHEN state = 'queued' AND queue_mode = 'collect' AND not_before > 0 THEN 1 ELSE 0 END) AS gathered
       FROM turns WHERE state IN ('queued', 'running') AND session_key = ?`,
      sessionKey,
    );
    if (!row || row.open === 0) return "idle";
    return row.gathered === row.open ? "gathering" : "busy";
  }

  /** Keeps a chat's waiting messages together: all of them wait until it has been quiet for a while. */
  async postpone(sql: SqlExecutor, sessionKey: string, notBefore: number): Promise<void> {
    await sql.run(
      `UPDATE turns SET not_before = ? WHERE ${WAITING_OF_SESSION} AND queue_mode = 'collect' AND not_before > 0`,
      notBefore,
      sessionKey,
    );
  }

  /**
   * Makes room for one more waiting message of a session. False when the new one is the one that has to go. A message
   * that goes for it is ended; what it said is kept as a line in the next one, when the policy says so.
   */
  async makeRoom(sql: SqlExecutor, sessionKey: string, { cap, drop }: QueueSettings): Promise<boolean> {
    const waiting = await sql.all<TurnRow>(
      `SELECT * FROM turns WHERE ${WAITING_OF_SESSION} AND source = 'channel' ORDER BY position`,
      sessionKey,
    );
    const [oldest, next] = waiting;
    if (waiting.length < cap || !oldest) return true;
    if (drop === "new") return false;
    const error = {
      code: "UNAVAILABLE" as const,
      message: "Too many messages waited in this session; this one was left out.",
    };
    await sql.run(
      "UPDATE turns SET state = 'aborted', error = ?, ended_at = ? WHERE run_id = ? AND state = 'queued'",
      JSON.stringify(error),
      this.#clock.now(),
      oldest.run_id,
    );
    if (drop === "summarize" && next) {
      await this.#setPrompt(sql, next, withLeftOut(promptOf(next), promptOf(oldest)), [oldest]);
    }
    return true;
  }

  /**
   * Takes out the messages that wait to be told to a running turn, oldest first. They become part of what that turn
   * was asked, so that they are not lost should it have to be run again.
   */
  async takeSteering(sql: SqlExecutor, { runId, sessionKey }: Turn): Promise<SteeringMessage[]> {
    const rows = await sql.all<TurnRow>(
      `UPDATE turns SET state = 'merged', merged_into = ?, ended_at = ?
       WHERE ${WAITING_OF_SESSION} AND queue_mode = 'steer' RETURNING *`,
      runId,
      this.#clock.now(),
      sessionKey,
    );
    if (rows.length === 0) return [];
    const ordered = inOrder(rows);
    const prompts = ordered.map(promptOf);
    const running = await sql.get<TurnRow>("SELECT * FROM turns WHERE run_id = ?", runId);
    if (running) await this.#setPrompt(sql, running, mergePrompts([promptOf(running), ...prompts]), ordered);
    return ordered.map((row) => ({ runId: row.run_id, prompt: promptOf(row), senders: requestOf(row).senders ?? [] }));
  }

  /** Folds the other collected messages of the same chat into a turn that was just claimed. */
  async collect(sql: SqlExecutor, first: TurnRow): Promise<Turn> {
    const others = await sql.all<TurnRow>(
      `UPDATE turns SET state = 'merged', merged_into = ?, ended_at = ?
       WHERE ${WAITING_OF_SESSION} AND queue_mode = 'collect' AND reply_chat = ? RETURNING *`,
      first.run_id,
      this.#clock.now(),
      first.session_key,
      first.reply_chat,
    );
    if (others.length === 0) return toTurn(first);
    const all = inOrder([first, ...others]);
    await this.#setPrompt(sql, first, mergePrompts(all.map(promptOf)), others);
    // The answer goes where the newest message was written.
    const route = all.at(-1)?.route ?? first.route;
    const merged = await sql.get<TurnRow>(
      "UPDATE turns SET route = ? WHERE run_id = ? RETURNING *",
      route,
      first.run_id,
    );
    return toTurn(merged ?? first);
  }

  /** Whoever wrote what was put into a prompt counts among those who wrote it. */
  async #setPrompt(sql: SqlExecutor, row: TurnRow, prompt: string, from: readonly TurnRow[]): Promise<void> {
    const before = requestOf(row);
    const senders = [...new Set([before, ...from.map(requestOf)].flatMap((request) => request.senders ?? []))];
    const request: TurnRequest = { ...before, prompt, ...(senders.length === 0 ? {} : { senders }) };
    await sql.run("UPDATE turns SET request = ? WHERE run_id = ?", JSON.stringify(request), row.run_id);
  }
}

function requestOf(row: TurnRow): TurnRequest {
  return JSON.parse(row.request) as TurnRequest;
}

function promptOf(row: TurnRow): string {
  return requestOf(row).prompt;
}

function inOrder(rows: readonly TurnRow[]): TurnRow[] {
  return rows.toSorted((a, b) => a.position - b.position);
}
