/** Why a transport ended. 1005 is a close without a code, 1006 a connection that was cut. Source: RFC 6455, 7.4.1. */
export interface CloseInfo {
  readonly code: number;
  readonly reason: string;
}

/** Who hears from a transport. Nothing is called after `closed`. */
export interface TransportListener {
  message(text: string): void;
  closed(info: CloseInfo): void;
}

/** One WebSocket, with what Node and browsers have in common. */
export interface Transport {
  /** Bytes handed to `send` that the network has not taken yet. */
  readonly bufferedBytes: number;
  /** Sends one text message; does nothing once the socket is closing. */
  send(text: string): void;
  /** Starts the closing handshake; `closed` follows when the peer answers. */
  close(code: number, reason: string): void;
  /** Drops the connection now; `closed` follows at once or within a turn of the event loop. */
  terminate(): void;
}

export interface TransportOptions {
  /** `ws://` or `wss://`. */
  readonly url: string;
  /** What the certificate's SHA-256 must be, in 64 upper-case hexadecimal digits. */
  readonly tlsFingerprint?: string | undefined;
  readonly listener: TransportListener;
  /** Ends the attempt to connect; no meaning once open. */
  readonly signal: AbortSignal;
}

/** Opens a WebSocket. Rejects with a ClientError `CONNECT_FAILED`, or with the signal's reason. */
export type OpenTransport = (options: TransportOptions) => Promise<Transport>;

/** The largest message taken from a gateway, in bytes: well above a full page of chat history. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** An address fit for messages: without credentials, query and fragment, where tokens hide. */
export function printableUrl(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
  } catch {
    return "the given address";
  }
}
