const FINAL_TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const MAX_LENGTH_7 = 125;
const MAX_LENGTH_16 = 0xff_ff;
/** Up to here copying is cheaper than a second write, and buffers come out of Node's pool. */
const MAX_COPIED_BYTES = 2_048;

/** One text message as an unmasked, unfragmented WebSocket frame. Source: RFC 6455 section 5.2. */
export function frameText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(headerSize(length) + length);
  frame.write(text, writeHeader(frame, length));
  return frame;
}

/**
 * The same for a message that begins with a few characters of one socket's own and goes on with bytes that many
 * sockets share. Big bytes are not copied: they come as a buffer of their own.
 */
export function frameShared(asciiBeginning: string, shared: Buffer): readonly [Buffer] | readonly [Buffer, Buffer] {
  const length = asciiBeginning.length + shared.length;
  const isCopied = length <= MAX_COPIED_BYTES;
  const frame = Buffer.allocUnsafe(headerSize(length) + (isCopied ? length : asciiBeginning.length));
  const start = writeHeader(frame, length);
  frame.write(asciiBeginning, start, "latin1");
  if (!isCopied) return [frame, shared];
  shared.copy(frame, start + asciiBeginning.length);
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
