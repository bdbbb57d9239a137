/** The first and the last bytes of an output, however long it is. */
export class BoundedOutput {
  readonly #half: number;
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #dropped = 0;

  constructor(maxBytes: number) {
    this.#half = Math.max(1, Math.floor(maxBytes / 2));
  }

  add(chunk: Buffer): void {
    const room = this.#half - this.#head.length;
    if (room > 0) this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
    if (chunk.length <= room) return;
    const rest = Buffer.concat([this.#tail, chunk.subarray(Math.max(room, 0))]);
    this.#dropped += Math.max(0, rest.length - this.#half);
    this.#tail = rest.subarray(-this.#half);
  }

  get text(): string {
    const gap = this.#dropped === 0 ? "" : `\n[${this.#dropped} bytes left out]\n`;
    return `${this.#head.toString()}${gap}${this.#tail.toString()}`;
  }
}
