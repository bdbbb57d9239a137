/** The protocol version this package describes: the newest dialect the gateway speaks. */
export const PROTOCOL_VERSION = 4;
/** The oldest dialect the gateway still speaks. */
export const MINIMUM_PROTOCOL_VERSION = 3;

/** A version of the wire protocol. */
export type Dialect = 3 | 4;

/**
 * The highest version that both sides speak, or undefined when there is none.
 * A client offers the inclusive range [minProtocol, maxProtocol]; the gateway speaks 3 and 4.
 */
export function negotiateVersion(minProtocol: number, maxProtocol: number): Dialect | undefined {
  if (minProtocol > maxProtocol) return undefined;
  const highest = Math.min(maxProtocol, PROTOCOL_VERSION);
  return highest >= Math.max(minProtocol, MINIMUM_PROTOCOL_VERSION) ? (highest as Dialect) : undefined;
}
