/**
 * Why a file can not be had.
 * - `too-large`, `refused`, `missing`: trying again does not help.
 * - `unavailable`: the other side can not be reached, or there is no room here; later it may work.
 */
export type MediaProblem = "too-large" | "refused" | "missing" | "unavailable";

/** A file that can not be had, in words for the person who asked. Names no path outside what they named themselves. */
export class MediaError extends Error {
  override readonly name = "MediaError";
  readonly problem: MediaProblem;

  constructor(problem: MediaProblem, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.problem = problem;
  }
}

/** The error for a file over its limit, in bytes. */
export function tooLarge(maxBytes: number): MediaError {
  return new MediaError("too-large", `the file is larger than ${(maxBytes / 1_048_576).toFixed(1)} MiB`);
}
