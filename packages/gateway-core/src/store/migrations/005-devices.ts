/** Devices that were approved, those that ask to be, and what each may do in each role. */
export const migration005 = /* sql */ `
CREATE TABLE devices (
  device_id TEXT PRIMARY KEY,
  public_key TEXT NOT NULL,
  -- As it was approved; a device that comes with another has to be approved again.
  platform TEXT,
  device_family TEXT,
  display_name TEXT,
  -- What an operator calls it, before what it calls itself.
  label TEXT,
  client_id TEXT NOT NULL,
  client_mode TEXT NOT NULL,
  last_role TEXT NOT NULL,
  remote_ip TEXT,
  approved_via TEXT NOT NULL CHECK (approved_via IN ('owner', 'silent')),
  created_at INTEGER NOT NULL,
  approved_at INTEGER NOT NULL,
  last_seen_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_kind ON devices (client_id, client_mode, approved_via);

-- What a device was approved for, a row per role. The token itself is not here: it is computed from the salt with a
-- key that lies beside the database. A revoked row grants nothing.
CREATE TABLE device_grants (
  device_id TEXT NOT NULL REFERENCES devices (device_id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('operator', 'node')),
  -- JSON lists: what was approved, and what of it the present token carries.
  approved_scopes TEXT NOT NULL,
  scopes TEXT NOT NULL,
  salt TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  rotated_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (device_id, role)
) STRICT, WITHOUT ROWID;

-- One request per device; a newer one takes the older's place.
CREATE TABLE device_requests (
  request_id TEXT PRIMARY KEY,
  device_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  platform TEXT,
  device_family TEXT,
  display_name TEXT,
  client_id TEXT NOT NULL,
  client_mode TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('operator', 'node')),
  scopes TEXT NOT NULL,
  remote_ip TEXT,
  -- What the limit per address counts by.
  network TEXT NOT NULL,
  is_repair INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX device_requests_network ON device_requests (network, created_at);
CREATE INDEX device_requests_expiry ON device_requests (expires_at);
`;
