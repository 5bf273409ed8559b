import fc from 'fast-check';

/** Every property runs from one seed, so that a failing test fails again; `npm run fuzz` sets others. */
fc.configureGlobal({
  seed: Number(process.env['FUZZ_SEED'] ?? 20260101),
  numRuns: Number(process.env['FUZZ_RUNS'] ?? 100),
});
