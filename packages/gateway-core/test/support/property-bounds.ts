/** How much a property test tries. `npm test` takes a few seconds for each; the nightly run asks for more. */
const RUNS = process.env["OPENCLAW_PROPERTY_RUNS"];
const QUICK_MS = 4_000;
const LONG_MS = 3 * 60_000;

/** The bounds of one property; a failure prints its seed and path. */
export const propertyBounds = {
  numRuns: RUNS === undefined ? 60 : Number(RUNS),
  interruptAfterTimeLimit: RUNS === undefined ? QUICK_MS : LONG_MS,
  // Being slow is no failure: what was tried by then held.
  markInterruptAsFailure: false,
} as const;

/** The time limit that goes with them, in milliseconds. */
export const PROPERTY_TIMEOUT_MS = 2 * propertyBounds.interruptAfterTimeLimit + 20_000;
