import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";

import type { ConnectParams, ErrorShape, HelloOk, RequestFrame, ResponseFrame } from "@openclaw/protocol";
import { formatValidationErrors, validateRequestFrame } from "@openclaw/protocol/validators";
import type { WebSocket } from "ws";

import { toErrorShape } from "../errors.ts";
import type { Clock, Ids, LogFields, Timer } from "../ports.ts";
import type { AuthMethod } from "./auth.ts";
import type { Caller, Peer } from "./caller.ts";
import type { IssuedToken } from "./device/device-gate.ts";
import { toDialectError } from "./dialect.ts";
import { limitFirstBytes } from "./wire/first-bytes.ts";
import { type HandshakeAttempt, type HandshakeOutcome } from "./handshake.ts";
import { type OutgoingEvent, SendQueue } from "./send-queue.ts";
import type { WriteBatch } from "./wire/write-batch.ts";

const NORMAL = 1000;
const POLICY_VIOLATION = 1008;
const TOO_BIG = 1009;
/** The protocol allows 123 bytes; clients of both generations expect at most 120. */
const MAX_REASON_BYTES = 120;

export interface ConnectionLimits {
  /** From the upgrade to a valid connect, in milliseconds. */
  readonly handshakeTimeoutMs: number;
  /** The largest first frame, in bytes. */
  readonly maxHandshakeBytes: number;
  readonly maxBufferedBytes: number;
  /** Requests of one connection that may be unanswered. */
  readonly maxInFlight: number;
  /** From sending a close frame to cutting the line. */
  readonly closeTimeoutMs: number;
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // The slower of the two generations of clients closes by itself at 15 s.
  handshakeTimeoutMs: 15_000,
  maxHandshakeBytes: 65_536,
  maxBufferedBytes: 16_777_216,
  maxInFlight: 256,
  closeTimeoutMs: 5_000,
};

/** One upgraded socket. */
export interface Transport {
  readonly socket: WebSocket;
  readonly stream: Socket;
  readonly peer: Peer;
}

/** Sends an answer to a request. */
export type Reply = (frame: Omit<ResponseFrame, "type" | "id">) => void;

/** The same for all connections of one gateway. */
export interface ConnectionDependencies {
  readonly limits: ConnectionLimits;
  readonly clock: Clock;
  /** Writes a debug line. */
  readonly note: (message: string, fields: LogFields) => void;
  readonly batch: WriteBatch;
  readonly ids: Pick<Ids, "uuid">;
  /** Never rejects. */
  readonly shakeHands: (attempt: HandshakeAttempt) => HandshakeOutcome | Promise<HandshakeOutcome>;
  /** Lets a caller in: its hello, and what makes the connection get events once the hello is on its way. */
  readonly admit: (connection: Connection, caller: Caller, proof: AdmissionProof) => Admission;
  /** The socket is gone; `caller` is who it belonged to, when that was ever known. */
  readonly onClosed: (connection: Connection, caller: Caller | undefined) => void;
  /** Answers a request through `reply`, which may be called twice. Resolves when the last answer was given. */
  readonly answer: (request: RequestFrame, caller: Caller, signal: AbortSignal, reply: Reply) => Promise<void>;
  /** The text of an answer whose encoding is kept ready. */
  readonly encodedPayload: (payload: unknown) => string | undefined;
}

/** What the handshake found out besides who calls. */
export interface AdmissionProof {
  readonly authMethod: AuthMethod;
  /** What a device may show next time in place of the gateway's secret. */
  readonly issued: IssuedToken | undefined;
  /** Where the client left the events of a connection that was lost. */
  readonly resume: ConnectParams["resume"];
}

/** Who a connection belongs to; while it is in its handshake, who it says that it does. */
export interface Principal {
  readonly deviceId: string | undefined;
  readonly role: string;
  /** Undefined until the credential was found to be right. */
  readonly authMethod: AuthMethod | undefined;
}

export interface Admission {
  readonly hello: HelloOk;
  readonly begin: () => void;
}

type State =
  | { readonly name: "opening"; readonly deadline: Timer; readonly firstBytes: Disposable }
  | { readonly name: "live"; readonly caller: Caller }
  | { readonly name: "closing"; readonly cut: Timer }
  | { readonly name: "closed" };

/**
 * One client's socket: `opening` until a valid connect, then `live`, `closing` once either side wants to end it, and
 * `closed`. Source: R5.1 to R5.3, wire facts 3, 6 and 24.
 */
export class Connection {
  readonly id: string;
  readonly peer: Peer;
  readonly #transport: Transport;
  readonly #dependencies: ConnectionDependencies;
  readonly #queue: SendQueue;
  readonly #nonce: string;
  #state: State;
  #caller: Caller | undefined;
  #principal: Principal | undefined;
  /** What came while the handshake looks something up; it is bounded by what may come before it is over. */
  #held: { readonly data: Buffer; readonly isBinary: boolean }[] | undefined;
  /** Made for the first request, since many connections never make one. */
  #gone: AbortController | undefined;
  #inFlight = 0;
  #seen = { bytesRead: -1, bytesSent: 0, waiting: 0 };

