import type { EventPayload } from "@openclaw/protocol";

/** How many pieces may wait for the terminal; beyond it the newest takes in what it can not hold. */
const BOUND = 1024;

/** The text of one run, piece by piece, as a single consumer reads it. */
export class TextStream implements AsyncIterable<string> {
  readonly #waiting: string[] = [];
  #wake: (() => void) | undefined;
  #ended = false;
  #length = 0;

  /** True once any text came. */
  get anything(): boolean {
    return this.#length > 0;
  }

  /** Takes an agent event in; events of other runs and other streams are ignored. */
  receive(event: EventPayload<"agent">, runId: string): void {
    if (event.runId !== runId || event.stream !== "assistant") return;
    const { text, delta } = event.data;
    // The text so far is the truth: pieces may be merged on the way, or missed across a reconnect.
    const piece = typeof text === "string" ? text.slice(this.#length) : typeof delta === "string" ? delta : "";
    if (piece === "") return;
    this.#length += piece.length;
    if (this.#waiting.length < BOUND) this.#waiting.push(piece);
    else this.#waiting[BOUND - 1] += piece;
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const piece = this.#waiting.shift();
      if (piece !== undefined) {
        yield piece;
        continue;
      }
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
