import type { ErrorShape, EventFrame, HelloOk, ResponseFrame, ResumeOffer, ResumePoint } from "@openclaw/protocol";

import { ClientError, fromErrorShape } from "./errors.ts";
import {
  type CloseInfo,
  type OpenTransport,
  printableUrl,
  type Transport,
  type TransportListener,
} from "./transport/transport.ts";
import type { BuildConnectParams } from "./wire/connect-params.ts";
import { decodeServerFrame, isDuration, isRecord } from "./wire/frames.ts";
import { Handshake } from "./wire/handshake.ts";
import { type MissedEvents, Sequence } from "./wire/sequence.ts";

/** Who hears from a live connection. Calls come in the order of the frames; nothing follows `ended`. */
export interface SessionListener {
  /** The connection stands. Called before anything that came after `hello-ok` is handed on. */
  opened(session: Session): void;
  /** An event; `missed` tells of numbered events before it that did not arrive. `size` is in characters. */
  event(frame: EventFrame, size: number, missed: MissedEvents | undefined): void;
  answer(frame: ResponseFrame): void;
  /** Something came that is no frame; it was dropped. */
  malformed(reason: string): void;
  ended(error: ClientError): void;
}

export interface SessionOptions {
  readonly url: string;
  readonly tlsFingerprint: string | undefined;
  readonly openTransport: OpenTransport;
  readonly buildParams: BuildConnectParams;
  readonly connectTimeoutMs: number;
  readonly listener: SessionListener;
}

/** A refusal is followed by a close, whose code and reason belong to the error; it is waited for no longer than this. */
const REFUSAL_CLOSE_WAIT_MS = 250;
const DEFAULT_TICK_MS = 30_000;
const SHORTEST_TICK_MS = 100;
const LONGEST_TICK_MS = 600_000;
const CLOSE_WAIT_MS = 1000;
/** Close codes in a handshake that say the same would happen again. Source: the wire's table of close codes. */
const FINAL_CLOSE_CODES: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1009, 1010, 4001]);

