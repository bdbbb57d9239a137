/**
 * The message walk as tables. Queues are queries over rows with a state; every row that waits has an owner or a
 * time. Instants are epoch milliseconds; columns named after an object hold its JSON.
 */
export const migration001 = /* sql */ `
-- What platforms delivered, as it came. state: received | answered | ignored | failed
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  event_id TEXT NOT NULL,
  origin TEXT NOT NULL,
  raw TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  run_id TEXT,
  received_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX inbox_received ON inbox (id) WHERE state = 'received';
CREATE INDEX inbox_age ON inbox (received_at);

-- Every name a delivery goes by; sharing one makes two deliveries the same.
CREATE TABLE inbox_names (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  inbox_id INTEGER NOT NULL REFERENCES inbox (id) ON DELETE CASCADE,
  PRIMARY KEY (channel, account, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_names_entry ON inbox_names (inbox_id);

-- How far each account has read its platform's stream.
CREATE TABLE cursors (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (channel, account, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  key TEXT PRIMARY KEY,
  agent_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  chat_type TEXT NOT NULL,
  channel TEXT,
  title TEXT,
  label TEXT,
  route TEXT,
  model TEXT,
  thinking_level TEXT,
  verbose_level TEXT,
  last_provider TEXT,
  last_model TEXT,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0,
  aborted_last_run INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_recent ON sessions (updated_at DESC);

CREATE TABLE transcript (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT NOT NULL,
  run_id TEXT,
  role TEXT NOT NULL,
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX transcript_session ON transcript (session_id, id);
CREATE INDEX transcript_run ON transcript (run_id) WHERE run_id IS NOT NULL;

-- Agent turns. state: queued | running | done | failed | aborted. A running row is its session's lane, held by lease.
CREATE TABLE turns (
  run_id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  session_key TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  source TEXT NOT NULL,
  inbox_id INTEGER,
  request TEXT NOT NULL,
  route TEXT,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  side_effects INTEGER NOT NULL DEFAULT 0,
  lease_owner TEXT,
  lease_until INTEGER,
  accepted_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  answer TEXT,
  error TEXT
) STRICT;
CREATE UNIQUE INDEX turns_lane ON turns (session_key) WHERE state = 'running';
CREATE INDEX turns_open ON turns (position) WHERE state IN ('queued', 'running');
CREATE INDEX turns_age ON turns (accepted_at);

-- Outbound messages, one row per part. state: queued | sending | sent | dead | unknown
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  run_id TEXT,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  thread_id TEXT,
  reply_to TEXT,
  content TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  labelled INTEGER NOT NULL DEFAULT 0,
  next_attempt_at INTEGER NOT NULL,
  deadline_at INTEGER NOT NULL,
  message_id TEXT,
  code TEXT,
  reason TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_open ON outbox (channel, account, chat_id, position) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_state ON outbox (state, position);
CREATE INDEX outbox_age ON outbox (created_at);

-- One counter per ordered table: positions survive pruning and never repeat.
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Side effects asked for with a key. answer is NULL while the first request is still at work.
CREATE TABLE idempotency (
  client TEXT NOT NULL,
  method TEXT NOT NULL,
  key TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  answer TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (client, method, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE pairing_requests (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  sender_id TEXT NOT NULL,
  chat_id TEXT NOT NULL,
  sender_name TEXT,
  code TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (channel, account, sender_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX pairing_requests_code ON pairing_requests (channel, code);

CREATE TABLE allowed_senders (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  sender_id TEXT NOT NULL,
  approved_at INTEGER NOT NULL,
  PRIMARY KEY (channel, account, sender_id)
) STRICT, WITHOUT ROWID;
`;
