/** Devices that offer capabilities. */
export const migration007 = /* sql */ `
-- Every node that was ever let in with a device, or was paired by token. description and surface are JSON: what it said
-- of itself, and what of its offer an operator approved. A node without approved_at was only seen.
CREATE TABLE nodes (
  node_id TEXT PRIMARY KEY,
  name TEXT,
  description TEXT NOT NULL,
  surface TEXT,
  token_hash TEXT,
  created_at INTEGER NOT NULL,
  approved_at INTEGER,
  last_seen_at INTEGER,
  last_seen_reason TEXT
) STRICT;

-- What waits for an operator: kind token for a pairing by token, surface for the offer of a connected node. One of each
-- node at a time.
CREATE TABLE node_requests (
  request_id TEXT PRIMARY KEY,
  node_id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  description TEXT NOT NULL,
  surface TEXT NOT NULL,
  is_silent INTEGER,
  is_repair INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX node_requests_expiry ON node_requests (expires_at);
`;
