const SLAB_BYTES = 65_536;
/** What is bigger gets memory of its own. */
const MOST_SHARED_BYTES = 16_384;

/**
 * Memory for texts that are kept for a while and forgotten in the order they came, one block for many. Node's own pool
 * would not do: among short-lived frames a few bytes that are kept would hold on to 8 KiB each.
 */
export class Slab {
  #block = Buffer.alloc(0);
  #used = 0;

  /** The text's bytes. A block is free again when the last of its texts is. */
  encode(text: string): Buffer {
    const length = Buffer.byteLength(text);
    if (length > MOST_SHARED_BYTES) {
      const own = Buffer.allocUnsafeSlow(length);
      own.write(text);
      return own;
    }
    if (this.#used + length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(SLAB_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += length;
    this.#block.write(text, start);
    return this.#block.subarray(start, this.#used);
  }
}
