import type { ConnectionLimits } from "./connection/connection.ts";
import type { PopulationLimits } from "./connection/live-connections.ts";
import { NET_LIMITS, type NetLimits, type NetSettings } from "./net/settings.ts";

/** Sizes in bytes, times in milliseconds. */
export interface ControlPlaneLimits extends NetLimits, ConnectionLimits, PopulationLimits {
  readonly tickIntervalMs: number;
  readonly pingIntervalMs: number;
  /** How long a stop waits for clients to take what is on its way to them. */
  readonly shutdownTimeoutMs: number;
}

export const CONTROL_PLANE_LIMITS: ControlPlaneLimits = {
  ...NET_LIMITS,
  // The slower of the two generations of clients closes by itself at 15 s.
  handshakeTimeoutMs: 15_000,
  maxHandshakeBytes: 65_536,
  maxBufferedBytes: 16_777_216,
  maxInFlight: 256,
  closeTimeoutMs: 5_000,
  maxConnections: 1_024,
  maxOpeningPerNetwork: 128,
  maxOpening: 512,
  tickIntervalMs: 30_000,
  pingIntervalMs: 25_000,
  shutdownTimeoutMs: 3_000,
};

export interface ControlPlaneSettings extends Omit<NetSettings, "limits"> {
  readonly limits: ControlPlaneLimits;
}
