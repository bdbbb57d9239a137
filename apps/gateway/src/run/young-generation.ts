const GROWTH_FLAG = "--semi-space-growth-factor";
/** V8's own, on every Node so far. */
const USUAL = 2;

/**
 * Keeps V8 from doubling its young generation, until the answered function is called. It doubles when much survives,
 * which is a sign of work in a program that runs, and of nothing in one that loads, as code always survives. Idle, it
 * never shrinks: a gateway would keep 7 MiB of it with less than one in use. The factor is read whenever V8 is about to
 * grow, so it may change in a running process.
 */
export function holdYoungGeneration(): () => void {
  // Not imported: every other command would load it too.
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  setFlagsFromString(`${GROWTH_FLAG}=1`);
  return () => setFlagsFromString(`${GROWTH_FLAG}=${USUAL}`);
}
