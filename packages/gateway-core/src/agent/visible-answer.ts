/** An answer without what a model wrote for itself, its code masked so that nothing in it is taken for a directive. */
export interface VisibleAnswer {
  readonly text: string;
  /** Puts the masked code back into a text. */
  readonly restore: (text: string) => string;
}

/** A fenced block up to its end, or to the end of the text; a span of inline code; a tag of reasoning or answer. */
const MARK =
  /^[ \t]*(`{3,}|~{3,})[^\n]*(?:\n[\s\S]*?(?:^[ \t]*\1[^\n]*$|$(?![\s\S]))|$)|`[^`\n]+`|<(\/?)(think|thinking|thought|final)\b[^<>]{0,200}>/gimu;
const END_OF_THOUGHT = /<\/(?:think|thinking|thought)\s*>/giu;
/** A code point that is no character stands around the number of a piece of code. */
const MASK = "\u{FDD0}";
const MASKED = new RegExp(`${MASK}(\\d+)${MASK}`, "gu");

/**
 * Takes out `<think>` blocks; when there are `<final>` blocks, only they are left. A thought without an end goes on to
 * the end of the answer; an end without a beginning closes a thought that began with the answer, as models do whose
 * prompt opens it for them.
 */
export function visibleAnswer(answer: string): VisibleAnswer {
  const source = answer.replaceAll(MASK, "");
  const code: string[] = [];
  let shown = "";
  let final: string | undefined;
  let inFinal = false;
  let position = 0;
  const add = (text: string): void => {
    if (inFinal) final = (final ?? "") + text;
    else shown += text;
  };
  for (;;) {
    MARK.lastIndex = position;
    const mark = MARK.exec(source);
    add(source.slice(position, mark?.index));
    if (mark === null) break;
    position = mark.index + mark[0].length;
    const [matched, , slash, tag] = mark;
    if (tag === undefined) add(MASK + String(code.push(matched) - 1) + MASK);
    else if (tag.toLowerCase() === "final") {
      inFinal = slash === "";
      final ??= "";
    } else if (slash === "/") shown = "";
    else position = endOfThought(source, position);
  }
  return {
    text: final ?? shown,
    restore: (text) => text.replace(MASKED, (_match, index: string) => code[Number(index)] ?? ""),
  };
}

function endOfThought(source: string, from: number): number {
  END_OF_THOUGHT.lastIndex = from;
  const end = END_OF_THOUGHT.exec(source);
  return end === null ? source.length : end.index + end[0].length;
}