  constructor(transport: Transport, dependencies: ConnectionDependencies) {
    const id = dependencies.ids.uuid();
    this.id = id;
    this.peer = transport.peer;
    this.#transport = transport;
    this.#dependencies = dependencies;
    const { limits, clock, batch } = dependencies;
    const { socket, stream } = transport;
    const onSlow = (): void => this.close(POLICY_VIOLATION, "slow consumer");
    this.#queue = new SendQueue({ socket, stream, batch, maxBufferedBytes: limits.maxBufferedBytes, onSlow });
    this.#state = {
      name: "opening",
      deadline: clock.setTimeout(() => this.close(NORMAL, ""), limits.handshakeTimeoutMs),
      firstBytes: limitFirstBytes(stream, limits.maxHandshakeBytes, () => this.close(TOO_BIG, "")),
    };
    socket.on("message", (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary));
    socket.on("ping", (data: Buffer) => this.#pong(data));
    socket.on("close", () => this.#closed());
    socket.on("error", (error) => this.#broken(error));
    this.#nonce = dependencies.ids.uuid();
    const challenge = { nonce: this.#nonce, ts: clock.now(), capabilities: [] };
    this.#queue.sendAnswer(JSON.stringify({ type: "event", event: "connect.challenge", payload: challenge }));
  }

  get isLive(): boolean {
    return this.#state.name === "live";
  }

  /** Undefined before the first request. */
  get principal(): Principal | undefined {
    return this.#principal;
  }

  /** How far its numbered events came. */
  get progress(): SendQueue["progress"] {
    return this.#queue.progress;
  }

  continueFrom(seq: number): void {
    this.#queue.continueFrom(seq);
  }

  /** Not before the connection is live; afterwards events are only counted. */
  sendEvent(event: OutgoingEvent, isNumbered: boolean): void {
    this.#queue.sendEvent(event, isNumbered);
  }

  /** Sends a close frame behind everything that waits, and cuts the line when the client does not answer it. */
  close(code: number, reason: string): void {
    if (this.#state.name === "closing" || this.#state.name === "closed") return;
    this.#leave();
    const { clock, limits, note } = this.#dependencies;
    this.#state = { name: "closing", cut: clock.setTimeout(() => this.terminate(), limits.closeTimeoutMs) };
    if (code !== NORMAL) note("closing a connection", { connectionId: this.id, code, reason });
    this.#transport.socket.close(code, cutToBytes(reason, MAX_REASON_BYTES));
  }

  terminate(): void {
    this.#transport.socket.terminate();
  }

  /** Pings the client, or cuts the line when nothing was heard of it since the last call. */
  checkLiveness(): void {
    const { socket, stream } = this.#transport;
    const { bytesRead, writableLength: waiting } = stream;
    const bytesSent = stream.bytesWritten - waiting;
    const seen = this.#seen;
    this.#seen = { bytesRead, bytesSent, waiting };
    // A client that still takes a big answer off the line can not see a ping behind it, and is alive all the same.
    const isTaking = seen.waiting > 0 && bytesSent > seen.bytesSent;
    if (bytesRead === seen.bytesRead && !isTaking) {
      this.#dependencies.note("a client does not answer pings", { connectionId: this.id });
      this.terminate();
    } else if (socket.readyState === socket.OPEN) socket.ping();
  }

  /** A client that takes nothing off the line gets no answer to its pings either. */
  #pong(data: Buffer): void {
    const { socket, stream } = this.#transport;
    const isTaking = stream.writableLength <= this.#dependencies.limits.maxBufferedBytes;
    if (socket.readyState === socket.OPEN && isTaking) socket.pong(data);
  }

  /** The client broke a rule of WebSocket; the close frame that says so is sent already. */
  #broken({ message }: Error): void {
    this.#dependencies.note("socket error", { connectionId: this.id, error: message });
    this.close(NORMAL, "");
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const state = this.#state;
    if (state.name !== "opening" && state.name !== "live") return;
    if (this.#held) return void this.#held.push({ data, isBinary });
    const isOpening = state.name === "opening";
    if (isOpening && data.length > this.#dependencies.limits.maxHandshakeBytes) return this.close(TOO_BIG, "");
    const value = parse(data, isBinary);
    // What is not JSON gets no answer: there is no id to answer to.
    if (value === undefined) return isOpening ? this.close(NORMAL, "") : undefined;
    if (!validateRequestFrame(value)) {
      if (isOpening) return this.close(POLICY_VIOLATION, "invalid request frame");
      const message = `invalid request frame: ${formatValidationErrors(validateRequestFrame.errors)}`;
      return this.#send(idOf(value), { ok: false, error: { code: "INVALID_REQUEST", message } });
    }
    if (state.name === "opening") this.#open(value);
    else void this.#answer(value, state.caller);
  }

  #open(frame: RequestFrame): void {
    this.#principal = claimedPrincipal(frame.params);
    const { shakeHands } = this.#dependencies;
    const outcome = shakeHands({ connectionId: this.id, frame, nonce: this.#nonce, peer: this.peer });
    if (!(outcome instanceof Promise)) return this.#decided(frame, outcome);
    this.#held = [];
    void outcome.then((decided) => {
      const held = this.#held ?? [];
      this.#held = undefined;
      this.#decided(frame, decided);
      for (const { data, isBinary } of held) this.#receive(data, isBinary);
    });
  }

  #decided(frame: RequestFrame, outcome: HandshakeOutcome): void {
    const state = this.#state;
    // The client went, or was sent away, while its device was looked up.
    if (state.name !== "opening") return;
    const { admit, note } = this.#dependencies;
    if (!outcome.ok) {
      note("a client was not let in", {
        connectionId: this.id,
        address: this.peer.address,
        reason: outcome.error.message,
      });
      this.#send(frame.id, { ok: false, error: outcome.error });
      return this.close(outcome.closeCode, outcome.closeReason);
    }
    state.deadline.cancel();
    state.firstBytes[Symbol.dispose]();
    const { caller, authMethod, issued } = outcome;
    const { client, dialect, role, deviceId } = caller;
    this.#caller = caller;
    this.#principal = { deviceId, role, authMethod };
    this.#state = { name: "live", caller };
    note("a client connected", {
      connectionId: this.id,
      address: this.peer.address,
      client: client.id,
      mode: client.mode,
      role,
      dialect,
    });
    // The handshake has checked them.
    const { resume } = frame.params as ConnectParams;
    const { hello, begin } = admit(this, caller, { authMethod, issued, resume });
    this.#send(frame.id, { ok: true, payload: hello });
    begin();
  }

  async #answer(request: RequestFrame, caller: Caller): Promise<void> {
    const { limits, answer } = this.#dependencies;
    if (this.#inFlight >= limits.maxInFlight)
      return this.#send(request.id, { ok: false, error: tooManyRequests(limits) });
    this.#inFlight += 1;
    this.#gone ??= new AbortController();
    try {
      await answer(request, caller, this.#gone.signal, ({ error, ...frame }) => {
        this.#send(request.id, error ? { ...frame, error: toDialectError(caller.dialect, error) } : frame);
      });
    } catch {
      // Not even the error could be encoded.
      this.#send(request.id, { ok: false, error: toErrorShape(undefined) });
    } finally {
      this.#inFlight -= 1;
    }
  }

  #send(id: string, { ok, payload, error }: Omit<ResponseFrame, "type" | "id">): void {
    const text =
      payload === undefined ? undefined : (this.#dependencies.encodedPayload(payload) ?? JSON.stringify(payload));
    this.#queue.sendAnswer(
      `{"type":"res","id":${JSON.stringify(id)},"ok":${ok}${text === undefined ? "" : `,"payload":${text}`}${error === undefined ? "" : `,"error":${JSON.stringify(error)}`}}`,
    );
  }

  #closed(): void {
    this.#leave();
    this.#state = { name: "closed" };
    this.#dependencies.onClosed(this, this.#caller);
  }

  /** Ends what the present state holds. */
  #leave(): void {
    const state = this.#state;
    if (state.name === "opening") {
      state.deadline.cancel();
      state.firstBytes[Symbol.dispose]();
    } else if (state.name === "live") this.#gone?.abort(new Error("The client is gone."));
    else if (state.name === "closing") state.cut.cancel();
  }
}

/** Binary messages whose bytes are JSON text count like text. Source: wire facts 1.4. */
function parse(data: Buffer, isBinary: boolean): unknown {
  if (isBinary && !isUtf8(data)) return undefined;
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}

/** The id an invalid frame is answered under. */
function idOf(value: unknown): string {
  const id: unknown = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "string" && id !== "" ? id : "invalid";
}

/** Of a request that nothing was checked of yet. */
function claimedPrincipal(params: unknown): Principal {
  const { device, role } = (typeof params === "object" && params !== null ? params : {}) as Partial<ConnectParams>;
  const deviceId: unknown = device?.id;
  return {
    deviceId: typeof deviceId === "string" ? deviceId : undefined,
    role: role === "node" ? "node" : "operator",
    authMethod: undefined,
  };
}

function tooManyRequests({ maxInFlight }: ConnectionLimits): ErrorShape {
  return {
    code: "UNAVAILABLE",
    message: `more than ${maxInFlight} requests of this connection are unanswered; wait for some of them`,
    retryable: true,
    retryAfterMs: 1_000,
  };
}

function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  // Not in the middle of a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}
