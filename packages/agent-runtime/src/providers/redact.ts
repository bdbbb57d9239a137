const MASK = "[redacted]";
/** Shorter values are words, not secrets: masking them would only garble the text. */
const MIN_SECRET_LENGTH = 6;

/** What keys look like, whoever they belong to: providers repeat a part of the key they refuse. */
const KEY_SHAPES = [
  /\bBearer\s+[^\s"',}]+/giu,
  /\b(?:sk|pk|rk|gsk|xai|csk|key|api)[-_][A-Za-z0-9_*-]{6,}/gu,
  /\bAIza[A-Za-z0-9_*-]{6,}/gu,
  /([?&](?:key|api_key|token)=)[^&\s"']+/giu,
];

/** The text without the given secrets and without anything that looks like a key. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let result = text;
  for (const secret of secrets) {
    if (secret !== undefined && secret.length >= MIN_SECRET_LENGTH) result = result.replaceAll(secret, MASK);
  }
  for (const shape of KEY_SHAPES) {
    result = result.replace(shape, (_match, prefix: unknown) => (typeof prefix === "string" ? prefix + MASK : MASK));
  }
  return result;
}
