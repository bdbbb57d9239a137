import { randomUUID } from "node:crypto";
import { DatabaseSync } from "node:sqlite";

const DAY_MS = 24 * 60 * 60 * 1000;
const REMEMBERED_DAYS = 29;
/** The chat whose message `seedPending` copies; it must have written one. */
export const sampleChat = "sample";

/** Sessions as a gateway has them after a month: each had some turns, spread over the time that is remembered. */
export function seedSessions(databaseFile: string, { sessions, turns }: { sessions: number; turns: number }): void {
  using database = new DatabaseSync(databaseFile, { timeout: 5_000 });
  const answer = JSON.stringify({
    text: "an answer of a few words, as most are",
    stopReason: "stop",
    provider: "bench",
    model: "fake",
    durationMs: 900,
    usage: { input: 900, output: 60, cacheRead: 0, cacheWrite: 0, total: 960, cost: { total: 0.003 } },
  });
  const addSession = database.prepare(
    `INSERT INTO sessions (key, agent_id, session_id, chat_type, channel, route, origin, created_at, updated_at)
     VALUES (?, 'main', ?, 'direct', 'memory', ?, ?, ?, ?)`,
  );
  const addTurn = database.prepare(
    `INSERT INTO turns (run_id, position, session_key, agent_id, source, request, state, answer, accepted_at, started_at,
       ended_at) VALUES (?, ?, ?, 'main', 'channel', '{"prompt":"a question"}', 'done', ?, ?, ?, ?)`,
  );
  const now = Date.now();
  database.exec("BEGIN IMMEDIATE");
  for (let n = 0; n < sessions; n += 1) {
    const key = `agent:main:dm:seeded-${n}`;
    const route = JSON.stringify({ channel: "memory", account: "default", chatId: `seeded-${n}` });
    const origin = JSON.stringify({ provider: "memory", surface: "memory", chatType: "direct", from: `seeded-${n}` });
    const seen = now - (n / sessions) * REMEMBERED_DAYS * DAY_MS;
    addSession.run(key, `session-${n}`, route, origin, Math.floor(seen) - 1_000, Math.floor(seen));
    for (let turn = 0; turn < turns; turn += 1) {
      const at = Math.floor(seen - (seen - (now - REMEMBERED_DAYS * DAY_MS)) * (turn / turns));
      addTurn.run(`seeded-${n}-${turn}`, -1 - (n * turns + turn), key, answer, at - 1_000, at - 1_000, at);
    }
  }
  database.exec("COMMIT");
}

/** Messages that were written down and that nobody has decided about, each of a chat of its own. */
export function seedPending(databaseFile: string, count: number): void {
  using database = new DatabaseSync(databaseFile, { timeout: 5_000 });
  const sample = database
    .prepare("SELECT channel, account, raw FROM inbox WHERE raw LIKE ? ORDER BY id LIMIT 1")
    .get(`%"${sampleChat}"%`) as { channel: string; account: string; raw: string } | undefined;
  if (!sample) throw new Error("Nobody has written yet.");
  const { channel, account, raw } = sample;
  const add = database.prepare(
    `INSERT INTO inbox (channel, account, event_id, origin, raw, state, received_at, updated_at)
     VALUES (?, ?, ?, 'live', ?, 'received', ?, ?) RETURNING id`,
  );
  const name = database.prepare("INSERT INTO inbox_names (channel, account, name, inbox_id) VALUES (?, ?, ?, ?)");
  const now = Date.now();
  const batch = randomUUID();
  database.exec("BEGIN IMMEDIATE");
  for (let n = 0; n < count; n += 1) {
    const id = `${batch}-${n}`;
    const row = add.get(channel, account, id, raw.replaceAll(`"${sampleChat}"`, `"${id}"`), now, now) as { id: number };
    name.run(channel, account, id, row.id);
  }
  database.exec("COMMIT");
}
