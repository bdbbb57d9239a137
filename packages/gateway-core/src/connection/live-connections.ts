import type { Peer } from "./caller.ts";
import type { Connection } from "./connection.ts";

/** Source: wire facts 9.14. */
const DEVICE_REMOVED = 4001;

export interface PopulationLimits {
  readonly maxConnections: number;
  /** Sockets that have not been let in yet: from one network, and altogether. */
  readonly maxOpeningPerNetwork: number;
  readonly maxOpening: number;
}

export const POPULATION_LIMITS: PopulationLimits = {
  maxConnections: 1_024,
  maxOpeningPerNetwork: 128,
  maxOpening: 512,
};

/** Every open socket, and whether there is room for another. */
export class LiveConnections {
  readonly #limits: PopulationLimits;
  readonly #all = new Set<Connection>();
  readonly #opening = new Set<Connection>();
  readonly #openingPerNetwork = new Map<string, number>();

  constructor(limits: PopulationLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<Connection> {
    return this.#all.values();
  }

  /** False when a socket from there would be one too many. */
  hasRoom({ network }: Peer): boolean {
    const { maxConnections, maxOpening, maxOpeningPerNetwork } = this.#limits;
    if (this.#all.size >= maxConnections || this.#opening.size >= maxOpening) return false;
    return (this.#openingPerNetwork.get(network) ?? 0) < maxOpeningPerNetwork;
  }

  opened(connection: Connection): void {
    this.#all.add(connection);
    this.#opening.add(connection);
    this.#count(connection.peer, 1);
  }

  /** The connection was let in, so it no longer counts as one that might be an attack. */
  letIn(connection: Connection): void {
    if (this.#opening.delete(connection)) this.#count(connection.peer, -1);
  }

  closed(connection: Connection): void {
    this.letIn(connection);
    this.#all.delete(connection);
  }

  /**
   * Closes a device's connections, of one role or of all, those that are still in their handshake too. The connection
   * `asker` is closed after what it is being told now.
   */
  disconnect(deviceId: string, role: string | undefined, asker?: string): void {
    for (const connection of this.#all) {
      const { principal } = connection;
      if (principal?.deviceId !== deviceId || (role !== undefined && principal.role !== role)) continue;
      if (connection.id === asker) setImmediate(() => connection.close(DEVICE_REMOVED, "device removed"));
      else connection.close(DEVICE_REMOVED, "device removed");
    }
  }

  isConnected(deviceId: string): boolean {
    for (const connection of this.#all)
      if (connection.isLive && connection.principal?.deviceId === deviceId) return true;
    return false;
  }

  #count({ network }: Peer, change: 1 | -1): void {
    const count = (this.#openingPerNetwork.get(network) ?? 0) + change;
    if (count > 0) this.#openingPerNetwork.set(network, count);
    else this.#openingPerNetwork.delete(network);
  }
}
