import type { ErrorShape, EventFrame, HelloOk, ResponseFrame } from "@openclaw/protocol";

import { ClientError } from "../errors.ts";
import type { BuildConnectParams, Challenge } from "./connect-params.ts";
import { isRecord, type ServerFrame } from "./frames.ts";

/** How a handshake ends, once and synchronously, so that the frame after `hello-ok` finds the connection open. */
export interface HandshakeOutcome {
  /** The connection stands. */
  hello(hello: HelloOk): void;
  /** The gateway said no; it closes the socket next. */
  refused(error: ErrorShape): void;
  /** The peer, or this side, can not go on. */
  failed(error: ClientError): void;
}

/** How long to wait for `connect.challenge` before connecting without: some servers send none. */
const CHALLENGE_WAIT_MS = 750;
const CONNECT_ID = "connect";

/** The opening of one socket: challenge, connect, hello-ok. Source: R5.1, R5.2. */
export class Handshake {
  readonly #buildParams: BuildConnectParams;
  readonly #outcome: HandshakeOutcome;
  #send: ((text: string) => void) | undefined;
  #challenge: Challenge | undefined;
  #wait: ReturnType<typeof setTimeout> | undefined;
  #connecting = false;
  #done = false;

  constructor(buildParams: BuildConnectParams, outcome: HandshakeOutcome) {
    this.#buildParams = buildParams;
    this.#outcome = outcome;
  }

  /** The socket is open. The challenge may have come before this, with the upgrade itself. */
  begin(send: (text: string) => void): void {
    this.#send = send;
    if (this.#challenge === undefined) this.#wait = setTimeout(() => this.#connect(), CHALLENGE_WAIT_MS);
    else this.#connect();
  }

  /** The socket is gone, or the attempt was given up: nothing is reported any more. */
  abandon(): void {
    this.#done = true;
    clearTimeout(this.#wait);
  }

  receive(frame: ServerFrame): void {
    if (this.#done) return;
    if (frame.type === "event") this.#event(frame);
    else if (frame.id === CONNECT_ID && this.#connecting) this.#answer(frame);
  }

  #event({ event, payload }: EventFrame): void {
    if (event !== "connect.challenge" || !isRecord(payload) || typeof payload["nonce"] !== "string") return;
    const { nonce, ts } = payload;
    this.#challenge = { nonce, ts: typeof ts === "number" ? ts : undefined };
    if (this.#send !== undefined) this.#connect();
  }

  #connect(): void {
    if (this.#connecting || this.#done) return;
    this.#connecting = true;
    clearTimeout(this.#wait);
    this.#sendConnect().catch((error: unknown) => {
      if (this.#done) return;
      this.abandon();
      const message = error instanceof Error ? error.message : String(error);
      this.#outcome.failed(
        new ClientError("PROTOCOL", `Could not build the connect request: ${message}`, { cause: error }),
      );
    });
  }

  async #sendConnect(): Promise<void> {
    const params = await this.#buildParams(this.#challenge);
    if (this.#done) return;
    this.#send?.(JSON.stringify({ type: "req", id: CONNECT_ID, method: "connect", params }));
  }

  #answer(frame: ResponseFrame): void {
    this.abandon();
    if (frame.error !== undefined) this.#outcome.refused(frame.error);
    else if (isHello(frame.payload)) this.#outcome.hello(frame.payload);
    else this.#outcome.failed(new ClientError("PROTOCOL", "The gateway accepted the connection without a hello-ok."));
  }
}

/** Other generations of the gateway leave out members or add some; an object is what every one of them sends. */
function isHello(payload: unknown): payload is HelloOk {
  return isRecord(payload);
}
