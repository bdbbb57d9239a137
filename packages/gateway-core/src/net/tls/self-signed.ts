import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";

import { bitString, integer, objectIdentifier, octetString, sequence, set, tagged, time, utf8, yes } from "./der.ts";

const ECDSA_WITH_SHA256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));
const COMMON_NAME = objectIdentifier("2.5.4.3");
const SUBJECT_KEY_IDENTIFIER = objectIdentifier("2.5.29.14");
const KEY_USAGE = objectIdentifier("2.5.29.15");
const SUBJECT_ALT_NAME = objectIdentifier("2.5.29.17");
const BASIC_CONSTRAINTS = objectIdentifier("2.5.29.19");
const EXTENDED_KEY_USAGE = objectIdentifier("2.5.29.37");
const SERVER_AUTH = objectIdentifier("1.3.6.1.5.5.7.3.1");
/** digitalSignature. */
const SIGNATURES_ONLY = Buffer.from([0x80]);
const VERSION_3 = tagged(0xa0, integer(Buffer.from([2])));
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const SERIAL_BYTES = 16;
/** So that clients whose clock is behind take it. */
const BACKDATED_MS = 86_400_000;

export interface SelfSignedOptions {
  readonly commonName: string;
  /** Names and addresses that the gateway is reached under. */
  readonly names: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
  readonly validForMs: number;
}

/** A new key on the curve P-256 and a certificate for it, signed with itself, as PEM. Source: RFC 5280. */
export function makeSelfSigned({ commonName, names, now, validForMs }: SelfSignedOptions): {
  readonly key: string;
  readonly cert: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keyInfo = publicKey.export({ format: "der", type: "spki" });
  const name = sequence(set(sequence(COMMON_NAME, utf8(commonName))));
  const extensions = sequence(
    extension(BASIC_CONSTRAINTS, sequence(), true),
    extension(KEY_USAGE, bitString(SIGNATURES_ONLY, 7), true),
    extension(EXTENDED_KEY_USAGE, sequence(SERVER_AUTH)),
    extension(SUBJECT_ALT_NAME, sequence(...names.map(alternativeName))),
    extension(SUBJECT_KEY_IDENTIFIER, octetString(createHash("sha1").update(keyInfo).digest())),
  );
  const body = sequence(
    VERSION_3,
    integer(randomBytes(SERIAL_BYTES)),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(new Date(now - BACKDATED_MS)), time(new Date(now + validForMs))),
    name,
    keyInfo,
    tagged(0xa3, extensions),
  );
  const certificate = sequence(body, ECDSA_WITH_SHA256, bitString(sign("sha256", body, privateKey)));
  return {
    key: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${(certificate.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

function extension(id: Buffer, value: Buffer, isCritical = false): Buffer {
  return sequence(id, ...(isCritical ? [yes()] : []), octetString(value));
}

function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return tagged(IP_ADDRESS, Buffer.from(name.split(".").map(Number)));
  if (isIPv6(name)) return tagged(IP_ADDRESS, ipv6Bytes(name));
  return tagged(DNS_NAME, Buffer.from(name));
}

function ipv6Bytes(address: string): Buffer {
  // The URL parser knows every way to write one, and always gives the same.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string): number[] =>
    part.split(":").flatMap((text) => (text ? [Number.parseInt(text, 16)] : []));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}
