/** Longer texts are searched up to here only: what calls the bot stands near the beginning or nowhere. */
const MAX_SEARCHED = 2_000;

/** Who an agent is, as far as people call it by that. */
export interface Identity {
  readonly name?: string | undefined;
  readonly emoji?: string | undefined;
}

/**
 * True when one of the patterns (regular expressions, case-insensitive) is found in the text. A pattern that is no
 * regular expression finds nothing; the configuration refuses such ones.
 */
export function isMentioned(text: string, patterns: readonly string[]): boolean {
  const searched = text.slice(0, MAX_SEARCHED);
  return patterns.some((pattern) => compile(pattern)?.test(searched) ?? false);
}

/** Patterns for an agent that has none configured: its name as a word of its own, and its emoji. */
export function identityPatterns({ name, emoji }: Identity): string[] {
  const words = name?.trim().split(/\s+/u).map(literal).join("\\s+");
  return [
    ...(words ? [`(?<![\\p{L}\\p{N}_])@?${words}(?![\\p{L}\\p{N}_])`] : []),
    ...(emoji?.trim() ? [literal(emoji.trim())] : []),
  ];
}

function compile(pattern: string): RegExp | undefined {
  for (const flags of ["iu", "i"]) {
    try {
      return new RegExp(pattern, flags);
    } catch {
      // Patterns written for the older syntax are read by the second attempt.
    }
  }
  return undefined;
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}
