/**
 * What happens to messages that come while their session is busy. A queued turn may not begin before \`not_before\`;
 * turns that were folded into another one name it.
 */
export const migration006 = /* sql */ `
ALTER TABLE turns ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN queue_mode TEXT NOT NULL DEFAULT 'followup';
ALTER TABLE turns ADD COLUMN merged_into TEXT;
ALTER TABLE turns ADD COLUMN reply_chat TEXT NOT NULL DEFAULT '';
`;
