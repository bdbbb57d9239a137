/** What turns took is added up by when they ended, of all sessions or of one, a piece at a time. */
export const migration014 = /* sql */ `
CREATE INDEX turns_done ON turns (ended_at, run_id) WHERE state = 'done';
CREATE INDEX turns_done_of_session ON turns (session_key, ended_at, run_id) WHERE state = 'done';
`;
