import type { PendingDevice, Role } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { Clock, Ids, Logger, SqlExecutor, Store } from "../ports.ts";
import { Decisions, type RequestOutcome } from "./decisions.ts";
import type { DeviceClaim, PairingRequest } from "./device.ts";
import { unknownRequest } from "./refusals.ts";
import { keepRequest, readRequests, takeExpiredRequests, takeRequest, takeRequestOf } from "./request-table.ts";
import { pendingView } from "./views.ts";

export interface PairingRequestsDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly onRequested: (request: PendingDevice) => void;
  readonly onResolved: (resolved: {
    readonly requestId: string;
    readonly deviceId: string;
    readonly decision: "approved" | "rejected";
    readonly ts: number;
  }) => void;
}

/** Devices that ask: at most one request per device, few per network, and none for long. */
export class PairingRequests {
  readonly #dependencies: PairingRequestsDependencies;
  readonly #decisions: Decisions;

  constructor(dependencies: PairingRequestsDependencies) {
    this.#dependencies = dependencies;
    this.#decisions = new Decisions(dependencies.clock);
  }

  async list(): Promise<PendingDevice[]> {
    const { store, clock } = this.#dependencies;
    return (await readRequests(store, clock.now())).map(pendingView);
  }

  /** Keeps a request, or the equal one that the device made before. Answers its id. */
  async ask(
    claim: DeviceClaim,
    wanted: { readonly role: Role; readonly scopes: readonly string[]; readonly isRepair: boolean },
  ): Promise<string> {
    const { store, clock, ids, onRequested } = this.#dependencies;
    const now = clock.now();
    const { asked, expired } = await store.transaction(async (sql) => ({
      expired: await takeExpiredRequests(sql, now),
      asked: await keepRequest(sql, { requestId: ids.uuid(), claim, ...wanted, createdAt: now }),
    }));
    this.#allResolved(expired, "expired");
    this.#allResolved(asked.superseded, "rejected");
    if (asked.isNew) onRequested(pendingView(asked.request));
    return asked.request.requestId;
  }

  /** Takes a request away to decide about it. Say what became of it with `resolved`, after the commit. */
  async take(sql: SqlExecutor, requestId: string): Promise<PairingRequest> {
    const request = await takeRequest(sql, requestId, this.#dependencies.clock.now());
    if (!request) throw unknownRequest();
    return request;
  }

  /** The request of a device, if there is one. */
  takeOf(sql: SqlExecutor, deviceId: string): Promise<PairingRequest | undefined> {
    return takeRequestOf(sql, deviceId);
  }

  async reject(requestId: string): Promise<PairingRequest> {
    const request = await this.#dependencies.store.transaction((sql) => this.take(sql, requestId));
    this.resolved(request.requestId, request.claim.deviceId, "rejected");
    return request;
  }

  resolved(requestId: string, deviceId: string, outcome: RequestOutcome): void {
    const { onResolved, clock, log } = this.#dependencies;
    this.#decisions.add(requestId, deviceId, outcome);
    log.info("a device's pairing request was decided", { requestId, deviceId, outcome });
    onResolved({ requestId, deviceId, decision: outcome === "approved" ? "approved" : "rejected", ts: clock.now() });
  }

  /** What became of a device's own request; "pending" when the time is up first. */
  async wait(
    requestId: string,
    deviceId: string,
    timing: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<RequestOutcome | "pending"> {
    const decided = this.#decisions.outcomeOf(requestId, deviceId);
    if (decided !== undefined) return decided;
    const open = await this.list();
    if (!open.some((request) => request.requestId === requestId && request.deviceId === deviceId))
      throw unknownRequest();
    if (this.#decisions.isFull) {
      throw new GatewayError("UNAVAILABLE", "too many devices wait for an answer", { retryAfterMs: 5_000 });
    }
    return (await this.#decisions.wait(requestId, deviceId, timing)) ?? "pending";
  }

  /** Forgets requests that nobody decided. */
  async prune(): Promise<number> {
    const { store, clock } = this.#dependencies;
    const expired = await store.transaction((sql) => takeExpiredRequests(sql, clock.now()));
    this.#allResolved(expired, "expired");
    return expired.length;
  }

  #allResolved(requests: readonly PairingRequest[], outcome: RequestOutcome): void {
    for (const { requestId, claim } of requests) this.resolved(requestId, claim.deviceId, outcome);
  }
}
