import type { ErrorShape } from "./errors.ts";

/** A client asks for something. `id` is the client's own and comes back on every answer. */
export interface RequestFrame {
  readonly type: "req";
  readonly id: string;
  readonly method: string;
  readonly params?: unknown;
}

/** The gateway answers. The method `agent` answers twice with the same id: accepted, then final. */
export interface ResponseFrame {
  readonly type: "res";
  readonly id: string;
  readonly ok: boolean;
  readonly payload?: unknown;
  readonly error?: ErrorShape;
}

/** Counters of the two states that clients mirror; on `presence` and `health` events only. */
export interface StateVersion {
  readonly presence: number;
  readonly health: number;
}

/** The gateway tells. `seq` counts the numbered events of one connection without a gap, from 1. */
export interface EventFrame {
  readonly type: "event";
  readonly event: string;
  readonly payload?: unknown;
  readonly seq?: number;
  readonly stateVersion?: StateVersion;
}

export type Frame = RequestFrame | ResponseFrame | EventFrame;
