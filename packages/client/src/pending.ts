import type { ResponseFrame } from "@openclaw/protocol";

import { ClientError, fromErrorShape, reportUncaught } from "./errors.ts";
import { isRecord } from "./wire/frames.ts";

/** One request, as the caller made it. */
export interface NewRequest {
  readonly method: string;
  readonly params: unknown;
  /** For the whole request; the defaults below apply when absent. */
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** True for a method whose first answer only says that the work was accepted. */
  readonly answersTwice: boolean;
  readonly onAccepted: ((accepted: unknown) => void) | undefined;
  /** True when it outlives a lost connection and is sent again on the next. */
  readonly resend: boolean;
}

interface Entry {
  readonly request: NewRequest;
  readonly text: string;
  readonly resolve: (payload: unknown) => void;
  readonly reject: (reason: unknown) => void;
  readonly forget: () => void;
  timer: ReturnType<typeof setTimeout>;
  accepted: boolean;
}

/** Requests that wait for their answers. */
const MAX_PENDING_REQUESTS = 1024;
/** How long the final answer of accepted work may take when the caller names no deadline, in milliseconds. */
const FINAL_ANSWER_TIMEOUT_MS = 900_000;

/** Every request without its final answer, by id. Each ends in exactly one way: answer, deadline, signal or loss. */
export class PendingRequests {
  readonly #entries = new Map<string, Entry>();
  readonly #defaultTimeoutMs: number;
  #lastId = 0;

  constructor(defaultTimeoutMs: number) {
    this.#defaultTimeoutMs = defaultTimeoutMs;
  }

  /**
   * Registers a request and answers its frame, to be sent, with the promise of its answer. A gateway cuts the
   * connection of whoever sends more than `maximumBytes` at once, so such a request is refused here.
   */
  add(
    request: NewRequest,
    maximumBytes: number | undefined,
  ): { readonly text: string; readonly answer: Promise<unknown> } {
    if (this.#entries.size >= MAX_PENDING_REQUESTS) {
      throw new ClientError(
        "UNAVAILABLE",
        `${MAX_PENDING_REQUESTS} requests are waiting for answers; wait for some first.`,
      );
    }
    this.#lastId += 1;
    const id = `r${this.#lastId}`;
    const { method, params, signal } = request;
    const text = encodeRequest(id, method, params);
    if (maximumBytes !== undefined && isLonger(text, maximumBytes)) {
      throw new ClientError(
        "INVALID_REQUEST",
        `The ${method} request is above the ${maximumBytes} bytes this gateway takes.`,
      );
    }
    const answer = new Promise<unknown>((resolve, reject) => {
      const abort = () => this.#settle(id)?.reject(signal?.reason);
      signal?.addEventListener("abort", abort, { once: true });
      this.#entries.set(id, {
        request,
        text,
        resolve,
        reject,
        forget: () => signal?.removeEventListener("abort", abort),
        timer: this.#deadline(id, request.timeoutMs ?? this.#defaultTimeoutMs),
        accepted: false,
      });
    });
    return { text, answer };
  }

  /** Takes a response. One that nobody waits for (any more) is dropped. */
  answer(frame: ResponseFrame): void {
    const entry = this.#entries.get(frame.id);
    if (entry === undefined) return;
    if (frame.error !== undefined) {
      // A failed run says which run it was in the payload beside the error.
      const details = frame.error.details ?? frame.payload;
      this.#settle(frame.id)?.reject(fromErrorShape(frame.error, details === undefined ? {} : { details }));
    } else if (entry.request.answersTwice && isAcceptance(frame.payload)) {
      this.#accept(frame.id, entry, frame.payload);
    } else {
      this.#settle(frame.id)?.resolve(frame.payload);
    }
  }

  /** The connection is gone: requests that may not be sent twice fail, the others wait for the next connection. */
  connectionLost(error: ClientError): void {
    for (const [id, { request }] of this.#entries) if (!request.resend) this.#settle(id)?.reject(error);
  }

  failAll(error: ClientError): void {
    for (const id of this.#entries.keys()) this.#settle(id)?.reject(error);
  }

  /** The frames to send on a new connection, oldest first. */
  frames(): string[] {
    return Array.from(this.#entries.values(), ({ text }) => text);
  }

  #accept(id: string, entry: Entry, payload: unknown): void {
    if (entry.accepted) return;
    entry.accepted = true;
    if (entry.request.timeoutMs === undefined) {
      clearTimeout(entry.timer);
      entry.timer = this.#deadline(id, FINAL_ANSWER_TIMEOUT_MS);
    }
    try {
      entry.request.onAccepted?.(payload);
    } catch (error) {
      reportUncaught(error);
    }
  }

  #deadline(id: string, timeoutMs: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      const entry = this.#settle(id);
      if (entry === undefined) return;
      const { method } = entry.request;
      const what = entry.accepted ? "final answer" : "answer";
      entry.reject(new ClientError("TIMEOUT", `${method} got no ${what} within ${timeoutMs} ms.`));
    }, timeoutMs);
  }

  #settle(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    this.#entries.delete(id);
    clearTimeout(entry.timer);
    entry.forget();
    return entry;
  }
}

function encodeRequest(id: string, method: string, params: unknown): string {
  try {
    return JSON.stringify({ type: "req", id, method, params });
  } catch (error) {
    throw new ClientError("INVALID_REQUEST", `The parameters of ${method} can not be written as JSON.`, {
      cause: error,
    });
  }
}

/** The first of two answers. The replay of a run that has ended comes as one answer, which is the final one. */
function isAcceptance(payload: unknown): boolean {
  return isRecord(payload) && payload["status"] === "accepted";
}

/** Whether the UTF-8 form is above a limit. A character of a string takes three bytes at most, so most need no look. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || new TextEncoder().encode(text).length > bytes;
}
