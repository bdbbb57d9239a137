/** What people set for one session by chat command, the sessions' earlier lives, and what was overheard in groups. */
export const migration003 = /* sql */ `
ALTER TABLE sessions ADD COLUMN reasoning_level TEXT;
ALTER TABLE sessions ADD COLUMN response_usage TEXT;
ALTER TABLE sessions ADD COLUMN send_policy TEXT;
ALTER TABLE sessions ADD COLUMN activation TEXT;
ALTER TABLE sessions ADD COLUMN spawned_by TEXT;
-- Objects: how waiting messages are treated, and where the session began.
ALTER TABLE sessions ADD COLUMN queue TEXT;
ALTER TABLE sessions ADD COLUMN origin TEXT;
-- When a person last wrote in it; scheduled work does not count. Reset rules look at this.
ALTER TABLE sessions ADD COLUMN interacted_at INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET interacted_at = updated_at;
CREATE INDEX sessions_label ON sessions (label) WHERE label IS NOT NULL;
CREATE INDEX sessions_id ON sessions (session_id);

-- Ids a session had before it was reset; their transcripts stay.
CREATE TABLE past_sessions (
  session_id TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX past_sessions_key ON past_sessions (key, ended_at);

-- Messages of a group that asked for no answer, until the next answer takes them along.
CREATE TABLE overheard (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session_key TEXT NOT NULL,
  line TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX overheard_session ON overheard (session_key, id);
CREATE INDEX overheard_age ON overheard (created_at);
`;
