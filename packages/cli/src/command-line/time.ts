import { ValueError } from "./options.ts";

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/u;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WITHOUT_OFFSET = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/u;

/** A length of time such as "20m", "1.5h" or "2d", in milliseconds. Throws ValueError. */
export function parseDuration(word: string): number {
  const [, amount, unit = ""] = DURATION.exec(word.trim()) ?? [];
  const milliseconds = Math.round(Number(amount) * (UNITS[unit] ?? Number.NaN));
  if (Number.isSafeInteger(milliseconds) && milliseconds > 0) return milliseconds;
  throw new ValueError("Expected a length of time such as 30s, 20m, 1.5h or 2d.");
}

/** An instant: epoch milliseconds, ISO 8601 (UTC without an offset), or a length of time from now. Throws ValueError. */
export function parseInstant(word: string, now: number): number {
  const text = word.trim();
  if (DURATION.test(text)) return now + parseDuration(text);
  if (/^\d{12,15}$/u.test(text)) return Number(text);
  const parsed = Date.parse(WITHOUT_OFFSET.test(text) ? `${text.includes(":") ? text : `${text}T00:00`}Z` : text);
  if (!Number.isNaN(parsed) && /^\d{4}-/u.test(text)) return parsed;
  throw new ValueError(
    "Expected ISO 8601 such as 2026-12-24T18:00:00Z, epoch milliseconds, or a time from now such as 20m.",
  );
}
