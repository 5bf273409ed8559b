/**
 * How often and from which seed properties run: fixed for `npm test`, so that a failure is one of the change at hand; `FUZZ_SEED` and `FUZZ_RUNS`
 * make it a search.
 */
export const runs = {
  seed: Number(process.env['FUZZ_SEED'] ?? 20060915),
  numRuns: Number(process.env['FUZZ_RUNS'] ?? 100),
};
