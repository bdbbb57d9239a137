import type { PairedDevice, PendingDevice, Role } from "@openclaw/protocol";

import { GatewayError } from "../errors.ts";
import type { SqlExecutor } from "../ports.ts";
import type { RequestOutcome } from "./decisions.ts";
import {
  type Admission,
  approvedOf,
  type Arrival,
  claimOf,
  type Device,
  type DeviceClaim,
  type DeviceGrant,
  type IssuedToken,
  liveGrant,
  type PairingReason,
} from "./device.ts";
import {
  countDevices,
  deleteDevice,
  readDevice,
  readDevices,
  silentDevicesLike,
  writeDevice,
  writeGrant,
  writeLabel,
  writeVisit,
} from "./device-table.ts";
import type { DeviceTokens } from "./device-tokens.ts";
import { PairingRequests, type PairingRequestsDependencies } from "./pairing-requests.ts";
import { type Actor, assertHolds, unknownDevice, unknownToken } from "./refusals.ts";
import { heldScopes, joinScopes, missingScopes } from "./scopes.ts";
import { pairedView } from "./views.ts";

const MAX_DEVICES = 1_000;
/** Devices of one kind and name that nobody was asked about. A program that makes a key per run leaves no more behind. */
const MAX_SILENT_ALIKE = 16;
const SALT_BYTES = 16;
/** A visit is written down when the last one that was is older than this. */
const VISIT_EVERY_MS = 60_000;

/** The connections of devices, as the control plane has them. */
export interface DeviceConnections {
  /**
   * Closes them with 4001, of one role or of all, those that are still in their handshake too; the connection `asker`
   * only after what it is being told now.
   */
  disconnect(deviceId: string, role: Role | undefined, asker?: string): void;
  isConnected(deviceId: string): boolean;
}

export interface DevicesDependencies extends PairingRequestsDependencies {
  readonly tokens: DeviceTokens;
}

type Admit = (arrival: Arrival) => Promise<Admission>;

const NO_CONNECTIONS: DeviceConnections = { disconnect: () => {}, isConnected: () => false };

/**
 * Who may connect with a key of its own: devices that were approved, what each may do in each role, and those that
 * ask. What a connection may do comes from here and from the gateway's secret, never from what a client says.
 * Source: wire facts 8 and 9.
 */
export class Devices {
  readonly #dependencies: DevicesDependencies;
  readonly #requests: PairingRequests;
  #connections = NO_CONNECTIONS;

  constructor(dependencies: DevicesDependencies) {
    this.#dependencies = dependencies;
    this.#requests = new PairingRequests(dependencies);
  }

  /** Says where the connections are. */
  attach(connections: DeviceConnections): void {
    this.#connections = connections;
  }

  /** Paired devices, the newest first; with a role, those approved for it. */
  async list(role?: Role): Promise<PairedDevice[]> {
    const devices = await readDevices(this.#dependencies.store);
    const chosen = role === undefined ? devices : devices.filter((device) => liveGrant(device, role) !== undefined);
    return chosen.map((device) => this.#view(device));
  }

  pending(): Promise<PendingDevice[]> {
    return this.#requests.list();
  }

  /** Closes the connections of a device. */
  disconnect(deviceId: string, role?: Role): void {
    this.#connections.disconnect(deviceId, role);
  }

  /** A device that was approved for anything. Also sees to it that its tokens can be told. */
  async find(deviceId: string): Promise<Device | undefined> {
    const device = await readDevice(this.#dependencies.store, deviceId);
    if (device) await this.#dependencies.tokens.ready();
    return device;
  }

  /** A device at the door: the token it has for that role, and the way in. */
  async approach(deviceId: string, role: Role): Promise<{ issued: IssuedToken | undefined; admit: Admit }> {
    const device = await this.find(deviceId);
    const grant = liveGrant(device, role);
    return {
      issued: device && grant && this.#issued(device.deviceId, grant),
      admit: (arrival) => this.#admit(arrival, device),
    };
  }

  /** Asks in the name of a paired device for scopes beyond those it has. Answers the request's id. */
  async requestUpgrade(deviceId: string, network: string, scopes: readonly string[]): Promise<string> {
    const device = await this.find(deviceId);
    const grant = liveGrant(device, "operator");
    if (!device || !grant) throw unknownDevice();
    if (missingScopes(grant.approvedScopes, scopes).length === 0) {
      throw new GatewayError("INVALID_REQUEST", "the device has these scopes already; connect again and ask for them");
    }
    const wanted = joinScopes(scopes, grant.approvedScopes);
    return this.#requests.ask(claimOf(device, network), { role: "operator", scopes: wanted, isRepair: true });
  }

  /** What became of a device's own request; "pending" when the time is up first. */
  waitUpgrade(
    requestId: string,
    deviceId: string,
    timing: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<RequestOutcome | "pending"> {
    return this.#requests.wait(requestId, deviceId, timing);
  }

  /** The actor must have all that the device will have in that role: nobody gives what they do not have. */
  async approve(requestId: string, actor: Actor): Promise<PairedDevice> {
    const device = await this.#dependencies.store.transaction(async (sql) => {
      const { claim, role, scopes } = await this.#requests.take(sql, requestId);
      const grant = await this.#grant(sql, claim, { role, scopes, via: "owner" });
      assertHolds(actor, grant.approvedScopes, "device pairing approval denied");
      return readDevice(sql, claim.deviceId);
    });
    if (!device) throw unknownDevice();
    this.#requests.resolved(requestId, device.deviceId, "approved");
    return this.#view(device);
  }

  /** Answers whose request it was. */
  async reject(requestId: string): Promise<string> {
    return (await this.#requests.reject(requestId)).claim.deviceId;
  }

  async remove(deviceId: string, actor: Actor): Promise<void> {
    const { request, existed } = await this.#dependencies.store.transaction(async (sql) => ({
      request: await this.#requests.takeOf(sql, deviceId),
      existed: await deleteDevice(sql, deviceId),
    }));
    if (request) this.#requests.resolved(request.requestId, deviceId, "rejected");
    if (!existed) throw unknownDevice();
    this.#connections.disconnect(deviceId, undefined, actor.connectionId);
  }

