const MAX_RETRY_AFTER_MS = 3_600_000;

/** How long the provider asks to wait: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const milliseconds = positive(Number(headers["retry-after-ms"] ?? Number.NaN));
  const header = headers["retry-after"] ?? "";
  const wait = milliseconds ?? positive(Number(header || Number.NaN) * 1000) ?? positive(Date.parse(header) - now);
  return wait === undefined ? undefined : Math.min(wait, MAX_RETRY_AFTER_MS);
}

function positive(value: number): number | undefined {
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
