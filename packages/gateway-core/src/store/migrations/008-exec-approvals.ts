/**
 * Commands that wait, or waited, for an operator. \`request\` is what operators are shown, as JSON; \`requester\` names
 * who may hear of the decision later.
 */
export const migration008 = /* sql */ `
CREATE TABLE exec_approvals (
  id TEXT PRIMARY KEY,
  request TEXT NOT NULL,
  requester TEXT NOT NULL,
  status TEXT NOT NULL,
  decision TEXT,
  reason TEXT,
  resolver_kind TEXT,
  resolver_id TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  resolved_at INTEGER
);
CREATE INDEX exec_approvals_by_status ON exec_approvals (status, resolved_at);
`;