  async rename(deviceId: string, label: string): Promise<void> {
    if (!(await this.#dependencies.store.transaction((sql) => writeLabel(sql, deviceId, label)))) throw unknownDevice();
  }

  /** A new token in place of the old one. `scopes` may be fewer than were approved, never more. */
  async rotate(
    target: { readonly deviceId: string; readonly role: string; readonly scopes?: readonly string[] },
    actor: Actor,
  ): Promise<IssuedToken> {
    const { store, clock, ids, tokens } = this.#dependencies;
    const { deviceId, role } = target;
    await tokens.ready();
    const rotated = await store.transaction(async (sql) => {
      const grant = liveGrant(await readDevice(sql, deviceId), role);
      if (!grant) throw unknownToken();
      const scopes = target.scopes ?? grant.scopes;
      const [beyond] = missingScopes(grant.approvedScopes, scopes);
      if (beyond !== undefined) {
        const problem = `the device was not approved for ${beyond}; a rotation can take scopes away, not add them`;
        throw new GatewayError("INVALID_REQUEST", problem);
      }
      assertHolds(actor, scopes, "device token rotation denied");
      const held = heldScopes(grant.approvedScopes, scopes);
      const next = { ...grant, scopes: held, salt: ids.secret(SALT_BYTES), rotatedAt: clock.now() };
      await writeGrant(sql, deviceId, next);
      return next;
    });
    this.#connections.disconnect(deviceId, rotated.role, actor.connectionId);
    return this.#issued(deviceId, rotated);
  }

  /** Ends the token, and the approval with it. Answers when that was. */
  async revoke(deviceId: string, role: string, actor: Actor): Promise<number> {
    const { store, clock, ids } = this.#dependencies;
    const revoked = await store.transaction(async (sql) => {
      const device = await readDevice(sql, deviceId);
      const grant = device?.grants.find((candidate) => candidate.role === role);
      if (!grant) throw unknownToken();
      // Another salt at once, so that nothing can bring the old token back.
      const next = { ...grant, salt: ids.secret(SALT_BYTES), revokedAt: grant.revokedAt ?? clock.now() };
      await writeGrant(sql, deviceId, next);
      return next;
    });
    this.#connections.disconnect(deviceId, revoked.role, actor.connectionId);
    return revoked.revokedAt;
  }

  /** Forgets requests that nobody decided. */
  prune(): Promise<number> {
    return this.#requests.prune();
  }

  /** Decides about a device whose key and credential were right: it comes in, or waits for somebody's word. */
  async #admit(arrival: Arrival, known: Device | undefined): Promise<Admission> {
    const { claim, role, scopes } = arrival;
    const reason = whyNot(arrival, known);
    const grant = liveGrant(known, role);
    if (reason === undefined && known && grant) {
      this.#visited(arrival, known);
      return { ok: true, issued: this.#issued(known.deviceId, grant) };
    }
    if (arrival.isSilent) return { ok: true, issued: await this.#approveSilently(arrival) };
    const requestId = await this.#requests.ask(claim, { role, scopes, isRepair: known !== undefined });
    const approved = known && approvedOf(known);
    const needed = { reason: reason ?? "not-paired", requestId, deviceId: claim.deviceId, role, scopes };
    return { ok: false, needed: { ...needed, ...(approved ? { approved } : {}) } };
  }

  async #approveSilently({ claim, role, scopes }: Arrival): Promise<IssuedToken> {
    const { store, ids, tokens } = this.#dependencies;
    await tokens.ready();
    const { grant, request, retired } = await store.transaction(async (sql) => ({
      request: await this.#requests.takeOf(sql, claim.deviceId),
      grant: await this.#grant(sql, claim, { role, scopes, via: "silent" }),
      retired: await this.#retire(sql, claim),
    }));
    for (const deviceId of retired) this.#connections.disconnect(deviceId, undefined);
    this.#requests.resolved(request?.requestId ?? ids.uuid(), claim.deviceId, "approved");
    return this.#issued(claim.deviceId, grant);
  }

  /** Writes what a device may do from now on: what was approved before, and this. */
  async #grant(
    sql: SqlExecutor,
    claim: DeviceClaim,
    approval: { readonly role: Role; readonly scopes: readonly string[]; readonly via: "owner" | "silent" },
  ): Promise<DeviceGrant> {
    const { clock, ids } = this.#dependencies;
    const { role, scopes, via } = approval;
    const now = clock.now();
    const device = await readDevice(sql, claim.deviceId);
    if (!device && (await countDevices(sql)) >= MAX_DEVICES) throw tooManyDevices();
    const before = liveGrant(device, role);
    const grant: DeviceGrant = before
      ? {
          ...before,
          approvedScopes: joinScopes(before.approvedScopes, scopes),
          scopes: joinScopes(before.scopes, scopes),
        }
      : { role, approvedScopes: scopes, scopes, salt: ids.secret(SALT_BYTES), createdAt: now };
    // What somebody decided is not overwritten by an approval that nobody was asked about.
    await writeDevice(sql, { claim, role, via: device?.approvedVia === "owner" ? "owner" : via, now });
    await writeGrant(sql, claim.deviceId, grant);
    return grant;
  }

  /** Takes away the oldest of too many devices that are alike and that nobody was asked about. */
  async #retire(sql: SqlExecutor, claim: DeviceClaim): Promise<readonly string[]> {
    const alike = await silentDevicesLike(sql, claim);
    const idle = alike.filter((id) => id !== claim.deviceId && !this.#connections.isConnected(id));
    const retired = idle.slice(0, Math.max(0, alike.length - MAX_SILENT_ALIKE));
    for (const deviceId of retired) await deleteDevice(sql, deviceId);
    return retired;
  }

  /** Nobody waits for this to be written, and a visit that is not noted is no loss. */
  #visited({ claim, role, credential }: Arrival, known: Device): void {
    const { store, clock, log } = this.#dependencies;
    const now = clock.now();
    if (known.lastSeenAt !== undefined && now - known.lastSeenAt < VISIT_EVERY_MS) return;
    const visit = { role, usedToken: credential === "token", now };
    store
      .transaction((sql) => writeVisit(sql, claim, visit))
      .catch((error: unknown) => log.warn("a device's visit was not noted", { deviceId: claim.deviceId, error }));
  }

