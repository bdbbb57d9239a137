/** Masks credentials in text and in structured values, so that no sink of the log can show one. */

const SHOWN_FROM = 18;
const HEAD = 6;
const TAIL = 4;
const SHORTEST_SECRET = 4;
const MOST_SECRETS = 2000;
const MASK = "***";
/** The shortest text that one of the patterns below can match. */
const SHORTEST_MATCH = 8;

/** A long credential keeps its first six and last four characters, so that people can tell which one it is. */
export function mask(secret: string): string {
  return secret.length >= SHOWN_FROM ? `${secret.slice(0, HEAD)}…${secret.slice(-TAIL)}` : MASK;
}

// Where a pattern has a group, only the group is masked, and what stands around it stays readable.
const PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g,
  /\b(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})/gi,
  /(?<!\d)(\d{6,12}:[A-Za-z0-9_-]{30,})/g,
  /(?<![A-Za-z0-9])((?:sk|pk|rk)-[A-Za-z0-9_-]{16,}|(?:gh[oprsu]|gsk|npm|hf|glpat|xai)[_-][A-Za-z0-9_-]{16,}|github_pat_\w{20,}|xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|pplx-[A-Za-z0-9]{16,}|AIza[\w-]{30,}|AKIA[0-9A-Z]{16}|ya29\.[\w-]{20,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,128}:([^\s/@]{1,512})@/gi,
  /--(?:[a-z-]*-)?(?:token|password|secret|api-key)\s+([^\s"'-][^\s"']{3,})/gi,
  /(?:token(?!s)|secret|passw(?:or)?d|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization)[\w-]{0,40}\\?["']?\s{0,4}[=:]\s{0,4}\\?["']?(?!Bearer\b|Basic\b)([^\s"'\\,;&})\]]{4,})/gi,
];

/** Text without any of these can match none of the patterns above; most lines of a log are of this kind. */
const HINT =
  /-----BEGIN|bearer|basic|:\/\/|token|secret|passw|key|credential|authorization|\d{6}:|sk-|pk-|rk-|gh[oprsu]_|github_|gsk_|npm_|hf_|glpat|xai-|xox|xapp|pplx|AIza|AKIA|ya29|eyJ/i;
/** Each of these has one of these characters. An identifier in hexadecimal digits has none, and that is soon seen. */
const HINT_CHARACTER = /[g-z:]/i;
const SECRET_KEY =
  /token$|secret|passw(?:or)?d|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|cookie/i;

export interface RedactorOptions {
  /** False leaves text alone that only looks like a secret; registered secrets are masked all the same. */
  readonly patterns?: boolean;
  /** Regular expressions of further text to mask, raw (then flags "gi") or as /pattern/flags. */
  readonly extraPatterns?: readonly string[];
}

export class Redactor {
  readonly #patterns: readonly RegExp[];
  readonly #extra: readonly RegExp[];
  readonly #secrets = new Set<string>();
  #registered: RegExp | undefined;
  /** No shorter text can hold a secret. */
  #shortest = SHORTEST_MATCH;

  constructor({ patterns = true, extraPatterns = [] }: RedactorOptions = {}) {
    this.#patterns = patterns ? PATTERNS : [];
    this.#extra = extraPatterns.map(toPattern);
    if (this.#extra.length > 0) this.#shortest = 0;
  }

  /**
   * Registers credentials, to be masked wherever they appear: as they are, escaped as in JSON, or as in a URL. One of
   * less than four characters can not be told from ordinary text and is left out. Bounded.
   */
  addSecrets(secrets: Iterable<string>): void {
    for (const secret of secrets) {
      if (secret.length < SHORTEST_SECRET || this.#secrets.size >= MOST_SECRETS) continue;
      this.#shortest = Math.min(this.#shortest, secret.length);
      this.#secrets.add(secret);
      this.#secrets.add(JSON.stringify(secret).slice(1, -1));
      this.#secrets.add(urlForm(secret));
    }
    const longestFirst = [...this.#secrets].sort((one, other) => other.length - one.length);
    this.#registered =
      longestFirst.length === 0 ? undefined : new RegExp(longestFirst.map(escapePattern).join("|"), "g");
  }

  /** The text with every credential masked. */
  text(text: string): string {
    if (text.length < this.#shortest) return text;
    let masked = this.#registered === undefined ? text : text.replace(this.#registered, mask);
    if (this.#patterns.length > 0 && HINT_CHARACTER.test(masked) && HINT.test(masked)) {
      for (const pattern of this.#patterns) masked = masked.replace(pattern, maskGroup);
    }
    for (const pattern of this.#extra) masked = masked.replace(pattern, maskGroup);
    return masked;
  }

  /** True for the name of a field whose text value is masked whatever it is. */
  isSecretKey(key: string): boolean {
    return SECRET_KEY.test(key);
  }
}

function maskGroup(match: string, ...rest: readonly unknown[]): string {
  const group = rest.find((item, index): item is string => typeof item === "string" && index < rest.length - 2);
  if (group === undefined) return match.startsWith("-----BEGIN") ? MASK : mask(match);
  // What an earlier pattern has masked stays as it is.
  if (group.includes("…") || group.startsWith(MASK)) return match;
  const at = match.lastIndexOf(group);
  return `${match.slice(0, at)}${mask(group)}${match.slice(at + group.length)}`;
}

function toPattern(source: string): RegExp {
  const literal = /^\/(.+)\/([a-z]*)$/s.exec(source);
  const flags = literal?.[2] ?? "gi";
  return new RegExp(literal?.[1] ?? source, flags.includes("g") ? flags : `${flags}g`);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

function urlForm(secret: string): string {
  try {
    return encodeURIComponent(secret);
  } catch {
    // Half of a surrogate pair has no form in a URL.
    return secret;
  }
}
