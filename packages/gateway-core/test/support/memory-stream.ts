import type { LogStream } from "../../src/logging/logger.ts";

/** A terminal that keeps what is written to it. */
export class MemoryStream implements LogStream {
  text = "";
  writableLength = 0;
  write(text: string): void {
    this.text += text;
  }
}