  #issued(deviceId: string, grant: DeviceGrant): IssuedToken {
    return {
      token: this.#dependencies.tokens.tokenOf(deviceId, grant.role, grant.salt),
      scopes: grant.scopes,
      issuedAtMs: grant.rotatedAt ?? grant.createdAt,
    };
  }

  #view(device: Device): PairedDevice {
    return pairedView(device, this.#connections.isConnected(device.deviceId));
  }
}

/** Why a device can not come in as it is; undefined when it can. */
function whyNot({ claim, role, scopes, pinsPlatform }: Arrival, known: Device | undefined): PairingReason | undefined {
  if (!known) return "not-paired";
  const grant = liveGrant(known, role);
  if (!grant) return "role-upgrade";
  if (missingScopes(grant.approvedScopes, scopes).length > 0) return "scope-upgrade";
  const isSame = sameName(known.platform, claim.platform) && sameName(known.deviceFamily, claim.deviceFamily);
  return pinsPlatform && !isSame ? "metadata-upgrade" : undefined;
}

function sameName(approved: string | undefined, claimed: string | undefined): boolean {
  return (approved ?? "").trim().toLowerCase() === (claimed ?? "").trim().toLowerCase();
}

function tooManyDevices(): GatewayError {
  return new GatewayError(
    "UNAVAILABLE",
    `${MAX_DEVICES} devices are paired, which is the limit; remove some: openclaw devices remove <deviceId>`,
    { retryable: false },
  );
}
