import type { Duplex } from "node:stream";

/** Room for the frame headers and control frames around the first message. */
const FRAMING_BYTES = 1_024;

/**
 * Watches what a peer sends before it has introduced itself. The WebSocket layer knows one size limit for the life of
 * a socket, the big one; this one is below it. Past `maxBytes` nothing more is read or kept, and `onExceeded` is
 * called once. Dispose it when the peer is known.
 */
export function limitFirstBytes(stream: Duplex, maxBytes: number, onExceeded: () => void): Disposable {
  let received = 0;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (received <= maxBytes + FRAMING_BYTES) return;
    stream.removeAllListeners("data");
    stream.resume();
    onExceeded();
  };
  stream.prependListener("data", count);
  return { [Symbol.dispose]: () => void stream.off("data", count) };
}
