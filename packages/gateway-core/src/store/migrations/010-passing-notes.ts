/** Lines about the moment, among those for the next turn of a session: fewer of them are kept, and not for long. */
export const migration010 = /* sql */ `
ALTER TABLE session_notes ADD COLUMN passing INTEGER NOT NULL DEFAULT 0;
`;
