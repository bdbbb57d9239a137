import { open } from "node:fs/promises";
import type { Readable } from "node:stream";

import { UploadFailure } from "../errors.ts";

/** A file that is read while it is sent. A failure of the disk ends the call instead of the process. */
export class UploadFile implements AsyncDisposable {
  readonly stream: Readable;
  readonly #failed = new AbortController();

  private constructor(stream: Readable) {
    this.stream = stream;
    stream.on("error", (error) => this.#failed.abort(new UploadFailure(`The file can not be read: ${error.message}`)));
  }

  /** Throws UploadFailure. */
  static async open(path: string): Promise<UploadFile> {
    try {
      const handle = await open(path, "r");
      return new UploadFile(handle.createReadStream());
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      throw new UploadFailure(`The file can not be read: ${code}.`);
    }
  }

  /** Aborts when reading fails. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  onEnd(listener: () => void): void {
    this.stream.once("end", listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stream.destroy();
  }
}
