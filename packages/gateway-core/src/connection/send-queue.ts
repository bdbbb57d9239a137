import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";

import { frameShared, frameText } from "./wire/text-frame.ts";
import type { WriteBatch } from "./wire/write-batch.ts";

/** An event whose frame was encoded once for every socket that gets it. */
export interface OutgoingEvent {
  readonly name: string;
  /** True when a slow client may miss it, as long as it gets the newest of its kind later. */
  readonly droppable: boolean;
  /** The frame's JSON after `{"type":"event",` and, for numbered ones, `"seq":n,`. */
  readonly body: Buffer;
}

export interface SendQueueOptions {
  readonly socket: WebSocket;
  /** The same connection below the WebSocket; frames are written to it directly. */
  readonly stream: Duplex;
  readonly batch: WriteBatch;
  /** What may wait for a slow client, in bytes, before events are dropped or the client is. */
  readonly maxBufferedBytes: number;
  /** Called when an event that may not be dropped finds the buffer full. */
  readonly onSlow: () => void;
}

/**
 * The way out of one connection: numbers events when they are queued, so that a client sees 1, 2, 3 … without a gap,
 * and keeps a slow client from costing more than its share of memory.
 * - Events beyond the limit: droppable ones are held back, the newest of each kind, until the client has caught up;
 *   any other ends the connection.
 * - Answers never end it, however big. While they wait beyond the limit, no new requests are read.
 * Source: R5.3, F17, wire facts 11.2 and 11.11.
 */
export class SendQueue {
  readonly #options: SendQueueOptions;
  readonly #missed = new Map<string, { event: OutgoingEvent; isNumbered: boolean }>();
  #seq = 0;
  #exactFrom = 0;
  /** The last piece of work in which something was written. */
  #heldIn = 0;
  /** Bytes of answers written since the buffer was last empty; the client asked for them, so they are not held against it. */
  #answerBytes = 0;
  #isPaused = false;

  constructor(options: SendQueueOptions) {
    this.#options = options;
    options.stream.on("drain", () => this.#drained());
  }

  /**
   * How far the numbered events came, those included that were written too late to leave. `exactFrom` is the number
   * since which none was held back; infinite while some are.
   */
  get progress(): { readonly seq: number; readonly exactFrom: number } {
    return { seq: this.#seq, exactFrom: this.#missed.size > 0 ? Number.POSITIVE_INFINITY : this.#exactFrom };
  }

  /** The next numbered event gets the number after this one. */
  continueFrom(seq: number): void {
    this.#seq = seq;
    this.#exactFrom = seq;
  }

  sendAnswer(text: string): void {
    if (!this.#isOpen()) return;
    const frame = frameText(text);
    this.#write([frame]);
    const { stream, socket, maxBufferedBytes } = this.#options;
    if (!stream.writableNeedDrain) return;
    this.#answerBytes += frame.length;
    if (this.#isPaused || this.#flushed() <= maxBufferedBytes) return;
    this.#isPaused = true;
    socket.pause();
  }

  /** `isNumbered` gives the event the connection's next `seq`; a connection that has ended only counts it. */
  sendEvent(event: OutgoingEvent, isNumbered: boolean): void {
    const isOpen = this.#isOpen();
    const isFull = isOpen && this.#isFull();
    if (isFull && event.droppable) {
      this.#missed.set(event.name, { event, isNumbered });
      return;
    }
    if (isNumbered) this.#seq += 1;
    if (isFull) this.#options.onSlow();
    if (isFull || !isOpen) return;
    if (this.#missed.delete(event.name)) this.#exactFrom = Number.POSITIVE_INFINITY;
    const beginning = isNumbered ? `{"type":"event","seq":${this.#seq},` : '{"type":"event",';
    this.#write(frameShared(beginning, event.body));
  }

  #write(parts: readonly Buffer[]): void {
    const { batch, stream } = this.#options;
    const { number } = batch;
    if (this.#heldIn !== number) {
      this.#heldIn = number;
      batch.hold(stream);
    }
    for (const part of parts) stream.write(part);
  }

  #isFull(): boolean {
    const limit = this.#options.maxBufferedBytes + this.#answerBytes;
    return this.#options.stream.writableLength > limit && this.#flushed() > limit;
  }

  /** What still waits after everything was offered to the operating system. */
  #flushed(): number {
    const { stream } = this.#options;
    // The batch uncorks again at its end, which is harmless by then.
    while (stream.writableCorked > 0) stream.uncork();
    return stream.writableLength;
  }

  #drained(): void {
    this.#answerBytes = 0;
    if (this.#isPaused) {
      this.#isPaused = false;
      this.#options.socket.resume();
    }
    const missed = [...this.#missed.values()];
    this.#missed.clear();
    for (const { event, isNumbered } of missed) this.sendEvent(event, isNumbered);
    if (missed.length > 0 || this.#exactFrom > this.#seq) this.#exactFrom = this.#seq;
  }

  #isOpen(): boolean {
    const { socket, stream } = this.#options;
    return socket.readyState === socket.OPEN && stream.writable;
  }
}
