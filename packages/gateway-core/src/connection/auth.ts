import { hash, timingSafeEqual } from "node:crypto";

import type { Clock, Logger } from "../ports.ts";
import type { Peer } from "./caller.ts";
import { FailureLimiter, type FailureLimits } from "./failure-limiter.ts";

export type AuthMode = "token" | "password";

/** What clients must present. Without a secret nobody is let in. */
export interface SharedSecret {
  readonly mode: AuthMode;
  readonly secret: string | undefined;
}

export type AuthFailure =
  | { readonly reason: "missing" | "mismatch"; readonly mode: AuthMode }
  | { readonly reason: "rate-limited"; readonly mode: AuthMode; readonly retryAfterMs: number };

/** What was right: the gateway's secret, a token of the device's own, or who Tailscale says that it is. */
export type AuthMethod = AuthMode | "device-token" | "tailscale";

export type AuthDecision = { readonly ok: true; readonly method: AuthMethod } | ({ readonly ok: false } & AuthFailure);

/** A device whose key was proven, with the token that it has. */
export interface ProvenDevice {
  readonly deviceId: string;
  readonly role: string;
  readonly token: string | undefined;
}

export interface AuthenticatorDependencies {
  /** Asked at every attempt, so that a new secret counts at once. */
  readonly sharedSecret: () => SharedSecret;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: FailureLimits;
}

/** Decides whether a credential is right, and slows down those who guess. */
export class Authenticator {
  readonly #dependencies: AuthenticatorDependencies;
  readonly #limiter: FailureLimiter;

  constructor(dependencies: AuthenticatorDependencies) {
    this.#dependencies = dependencies;
    this.#limiter = new FailureLimiter(dependencies.clock, dependencies.limits);
  }

  /**
   * `presented` are all credentials of one attempt; one right one is enough. Empty ones do not count. A device's token
   * is right only together with that device. Who shows none may be known by Tailscale.
   */
  authenticate(presented: readonly (string | undefined)[], peer: Peer, device?: ProvenDevice): AuthDecision {
    const { mode, secret } = this.#dependencies.sharedSecret();
    const digests = presented.filter((text) => text !== undefined && text !== "").map((text) => digest(text ?? ""));
    if (digests.length === 0) {
      return peer.tailscaleLogin === undefined
        ? { ok: false, reason: "missing", mode }
        : { ok: true, method: "tailscale" };
    }
    const expected = secret === undefined || secret === "" ? undefined : digest(secret);
    const { network } = peer;
    if (this.#limiter.hasFailed(network)) {
      if (this.#limiter.knowsWrong(network, guessName(digests, expected, device)))
        return { ok: false, reason: "mismatch", mode };
      const retryAfterMs = this.#limiter.waitMs(network);
      if (retryAfterMs > 0) return { ok: false, reason: "rate-limited", mode, retryAfterMs };
    }
    if (expected && matches(digests, expected)) return { ok: true, method: mode };
    if (device?.token !== undefined && matches(digests, digest(device.token)))
      return { ok: true, method: "device-token" };
    this.#countFailure(peer, guessName(digests, expected, device));
    return { ok: false, reason: "mismatch", mode };
  }

  #countFailure(peer: Peer, guess: string): void {
    const { log } = this.#dependencies;
    const isBlocked = this.#limiter.failed(peer.network, guess);
    if (isBlocked) log.warn("too many wrong credentials; the address has to wait", { address: peer.address });
    else log.info("a wrong credential was presented", { address: peer.address });
  }
}

/** Digests have one length whatever was presented, so the comparison tells nothing about the secret's. */
function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}

/** Looks at every candidate, so that the time taken does not say which one was right. */
function matches(digests: readonly Buffer[], expected: Buffer): boolean {
  return digests.filter((candidate) => timingSafeEqual(candidate, expected)).length > 0;
}

/**
 * A guess is wrong for one secret, and for one device that has a token: after a change, or from another device, it may
 * be right. For devices without one it is the same guess, so that a program with a new key at every run and a stale
 * credential uses up a single one.
 */
function guessName(digests: readonly Buffer[], expected: Buffer | undefined, device: ProvenDevice | undefined): string {
  const forWhom = digest(device?.token === undefined ? "" : `${device.deviceId}|${device.role}|${device.token}`);
  return hash("sha256", Buffer.concat([expected ?? Buffer.alloc(0), forWhom, ...digests]), "base64");
}
