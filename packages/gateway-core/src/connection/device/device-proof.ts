import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";

import type { ConnectParams, Dialect } from "@openclaw/protocol";

/** How far a device's clock may be off, by dialect. Source: wire facts 8.7. */
const MAX_SKEW_MS: Record<Dialect, number> = { 3: 600_000, 4: 120_000 };
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const MAX_KEYS = 512;
const PEM_BEGIN = "-----BEGIN PUBLIC KEY-----";

export type DeviceFailure = "identity" | "expired" | "nonce" | "signature";
export type DeviceVerdict =
  | { readonly ok: true; readonly deviceId: string; /** Base64url of the raw 32 bytes. */ readonly publicKey: string }
  | { readonly ok: false; readonly failure: DeviceFailure };

interface DeviceKey {
  /** The id that goes with the key: lower-case hex SHA-256 of its 32 bytes. */
  readonly deviceId: string;
  /** Base64url of the raw 32 bytes. */
  readonly publicKey: string;
  readonly object: KeyObject;
  /** Which of the possible texts it signed last: programs sign the same form every time. */
  lastForm: number;
}

/** Public keys in the form that signatures are verified with. Devices come again, and making one costs a third of it. */
export class DeviceKeys {
  readonly #keys = new Map<string, DeviceKey>();

  /** Undefined for a text that is no public key. */
  read(text: string): DeviceKey | undefined {
    const key = this.#keys.get(text) ?? readPublicKey(text);
    if (!key) return undefined;
    this.#keys.delete(text);
    this.#keys.set(text, key);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > MAX_KEYS && oldest !== undefined) this.#keys.delete(oldest);
    return key;
  }
}

export interface DeviceAttempt {
  readonly params: ConnectParams;
  readonly device: NonNullable<ConnectParams["device"]>;
  /** The nonce of this socket's challenge. */
  readonly nonce: string;
  readonly now: number;
  readonly dialect: Dialect;
  readonly isLoopback: boolean;
  readonly keys: DeviceKeys;
}

/**
 * Whether the client holds the private key of the device it claims to be. The signed text is accepted in every form
 * that clients use, whatever the negotiated version: newer clients sign the newest form even to older gateways.
 * Source: wire facts 8.1 to 8.10.
 */
export function verifyDevice(attempt: DeviceAttempt): DeviceVerdict {
  const { device, nonce, now, dialect } = attempt;
  const key = attempt.keys.read(device.publicKey);
  if (!key || key.deviceId !== device.id) return { ok: false, failure: "identity" };
  if (Math.abs(now - device.signedAt) > MAX_SKEW_MS[dialect]) return { ok: false, failure: "expired" };
  if (device.nonce !== undefined && device.nonce !== nonce) return { ok: false, failure: "nonce" };
  const signature = Buffer.from(device.signature, "base64");
  if (signature.length !== SIGNATURE_BYTES || !isSigned(attempt, key, signature)) {
    return { ok: false, failure: "signature" };
  }
  return { ok: true, deviceId: key.deviceId, publicKey: key.publicKey };
}

/** A check takes longer than the rest of the handshake, so the form that was right last time is looked at first. */
function isSigned(attempt: DeviceAttempt, key: DeviceKey, signature: Buffer): boolean {
  const texts = signedTexts(attempt);
  const forms = [...texts.keys()].toSorted((a, b) => Number(b === key.lastForm) - Number(a === key.lastForm));
  const signed = forms.find((form) => verify(null, Buffer.from(texts[form] ?? ""), key.object, signature));
  if (signed !== undefined) key.lastForm = signed;
  return signed !== undefined;
}

/** The texts a signature may be of. Without a nonce a proof can be replayed, so that form is for this machine only. */
function signedTexts({ params, device, dialect, isLoopback }: DeviceAttempt): string[] {
  const { client, auth } = params;
  const common = (version: string, token: string): string =>
    [
      version,
      device.id,
      client.id,
      client.mode,
      params.role ?? "operator",
      (params.scopes ?? []).join(","),
      device.signedAt,
      token,
    ].join("|");
  const tokens = new Set([auth?.token ?? "", auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? ""]);
  if (device.nonce === undefined)
    return dialect === 3 && isLoopback ? [...tokens].map((token) => common("v1", token)) : [];
  const names = `${normalize(client.platform)}|${normalize(client.deviceFamily)}`;
  return [...tokens].flatMap((token) => [
    `${common("v3", token)}|${device.nonce}|${names}`,
    `${common("v2", token)}|${device.nonce}`,
  ]);
}

function normalize(name: string | undefined): string {
  return (name ?? "").trim().toLowerCase();
}

/** Base64url or base64 of the raw 32 bytes, or SPKI as PEM. */
function readPublicKey(text: string): DeviceKey | undefined {
  try {
    if (text.startsWith(PEM_BEGIN)) {
      const object = createPublicKey(text);
      if (object.asymmetricKeyType !== "ed25519") return undefined;
      return deviceKey(object.export({ format: "der", type: "spki" }).subarray(SPKI_PREFIX.length), object);
    }
    const raw = Buffer.from(text, "base64");
    if (raw.length !== KEY_BYTES) return undefined;
    const object = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
    return deviceKey(raw, object);
  } catch {
    return undefined;
  }
}

function deviceKey(raw: Buffer, object: KeyObject): DeviceKey {
  return { deviceId: hash("sha256", raw, "hex"), publicKey: raw.toString("base64url"), object, lastForm: 0 };
}
