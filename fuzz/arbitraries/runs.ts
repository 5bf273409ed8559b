const asked = process.env['FUZZ_RUNS'];

/**
 * How often and from which seed properties run: fixed for `npm test`, so that a failure is one of the change at hand; `FUZZ_SEED` and `FUZZ_RUNS`
 * make it a search.
 */
export const runs = runsOf(100, 1);

/** For made-up structures, whose counter-examples are short enough as they are and take long to make shorter. */
export const structureRuns = { ...runs, endOnFailure: true };

/** For properties of them of which there are hundreds, one for each field. */
export const fewRuns = { ...runsOf(25, 4), endOnFailure: true };

/** For the slowest of those. */
export const fewestRuns = { ...runsOf(5, 5), endOnFailure: true };

/** `few` runs in a test, and a part of those that are asked for in a search. */
function runsOf(few: number, part: number): { readonly seed: number; readonly numRuns: number } {
  const numRuns = asked === undefined ? few : Math.ceil(Number(asked) / part);
  return { seed: Number(process.env['FUZZ_SEED'] ?? 20060915), numRuns };
}
