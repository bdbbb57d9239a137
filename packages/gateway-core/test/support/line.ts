import { Duplex } from "node:stream";

import type { WebSocket } from "ws";

import { SendQueue } from "../../src/connection/send-queue.ts";
import { WriteBatch } from "../../src/connection/wire/write-batch.ts";

const OPEN = 1;
const CLOSED = 3;

/** A numbered event, as it came. */
export interface LineFrame {
  readonly event: string;
  readonly seq: number;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface LineOptions {
  readonly maxBufferedBytes: number;
  readonly receive: (frame: LineFrame) => void;
  readonly onSlow: () => void;
}

/** The gateway's end of a line whose other end may read slowly; what it has not read when it is cut is lost. */
export class Line {
  readonly queue: SendQueue;
  readonly #socket = { readyState: OPEN, OPEN, pause() {}, resume() {} };
  readonly #stream: Duplex;
  #bytes = Buffer.alloc(0);
  #isSlow = false;
  #held: (() => void) | undefined;

  constructor({ maxBufferedBytes, receive, onSlow }: LineOptions) {
    this.#stream = new Duplex({
      highWaterMark: 500,
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        const take = (): void => {
          this.#bytes = Buffer.concat([this.#bytes, chunk]);
          for (let text = this.#next(); text !== undefined; text = this.#next()) receive(JSON.parse(text) as LineFrame);
          done();
        };
        if (this.#isSlow) this.#held = take;
        else take();
      },
    });
    const socket = this.#socket as unknown as WebSocket;
    this.queue = new SendQueue({ socket, stream: this.#stream, batch: new WriteBatch(), maxBufferedBytes, onSlow });
  }

  /** Bytes that wait to be read. */
  get waiting(): number {
    return this.#stream.writableLength;
  }

  setSlow(isSlow: boolean): void {
    this.#isSlow = isSlow;
    if (isSlow) return;
    const held = this.#held;
    this.#held = undefined;
    held?.();
  }

  get isCut(): boolean {
    return this.#socket.readyState === CLOSED;
  }

  /** The end of the socket: nothing that waits is read any more. */
  cut(): void {
    this.#socket.readyState = CLOSED;
    this.#isSlow = true;
    this.#held = undefined;
    this.#stream.destroy();
  }

  #next(): string | undefined {
    const short = this.#bytes[1] ?? 0;
    const start = short < 126 ? 2 : 4;
    if (this.#bytes.length < start) return undefined;
    const length = short < 126 ? short : this.#bytes.readUInt16BE(2);
    if (this.#bytes.length < start + length) return undefined;
    const text = this.#bytes.toString("utf8", start, start + length);
    this.#bytes = this.#bytes.subarray(start + length);
    return text;
  }
}
