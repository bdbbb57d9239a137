/** The protocol version this package describes: the newest dialect the gateway speaks. */
export const PROTOCOL_VERSION = 4;
/** The oldest dialect the gateway still speaks. */
export const MINIMUM_PROTOCOL_VERSION = 3;

/** Every version the gateway speaks, the newest first. */
const DIALECTS = [PROTOCOL_VERSION, MINIMUM_PROTOCOL_VERSION] as const;

/** A version of the wire protocol. */
export type Dialect = (typeof DIALECTS)[number];

/**
 * The highest version that both sides speak, or undefined when there is none.
 * A client offers the inclusive range [minProtocol, maxProtocol]; the gateway speaks 3 and 4.
 */
export function negotiateVersion(minProtocol: number, maxProtocol: number): Dialect | undefined {
  return DIALECTS.find((dialect) => minProtocol <= dialect && dialect <= maxProtocol);
}
