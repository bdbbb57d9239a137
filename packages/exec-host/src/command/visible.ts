/** Characters that do not show, or that change how what is around them shows. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u00A0\u115F\u1160\u3164\uFFA0]/gu;
const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/u;
const MAX_SHOWN = 4_000;

/** A text for a person who decides by it: what does not show is spelled out, so that nothing in it can hide. */
export function visibleText(text: string): string {
  const shown = text.replace(INVISIBLE, (character) => {
    if (character === "\n") return String.raw`\n`;
    if (character === "\t") return String.raw`\t`;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return shown.length <= MAX_SHOWN ? shown : `${shown.slice(0, MAX_SHOWN)}… [${shown.length} characters]`;
}

/** A command as it would be written in a shell, for a person to read. */
export function displayCommand(words: readonly string[]): string {
  return visibleText(displayWords(words));
}

/** The same without anything spelled out; to compare with what others wrote. */
export function displayWords(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(" ");
}
