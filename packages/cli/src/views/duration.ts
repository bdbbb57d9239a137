const UNITS: readonly (readonly [suffix: string, milliseconds: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

/** A length of time in at most two units: "3 d 4 h", "12 s", "40 ms". */
export function duration(milliseconds: number): string {
  const first = UNITS.findIndex(([, size]) => milliseconds >= size);
  const unit = UNITS[first];
  if (unit === undefined) return `${Math.max(0, Math.round(milliseconds))} ms`;
  const whole = Math.floor(milliseconds / unit[1]);
  const next = UNITS[first + 1];
  const rest = next === undefined ? 0 : Math.floor((milliseconds % unit[1]) / next[1]);
  return rest > 0 && next !== undefined ? `${whole} ${unit[0]} ${rest} ${next[0]}` : `${whole} ${unit[0]}`;
}

/** How long ago an instant was. */
export function ago(instant: number, now: number): string {
  return `${duration(Math.max(0, now - instant))} ago`;
}
