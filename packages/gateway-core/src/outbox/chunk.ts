/** An open code fence: its marker, and the line that opens it again in the next chunk. */
interface Fence {
  readonly marker: string;
  readonly opening: string;
}

const FENCE_LINE = /^ {0,3}(`{3,}|~{3,})([^\n]*)$/;
/** Below this a chunk could not hold a fence and a useful amount of text. */
const MINIMUM_LIMIT = 64;

/**
 * Splits Markdown into messages of at most `limit` UTF-16 code units. Breaks at a paragraph, else a line, else a
 * sentence, else a space, else anywhere but inside a surrogate pair. A code block that does not fit is closed at the
 * end of one chunk and opened again, with its language, at the start of the next.
 */
export function chunkMarkdown(text: string, limit: number): string[] {
  if (limit < MINIMUM_LIMIT) throw new RangeError(`A chunk limit must be at least ${MINIMUM_LIMIT}, not ${limit}.`);
  const chunks: string[] = [];
  let rest = text.trim();
  let fence: Fence | undefined;
  while (rest !== "") {
    const prefix = fence ? `${fence.opening}\n` : "";
    if (prefix.length + rest.length <= limit) {
      chunks.push(prefix + rest);
      break;
    }
    const piece = takePiece(rest, limit - prefix.length, fence);
    const after = fenceAfter(piece, fence);
    chunks.push(prefix + piece + (after ? `\n${after.marker}` : ""));
    rest = after ? rest.slice(piece.length).replace(/^\n/, "") : rest.slice(piece.length).trimStart();
    fence = after;
    if (fence && isClosing(rest, fence)) {
      // The block ends right where the chunk did: nothing of it is left to open again.
      rest = rest.slice(firstLine(rest).length).trimStart();
      fence = undefined;
    }
  }
  return chunks.filter((chunk) => chunk.trim() !== "");
}

/** The longest good prefix of `text` that fits, with room for closing a fence that is open at its end. */
function takePiece(text: string, room: number, fence: Fence | undefined): string {
  let end = breakBefore(text, room);
  const after = fenceAfter(text.slice(0, end), fence);
  if (after) end = breakBefore(text, room - after.marker.length - 1, after);
  return text.slice(0, end).trimEnd() || text.slice(0, end);
}

function breakBefore(text: string, room: number, fence?: Fence): number {
  const window = text.slice(0, room);
  const minimum = Math.floor(room / 2);
  if (!fence) {
    const paragraph = window.lastIndexOf("\n\n");
    if (paragraph >= minimum) return paragraph;
  }
  const line = window.lastIndexOf("\n");
  if (line >= minimum) return line;
  if (!fence) {
    const sentence = Math.max(...[". ", "! ", "? "].map((mark) => window.lastIndexOf(mark)));
    if (sentence >= minimum) return sentence + 1;
  }
  const space = window.lastIndexOf(" ");
  if (space >= minimum) return space;
  return isLowSurrogate(text.charCodeAt(room)) ? room - 1 : room;
}

/** The fence that is open after `text`, given the one that was open before it. */
function fenceAfter(text: string, before: Fence | undefined): Fence | undefined {
  let open = before;
  for (const line of text.split("\n")) {
    if (open) {
      if (isClosing(line, open)) open = undefined;
      continue;
    }
    const match = FENCE_LINE.exec(line);
    if (match?.[1]) open = { marker: match[1], opening: line.trim() };
  }
  return open;
}

function isClosing(text: string, fence: Fence): boolean {
  const match = FENCE_LINE.exec(firstLine(text));
  const marker = match?.[1];
  return (
    marker !== undefined &&
    marker[0] === fence.marker[0] &&
    marker.length >= fence.marker.length &&
    match?.[2]?.trim() === ""
  );
}

function firstLine(text: string): string {
  const end = text.indexOf("\n");
  return end === -1 ? text : text.slice(0, end);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
