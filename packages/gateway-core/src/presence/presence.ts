import type { PresenceEntry } from "@openclaw/protocol";

import type { ClientDescription, Clock, Timer } from "../ports.ts";

const ROW_TTL_MS = 5 * 60_000;
const MAX_ROWS = 200;
/** A burst of changes is told at once and then at most this often. */
const QUIET_MS = 200;
/** Clients that come and go with every command are not someone being there. */
const UNLISTED_MODES: ReadonlySet<string> = new Set(["cli", "backend", "probe"]);

/** A client that is connected. */
export interface PresentClient {
  readonly connectionId: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly client: ClientDescription;
  readonly deviceId?: string;
  /** Absent for a client on this machine. */
  readonly ip?: string;
}

/** What someone says about a presence of their own or of another. */
export type PresenceNote = Omit<PresenceEntry, "ts">;

export interface PresenceDependencies {
  readonly clock: Clock;
  /** The gateway's own row. */
  readonly self: Omit<PresenceEntry, "ts" | "text">;
  /** Called with the whole list when it has changed. */
  readonly publish: (entries: readonly PresenceEntry[]) => void;
}

interface Row {
  entry: PresenceEntry;
  /** Connections behind the row; it does not expire while there is one. */
  readonly connections: Set<string>;
}

/**
 * Who is here. Rows are keyed by instanceId, so that a client that reconnects keeps its row; a row that nothing
 * stands behind any more is kept for five minutes. At most 200 rows. Source: R5.5, R6.3, wire facts 11.7 to 11.9.
 */
export class Presence implements Disposable {
  readonly #dependencies: PresenceDependencies;
  readonly #rows = new Map<string, Row>();
  #version = 1;
  #quiet: Timer | undefined;
  #isStale = false;

  constructor(dependencies: PresenceDependencies) {
    this.#dependencies = dependencies;
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** The gateway's own row first, then the others, newest first. */
  list(): PresenceEntry[] {
    this.#expire();
    const others = [...this.#rows.values()].map(({ entry }) => entry).sort((a, b) => b.ts - a.ts);
    return [this.#self(), ...others];
  }

  connected(present: PresentClient): void {
    const { client, connectionId } = present;
    if (UNLISTED_MODES.has(client.mode)) return;
    const now = this.#dependencies.clock.now();
    const row = this.#merge(clientKey(present), { ...describeClient(present), reason: "connect", onlineSince: now });
    row.connections.add(connectionId);
    this.#changed();
  }

  disconnected(present: PresentClient): void {
    const key = clientKey(present);
    const row = this.#rows.get(key);
    if (!row?.connections.delete(present.connectionId) || row.connections.size > 0) return;
    // Without an identity of its own the client can not be recognised when it comes back.
    if (key === connectionKey(present)) this.#rows.delete(key);
    else this.#merge(key, { reason: "disconnect" });
    this.#changed();
  }

  /** Merges a row that a client reports, and tells everyone before it returns. */
  note(note: PresenceNote): void {
    const key = noteKey(note);
    const known = this.#rows.get(key)?.entry.ip;
    const keepsAddress = known !== undefined && note.ip !== undefined && isLoopback(note.ip);
    this.#merge(key, keepsAddress ? { ...note, ip: known } : note);
    this.#version += 1;
    this.#tell();
  }

  [Symbol.dispose](): void {
    this.#quiet?.cancel();
    this.#isStale = false;
  }

  #merge(key: string, changes: PresenceNote): Row {
    const now = this.#dependencies.clock.now();
    const known = this.#rows.get(key);
    const entry = { ...known?.entry, ...changes, ts: now };
    const row = known ?? { entry, connections: new Set() };
    row.entry = entry;
    if (!known) this.#makeRoom();
    this.#rows.set(key, row);
    return row;
  }

  /** The oldest row that nothing stands behind goes first. */
  #makeRoom(): void {
    this.#expire();
    while (this.#rows.size >= MAX_ROWS) {
      const byAge = [...this.#rows].sort(([, a], [, b]) => a.entry.ts - b.entry.ts);
      const victim = byAge.find(([, row]) => row.connections.size === 0) ?? byAge[0];
      if (!victim) return;
      this.#rows.delete(victim[0]);
    }
  }

  #expire(): void {
    const oldest = this.#dependencies.clock.now() - ROW_TTL_MS;
    for (const [key, { entry, connections }] of this.#rows) {
      if (connections.size === 0 && entry.ts < oldest) this.#rows.delete(key);
    }
  }

  #self(): PresenceEntry {
    const { clock, self } = this.#dependencies;
    const address = self.ip === undefined ? "" : ` (${self.ip})`;
    const text = `Gateway: ${self.host ?? "unknown"}${address} · app ${self.version ?? "unknown"} · mode gateway · reason self`;
    return { ...self, mode: "gateway", reason: "self", text, ts: clock.now() };
  }

  #changed(): void {
    this.#version += 1;
    if (this.#quiet) this.#isStale = true;
    else this.#tell();
  }

  #tell(): void {
    const { clock, publish } = this.#dependencies;
    this.#isStale = false;
    this.#quiet?.cancel();
    this.#quiet = clock.setTimeout(() => {
      this.#quiet = undefined;
      if (this.#isStale) this.#tell();
    }, QUIET_MS);
    publish(this.list());
  }
}

function connectionKey({ connectionId }: PresentClient): string {
  return `connection:${connectionId}`;
}

function clientKey(present: PresentClient): string {
  return identityKey(present.client.instanceId, present.deviceId) ?? connectionKey(present);
}

function noteKey({ instanceId, deviceId, host, text }: PresenceNote): string {
  return identityKey(instanceId, deviceId) ?? `name:${(host ?? text ?? "").toLowerCase()}`;
}

function identityKey(instanceId: string | undefined, deviceId: string | undefined): string | undefined {
  if (instanceId !== undefined) return `instance:${instanceId.toLowerCase()}`;
  return deviceId === undefined ? undefined : `device:${deviceId.toLowerCase()}`;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** A client on this machine says nothing about where it is, so it never overwrites an address that is known. */
function describeClient({ client, deviceId, role, scopes, ip }: PresentClient): PresenceNote {
  const { id, mode, version, platform, displayName, deviceFamily, modelIdentifier, instanceId } = client;
  return {
    host: displayName ?? id,
    ...(ip === undefined ? {} : { ip }),
    version,
    platform,
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    ...(modelIdentifier === undefined ? {} : { modelIdentifier }),
    mode,
    text: `Node: ${displayName ?? id} · mode ${mode}`,
    clientId: id,
    ...(deviceId === undefined ? {} : { deviceId }),
    ...(instanceId === undefined ? {} : { instanceId }),
    roles: [role],
    scopes: [...scopes],
  };
}
