/**
 * What waits is found without reading what ended: turns stay for 30 days, and a turn looks at the queue several times.
 * SQLite uses a partial index only where a query repeats its condition.
 */
export const migration012 = /* sql */ `
CREATE INDEX turns_waiting ON turns (position) WHERE state = 'queued';
CREATE INDEX turns_due ON turns (not_before) WHERE state = 'queued' AND not_before > 0;
CREATE INDEX turns_of_session ON turns (session_key, position) WHERE state IN ('queued', 'running');
DROP INDEX turns_open;
`;