/** One connection, from the first packet to its end. A session does not come back; the next connection is a new one. */
export class Session {
  readonly #options: SessionOptions;
  readonly #handshake: Handshake;
  readonly #opening = deferred();
  readonly #closed = deferred();
  #transport: Transport | undefined;
  #hello: HelloOk | undefined;
  #sequence = new Sequence(undefined);
  #refusal: ErrorShape | undefined;
  #shutdown: { readonly reason: string; readonly restartExpectedMs: number | undefined } | undefined;
  #lastFrameAt = 0;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #refusalWait: ReturnType<typeof setTimeout> | undefined;
  #closedHere = false;
  #ended = false;

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.#handshake = new Handshake(options.buildParams, {
      hello: (hello) => this.#live(hello),
      refused: (error) => this.#refused(error),
      failed: (error) => this.#opening.reject(error),
    });
  }

  /** Resolves once the listener was given the open session. Rejects with a ClientError, or with the signal's reason. */
  static async open(options: SessionOptions, signal: AbortSignal): Promise<void> {
    const session = new Session(options);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(connectTimeout(options)), options.connectTimeoutMs);
    const either = deadline.signal;
    const giveUp = () => deadline.abort(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    either.addEventListener("abort", () => session.#opening.reject(either.reason), { once: true });
    try {
      signal.throwIfAborted();
      session.#transport = await options.openTransport({
        url: options.url,
        tlsFingerprint: options.tlsFingerprint,
        listener: session.#hears(),
        signal: either,
      });
      session.#handshake.begin((text) => session.send(text));
      await session.#opening.promise;
    } catch (error) {
      session.#abandon();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
  }

  get hello(): HelloOk {
    if (this.#hello === undefined) throw new ClientError("CLOSED", "The connection is not open.");
    return this.#hello;
  }

  /** Where the events of this session stand, for a gateway that lets them be taken up again. */
  get resumePoint(): ResumePoint | undefined {
    const [offer, seq] = [offerOf(this.#hello), this.#sequence.last];
    return offer === undefined || seq === undefined ? undefined : { epoch: offer.epoch, seq };
  }

  /** Bytes sent that the network has not taken yet. */
  get bufferedBytes(): number {
    return this.#transport?.bufferedBytes ?? 0;
  }

  send(text: string): void {
    if (!this.#ended) this.#transport?.send(text);
  }

  /** Says goodbye and waits for the other side, a second at most. The listener hears nothing of it. */
  async close(code: number, reason: string): Promise<void> {
    this.#closedHere = true;
    clearTimeout(this.#watchdog);
    if (this.#ended || this.#transport === undefined) return;
    const timer = setTimeout(() => this.#transport?.terminate(), CLOSE_WAIT_MS);
    this.#transport.close(code, reason);
    await this.#closed.promise;
    clearTimeout(timer);
  }

  #hears(): TransportListener {
    return { message: (text) => this.#message(text), closed: (info) => this.#end(info) };
  }

  #message(text: string): void {
    if (this.#ended || this.#closedHere) return;
    this.#lastFrameAt = Date.now();
    const frame = decodeServerFrame(text);
    if (frame === undefined) {
      this.#options.listener.malformed(`${text.length} characters that are neither a response nor an event`);
    } else if (this.#hello === undefined) {
      this.#handshake.receive(frame);
    } else if (frame.type === "res") {
      this.#options.listener.answer(frame);
    } else {
      this.#event(frame, text.length);
    }
  }

  #event(frame: EventFrame, size: number): void {
    if (frame.event === "shutdown" && isRecord(frame.payload)) {
      const { reason, restartExpectedMs } = frame.payload;
      this.#shutdown = {
        reason: typeof reason === "string" ? reason : "gateway stopping",
        restartExpectedMs: isDuration(restartExpectedMs) ? restartExpectedMs : undefined,
      };
    }
    const missed = frame.seq === undefined ? undefined : this.#sequence.observe(frame.seq);
    this.#options.listener.event(frame, size, missed);
  }

  #live(hello: HelloOk): void {
    this.#hello = hello;
    this.#sequence = new Sequence(firstNumber(hello));
    const tick: unknown = isRecord(hello.policy) ? hello.policy.tickIntervalMs : undefined;
    const tickMs = isDuration(tick) && tick > 0 ? tick : DEFAULT_TICK_MS;
    this.#watch(2 * Math.min(Math.max(tickMs, SHORTEST_TICK_MS), LONGEST_TICK_MS));
    this.#options.listener.opened(this);
    this.#opening.resolve();
  }

  /** A gateway that sends nothing for two ticks is gone, whatever the socket believes. Source: R5.10. */
  #watch(quietMs: number): void {
    // The wall clock, not a monotonic one: after a machine has slept, the first look finds the silence at once.
    const quiet = Date.now() - this.#lastFrameAt;
    const left = quiet < 0 ? quietMs : quietMs - quiet;
    if (left > 0) {
      this.#watchdog = setTimeout(() => this.#watch(quietMs), left);
      return;
    }
    const reason = `no frame for ${quietMs} ms`;
    this.#finish(
      new ClientError("CLOSED", `The connection to the gateway was given up: ${reason}.`, { closeReason: reason }),
    );
    this.#transport?.terminate();
  }

  #refused(error: ErrorShape): void {
    this.#refusal = error;
    this.#refusalWait = setTimeout(() => this.#opening.reject(fromErrorShape(error)), REFUSAL_CLOSE_WAIT_MS);
  }

  #end({ code, reason }: CloseInfo): void {
    this.#closed.resolve();
    if (this.#ended) return;
    const close = { closeCode: code, closeReason: reason };
    if (this.#hello !== undefined) {
      this.#finish(this.#lost(close));
    } else {
      this.#ended = true;
      this.#opening.reject(
        this.#refusal === undefined ? cutHandshake(this.#options.url, close) : fromErrorShape(this.#refusal, close),
      );
    }
  }

  #lost(close: { closeCode: number; closeReason: string }): ClientError {
    const { reason, restartExpectedMs } = this.#shutdown ?? {};
    const cause = reason ?? (close.closeReason || "no reason given");
    return new ClientError(
      "CLOSED",
      `The connection to the gateway was lost: ${cause} (close code ${close.closeCode}).`,
      {
        ...close,
        ...(restartExpectedMs === undefined ? {} : { retryAfterMs: restartExpectedMs }),
      },
    );
  }

  #finish(error: ClientError): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#watchdog);
    if (!this.#closedHere) this.#options.listener.ended(error);
  }

  /** The attempt failed or was given up: whatever there is of the socket goes. */
  #abandon(): void {
    this.#ended = true;
    clearTimeout(this.#watchdog);
    clearTimeout(this.#refusalWait);
    this.#handshake.abandon();
    this.#transport?.terminate();
  }
}

/** The offer as far as it is one: what arrives is checked. */
function offerOf(hello: HelloOk | undefined): ResumeOffer | undefined {
  const offer: unknown = hello?.resume;
  if (!isRecord(offer)) return undefined;
  const { epoch, seq, recovered } = offer;
  if (typeof epoch !== "string" || !Number.isSafeInteger(seq)) return undefined;
  return { epoch, seq: Number(seq), recovered: recovered === true };
}

/** True when exactly the events that were missed follow this hello. */
export function isRecovered(hello: HelloOk): boolean {
  return offerOf(hello)?.recovered === true;
}

/** Protocol 4 numbers the events of each connection from 1; protocol 3 may have one count for the whole gateway. */
function firstNumber(hello: HelloOk): number | undefined {
  const offer = offerOf(hello);
  if (offer !== undefined) return offer.seq + 1;
  return hello.protocol >= 4 ? 1 : undefined;
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(reason: unknown): void;
}

function deferred(): Deferred {
  let resolve: () => void = noop;
  let reject: (reason: unknown) => void = noop;
  const promise = new Promise<void>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  // It may be rejected while nobody waits for it yet; whoever waits later still gets the reason.
  promise.catch(noop);
  return { promise, resolve, reject };
}

function noop(): void {}

function connectTimeout({ url, connectTimeoutMs }: SessionOptions): ClientError {
  return new ClientError("CONNECT_FAILED", `${printableUrl(url)} did not answer within ${connectTimeoutMs} ms.`);
}

function cutHandshake(url: string, close: { closeCode: number; closeReason: string }): ClientError {
  const reason = close.closeReason || "no reason given";
  return new ClientError(
    "CONNECT_FAILED",
    `${printableUrl(url)} closed the connection during the handshake: ${reason} (close code ${close.closeCode}).`,
    { ...close, retryable: !FINAL_CLOSE_CODES.has(close.closeCode) },
  );
}
