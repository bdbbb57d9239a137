/** The few pieces of DER that a certificate is made of. Source: ITU-T X.690. */

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const TRUE = Buffer.from([0x01, 0x01, 0xff]);
/** Up to this year X.509 wants two digits. */
const LAST_UTC_YEAR = 2_049;

export function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const hex = length.toString(16);
  const size = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, content]);
}

export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tagged(SEQUENCE, Buffer.concat(items));
}

export function set(...items: readonly Uint8Array[]): Buffer {
  return tagged(SET, Buffer.concat(items));
}

/** A number that is not negative, from its bytes, the highest first. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(first));
  return tagged(INTEGER, (digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

export function bitString(content: Uint8Array, unusedBits = 0): Buffer {
  return tagged(BIT_STRING, Buffer.concat([Buffer.from([unusedBits]), content]));
}

export function octetString(content: Uint8Array): Buffer {
  return tagged(OCTET_STRING, content);
}

export function utf8(text: string): Buffer {
  return tagged(UTF8_STRING, Buffer.from(text));
}

export function yes(): Buffer {
  return TRUE;
}

/** From the dotted form, such as 2.5.29.17. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return tagged(OBJECT_IDENTIFIER, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** In whole seconds. */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  if (at.getUTCFullYear() > LAST_UTC_YEAR) return tagged(GENERALIZED_TIME, Buffer.from(digits));
  return tagged(UTC_TIME, Buffer.from(digits.slice(2)));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}
