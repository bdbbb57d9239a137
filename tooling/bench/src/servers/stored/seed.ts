import { randomUUID } from "node:crypto";

import { SqliteStore, type Store } from "@openclaw/gateway-core";

const DAY_MS = 24 * 60 * 60 * 1000;
const REMEMBERED_DAYS = 29;
/** The chat whose message `seedPending` copies; it must have written one. */
export const sampleChat = "sample";

/** Sessions as a gateway has them after a month: each had some turns, spread over the time that is remembered. */
export async function seedSessions(store: Store, { sessions, turns }: { sessions: number; turns: number }) {
  const answer = JSON.stringify({
    text: "an answer of a few words, as most are",
    stopReason: "stop",
    provider: "bench",
    model: "fake",
    durationMs: 900,
    usage: { input: 900, output: 60, cacheRead: 0, cacheWrite: 0, total: 960, cost: { total: 0.003 } },
  });
  const now = Date.now();
  const oldest = now - REMEMBERED_DAYS * DAY_MS;
  await store.transaction(async (sql) => {
    for (let n = 0; n < sessions; n += 1) {
      const key = `agent:main:dm:seeded-${n}`;
      const route = JSON.stringify({ channel: "memory", account: "default", chatId: `seeded-${n}` });
      const origin = JSON.stringify({ provider: "memory", surface: "memory", chatType: "direct", from: `seeded-${n}` });
      const seen = Math.floor(now - (n / sessions) * (now - oldest));
      await sql.run(
        `INSERT INTO sessions (key, agent_id, session_id, chat_type, channel, route, origin, created_at, updated_at)
         VALUES (?, 'main', ?, 'direct', 'memory', ?, ?, ?, ?)`,
        key,
        `session-${n}`,
        route,
        origin,
        seen - 1_000,
        seen,
      );
      for (let turn = 0; turn < turns; turn += 1) {
        const at = Math.floor(seen - (seen - oldest) * (turn / turns));
        await sql.run(
          `INSERT INTO turns (run_id, position, session_key, agent_id, source, request, state, answer, accepted_at,
             started_at, ended_at)
           VALUES (?, ?, ?, 'main', 'channel', '{"prompt":"a question"}', 'done', ?, ?, ?, ?)`,
          `seeded-${n}-${turn}`,
          -1 - (n * turns + turn),
          key,
          answer,
          at - 1_000,
          at - 1_000,
          at,
        );
      }
    }
  });
}

/** Messages that were written down and that nobody has decided about, each of a chat of its own. */
export async function seedPending(databaseFile: string, count: number): Promise<void> {
  await using store = SqliteStore.open(databaseFile);
  const sample = await store.get<{ channel: string; account: string; raw: string }>(
    "SELECT channel, account, raw FROM inbox WHERE raw LIKE ? ORDER BY id LIMIT 1",
    `%"${sampleChat}"%`,
  );
  if (!sample) throw new Error("Nobody has written yet.");
  const { channel, account, raw } = sample;
  const now = Date.now();
  const batch = randomUUID();
  await store.transaction(async (sql) => {
    for (let n = 0; n < count; n += 1) {
      const id = `${batch}-${n}`;
      const payload = raw.replaceAll(`"${sampleChat}"`, `"${id}"`);
      const row = await sql.get<{ id: number }>(
        `INSERT INTO inbox (channel, account, event_id, origin, raw, state, received_at, updated_at)
         VALUES (?, ?, ?, 'live', ?, 'received', ?, ?) RETURNING id`,
        channel,
        account,
        id,
        payload,
        now,
        now,
      );
      const place = [channel, account, id, row?.id ?? 0];
      await sql.run("INSERT INTO inbox_names (channel, account, name, inbox_id) VALUES (?, ?, ?, ?)", ...place);
    }
  });
}
