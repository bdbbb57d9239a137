/** Files that come and go with messages. */
export const migration004 = /* sql */ `
-- The file an open row sends; it is kept until the row is settled.
ALTER TABLE outbox ADD COLUMN media_id TEXT;
CREATE INDEX outbox_media ON outbox (media_id) WHERE media_id IS NOT NULL AND state IN ('queued', 'sending');

-- Files in the media directory, named by id and extension. origin names what a file is a copy of, so that the same
-- thing is fetched once.
CREATE TABLE media_files (
  id TEXT PRIMARY KEY,
  origin TEXT,
  extension TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  mime_type TEXT,
  file_name TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX media_files_origin ON media_files (origin) WHERE origin IS NOT NULL;
CREATE INDEX media_files_age ON media_files (created_at);

-- Files that came with the message of a turn, by the channel's own reference; fetched when the turn begins.
CREATE TABLE turn_media (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id TEXT NOT NULL REFERENCES turns (run_id) ON DELETE CASCADE,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  origin TEXT NOT NULL,
  reference TEXT NOT NULL
) STRICT;
CREATE INDEX turn_media_run ON turn_media (run_id);
`;
