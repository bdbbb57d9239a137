/** Scheduled work: what is to happen, and what became of every instant at which it was to happen. */
export const migration002 = /* sql */ `
-- Jobs of people, and the gateway's own (kind 'heartbeat'). Every slot up to cursor_at has its row in cron_slots; the
-- next one comes at next_at. definition holds the job as it was asked for, state what its last run left.
CREATE TABLE cron_jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  definition TEXT NOT NULL,
  state TEXT NOT NULL,
  cursor_at INTEGER NOT NULL,
  next_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cron_jobs_next ON cron_jobs (next_at) WHERE enabled = 1 AND next_at IS NOT NULL;

-- state: due | claimed | done | failed | missed | skipped. A missed row may stand for count slots up to until_at.
CREATE TABLE cron_slots (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  job_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  origin TEXT NOT NULL,
  scheduled_at INTEGER NOT NULL,
  until_at INTEGER,
  count INTEGER NOT NULL DEFAULT 1,
  state TEXT NOT NULL,
  reason TEXT,
  run_id TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  memo TEXT,
  summary TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX cron_slots_instant ON cron_slots (job_id, scheduled_at) WHERE origin = 'schedule';
CREATE UNIQUE INDEX cron_slots_run ON cron_slots (run_id);
CREATE INDEX cron_slots_job ON cron_slots (job_id, id);
CREATE INDEX cron_slots_open ON cron_slots (kind, state, scheduled_at) WHERE state IN ('due', 'claimed');
CREATE INDEX cron_slots_age ON cron_slots (created_at);

-- Lines for the next turn of a session. A line belongs to the first turn that takes it, however often that is begun.
CREATE TABLE session_notes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_key TEXT NOT NULL,
  line TEXT NOT NULL,
  run_id TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_notes_waiting ON session_notes (session_key, id) WHERE run_id IS NULL;
CREATE INDEX session_notes_run ON session_notes (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX session_notes_age ON session_notes (created_at);

CREATE TABLE heartbeat_state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
