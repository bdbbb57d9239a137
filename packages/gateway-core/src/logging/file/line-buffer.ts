const BLOCK_BYTES = 64 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** The longest that UTF-8 makes of one unit of a string. */
const BYTES_PER_UNIT = 3;

/**
 * Lines on their way to a file, as bytes, in order. Encoded when they come: strings that wait would be copied by every
 * garbage collection in the meantime, which costs more than writing them. Bounded.
 */
export class LineBuffer {
  /** Lines are added here; made for the first one. */
  #block = Buffer.alloc(0);
  #used = 0;
  /** Earlier bytes, the oldest first. */
  #full: Buffer[] = [];
  #fullBytes = 0;

  get isEmpty(): boolean {
    return this.#used === 0 && this.#full.length === 0;
  }

  /** True when so much waits that there is no point in waiting for more. */
  get isFull(): boolean {
    return this.#full.length > 0;
  }

  /** False when there is no room for the line; it is left out then. */
  append(line: string): boolean {
    const most = line.length * BYTES_PER_UNIT;
    if (this.#fullBytes + this.#used + most > MOST_BYTES) return false;
    if (most > this.#block.length - this.#used) this.#makeRoom(most);
    this.#used += this.#block.write(line, this.#used, "utf8");
    return true;
  }

  /** Takes the oldest bytes out: whole lines, but for what `putBack` has cut. */
  take(): Buffer | undefined {
    const oldest = this.#full.shift();
    if (oldest !== undefined) {
      this.#fullBytes -= oldest.length;
      return oldest;
    }
    if (this.#used === 0) return undefined;
    const bytes = Buffer.from(this.#block.subarray(0, this.#used));
    this.#used = 0;
    return bytes;
  }

  /** Bytes that were taken and are still to be written. */
  putBack(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#full.unshift(bytes);
    this.#fullBytes += bytes.length;
  }

  #makeRoom(bytes: number): void {
    if (this.#used > 0) {
      this.#full.push(this.#block.subarray(0, this.#used));
      this.#fullBytes += this.#used;
    }
    this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, bytes));
    this.#used = 0;
  }
}
