/** What people change after they wrote it, messages that come in parts, and chats that go on under another id. */
export const migration009 = /* sql */ `
-- Parts with the same album are one message; edit_of names the entry whose message a delivery changed.
ALTER TABLE inbox ADD COLUMN album TEXT;
ALTER TABLE inbox ADD COLUMN edit_of INTEGER;
CREATE INDEX inbox_album ON inbox (channel, account, album) WHERE album IS NOT NULL;
CREATE INDEX inbox_edits ON inbox (edit_of) WHERE edit_of IS NOT NULL;

-- Reactions name the message they are on.
CREATE INDEX outbox_message ON outbox (channel, account, chat_id, message_id) WHERE message_id IS NOT NULL;

CREATE TABLE moved_chats (
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  from_chat_id TEXT NOT NULL,
  to_chat_id TEXT NOT NULL,
  moved_at INTEGER NOT NULL,
  PRIMARY KEY (channel, account, from_chat_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX moved_chats_to ON moved_chats (channel, account, to_chat_id);
`;
