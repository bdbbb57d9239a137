import type { Role } from "@openclaw/protocol";

import { ClientError } from "../errors.ts";
import { isRecord } from "../wire/frames.ts";
import { fromBase64Url, toBase64Url, toHex } from "./encoding.ts";

/** Where a device is kept: one private text. It holds the device's key, so nobody else may read it. */
export interface DeviceStorage {
  /** What was written last; undefined when nothing was. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/**
 * Who a client is to gateways: an Ed25519 key of its own, and the tokens that gateways gave it. A key may live where it
 * can not be read, such as a keychain or a browser's CryptoKey; then this interface is implemented around it.
 */
export interface Device {
  /** Lower-case hex SHA-256 of the raw public key. */
  readonly id: string;
  /** Base64url of the raw 32 bytes. */
  readonly publicKey: string;
  /** Base64url of the signature of the text's UTF-8. */
  sign(text: string): Promise<string>;
  /** What a gateway gave this device for a role. `gateway` is the address the client was given. */
  token(gateway: string, role: Role): string | undefined;
  /** Undefined forgets it. */
  keepToken(gateway: string, role: Role, token: string | undefined): Promise<void>;
}

const ALGORITHM = "Ed25519";
/** Tokens that are kept; the one that was kept longest goes first. */
const MAX_TOKENS = 64;

interface StoredDevice {
  /** PKCS #8, base64url. */
  readonly privateKey: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/** The device in a storage; made, and written there, at the first use. Throws ClientError for a text that holds none. */
export async function openDevice(storage: DeviceStorage): Promise<Device> {
  const text = await storage.read();
  const stored = text === undefined ? await newDevice(storage) : readStored(text);
  const { subtle } = globalThis.crypto;
  const key = await subtle
    .importKey("pkcs8", fromBase64Url(stored.privateKey), ALGORITHM, true, ["sign"])
    .catch((error: unknown) => {
      throw unreadable(error);
    });
  const { x } = await subtle.exportKey("jwk", key);
  if (x === undefined) throw unreadable(undefined);
  const id = toHex(await subtle.digest("SHA-256", fromBase64Url(x)));
  const tokens = new Map(Object.entries(stored.tokens));
  return {
    id,
    publicKey: x,
    sign: async (message) => toBase64Url(await subtle.sign(ALGORITHM, key, new TextEncoder().encode(message))),
    token: (gateway, role) => tokens.get(tokenName(gateway, role)),
    keepToken: async (gateway, role, token) => {
      const name = tokenName(gateway, role);
      if (tokens.get(name) === token) return;
      tokens.delete(name);
      if (token !== undefined) tokens.set(name, token);
      const [oldest] = tokens.keys();
      if (tokens.size > MAX_TOKENS && oldest !== undefined) tokens.delete(oldest);
      await storage.write(toText({ privateKey: stored.privateKey, tokens: Object.fromEntries(tokens) }));
    },
  };
}

async function newDevice(storage: DeviceStorage): Promise<StoredDevice> {
  const { subtle } = globalThis.crypto;
  const pair = await subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  if (!("privateKey" in pair)) throw unreadable(undefined);
  const stored = { privateKey: toBase64Url(await subtle.exportKey("pkcs8", pair.privateKey)), tokens: {} };
  await storage.write(toText(stored));
  return stored;
}

function toText(stored: StoredDevice): string {
  return `${JSON.stringify({ version: 1, ...stored }, undefined, 2)}\n`;
}

function readStored(text: string): StoredDevice {
  const value = parse(text);
  const tokens = isRecord(value) && isRecord(value["tokens"]) ? value["tokens"] : {};
  if (!isRecord(value) || typeof value["privateKey"] !== "string") throw unreadable(undefined);
  const texts = Object.entries(tokens).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { privateKey: value["privateKey"], tokens: Object.fromEntries(texts) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tokenName(gateway: string, role: Role): string {
  return `${role} ${new URL(gateway).host}`;
}

function unreadable(cause: unknown): ClientError {
  return new ClientError(
    "INVALID_REQUEST",
    "What is stored as this client's device is no device. Put its backup in place, or remove it: then the client is a new device and has to be approved again.",
    { cause },
  );
}
