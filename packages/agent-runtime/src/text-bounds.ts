/**
 * Shortens a text to about `limit` characters: three quarters from its beginning, the rest from its end, and a marker
 * between that says how much is missing. A text within the limit is returned as it is.
 */
export function headAndTail(text: string, limit: number, originalLength = text.length): string {
  if (originalLength <= limit && text.length <= limit) return text;
  const headLength = Math.ceil(limit * 0.75);
  const head = withoutHalfCharacter(text.slice(0, headLength));
  const tail = text.slice(Math.max(headLength, text.length - (limit - headLength))).replace(/^[\uDC00-\uDFFF]/u, "");
  return joinParts(head, tail, originalLength);
}

/** The two ends of a text whose middle was never read. */
export function joinParts(head: string, tail: string, originalLength: number): string {
  const missing = originalLength - head.length - tail.length;
  return `${head}\n[… ${missing} characters left out …]\n${tail}`;
}

function withoutHalfCharacter(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/u, "");
}
