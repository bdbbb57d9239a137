const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_LENGTH_7 = 125;
const MAX_LENGTH_16 = 0xff_ff;
/** Up to here one copied buffer is cheaper than several writes; beyond it the shared part is not copied. */
const MAX_COPIED_BYTES = 8_192;

/** A text message whose beginning many sockets share and whose end is one socket's own. */
export interface SharedText {
  readonly head: Buffer;
  /** ASCII. */
  readonly tail: string;
}

/**
 * One text message as an unmasked, unfragmented WebSocket frame, ready for the wire. Source: RFC 6455 section 5.2.
 */
export function frameText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerSize(length) + length);
  frame.write(text, writeHeader(frame, length));
  return frame;
}

/** The same for a message with a shared beginning: one buffer when it is small, several when copying would cost more. */
export function frameShared({ head, tail }: SharedText): readonly Buffer[] {
  const length = head.length + tail.length;
  if (length > MAX_COPIED_BYTES) {
    const header = Buffer.allocUnsafe(headerSize(length));
    writeHeader(header, length);
    return [header, head, Buffer.from(tail, "latin1")];
  }
  const frame = Buffer.allocUnsafe(headerSize(length) + length);
  const start = writeHeader(frame, length);
  head.copy(frame, start);
  frame.write(tail, start + head.length, "latin1");
  return [frame];
}

function headerSize(length: number): number {
  if (length <= MAX_LENGTH_7) return 2;
  return length <= MAX_LENGTH_16 ? 4 : 10;
}

/** Answers where the payload begins. */
function writeHeader(frame: Buffer, length: number): number {
  frame[0] = FINAL_TEXT;
  if (length <= MAX_LENGTH_7) {
    frame[1] = length;
    return 2;
  }
  if (length <= MAX_LENGTH_16) {
    frame[1] = LENGTH_16;
    return frame.writeUInt16BE(length, 2);
  }
  frame[1] = LENGTH_64;
  return frame.writeBigUInt64BE(BigInt(length), 2);
}
