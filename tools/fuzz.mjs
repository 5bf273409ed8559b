// `npm run fuzz`: runs the properties in fuzz/ with a new seed each time, until something is found or it is stopped.
// FUZZ_RUNS: cases of each property in a round (default 10000). FUZZ_ROUNDS: rounds (default: no end). FUZZ_SEED: the first seed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepare, say } from './prepare.mjs';
import { root } from './stamp.mjs';

await prepare();
const rounds = Number(process.env.FUZZ_ROUNDS ?? Infinity);
let seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
for (let round = 1; round <= rounds && process.exitCode === undefined; round++, seed++) {
  say(`\nround ${round}: FUZZ_SEED=${seed}`);
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', 'fuzz', ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, FUZZ_SEED: String(seed), FUZZ_RUNS: process.env.FUZZ_RUNS ?? '10000' },
    },
  );
  if (status !== 0) process.exitCode = status ?? 130;
}
