// `npm test`: makes the program ready and runs the tests, or those that are named. Tests against other programs are left out with a visible line
// where the program is absent; with REQUIRE_PEERS=1 that is a failure.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { prepare, say } from './prepare.mjs';
import { root } from './stamp.mjs';
import { vitestArguments } from './vitest-args.mjs';

/** Programs that results are compared with, and the Debian packages that have them. */
const PEERS = {
  'qemu-img': 'qemu-utils',
  vmdkinfo: 'libvmdk-utils',
  vhdiinfo: 'libvhdi-utils',
  qcowinfo: 'libqcow-utils',
  nginx: 'nginx-light',
  chromium: 'chromium',
};

await prepare();
process.exitCode = reportPeers() ? runTests(process.argv.slice(2)) : 1;

/** Says which peers are missing; returns whether the tests may run without them. */
function reportPeers() {
  const missing = Object.keys(PEERS).filter((peer) => !isOnPath(peer));
  const isRequired = (process.env.REQUIRE_PEERS ?? '') === '1';
  for (const peer of missing)
    say(
      isRequired
        ? `missing: ${peer}, which REQUIRE_PEERS=1 asks for (Debian package ${PEERS[peer]})`
        : `SKIPPED: all tests against ${peer}, which is not installed (Debian package ${PEERS[peer]})`,
    );
  return missing.length === 0 || !isRequired;
}

function isOnPath(program) {
  // Servers are in a folder that not every user's PATH has.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function runTests(args) {
  const results = join(root, '.cache', 'test-results.json');
  mkdirSync(join(root, '.cache'), { recursive: true });
  rmSync(results, { force: true });
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const { status } = spawnSync(process.execPath, [vitest, ...vitestArguments([...reporters, ...args])], {
    cwd: root,
    stdio: 'inherit',
  });
  printTotals(results);
  return status ?? 1;
}

/** Closes with one plain line that any reader of logs understands. */
function printTotals(results) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(results, 'utf8'));
    console.log(`\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
  } catch {
    say('the tests were broken off before their results were written');
  }
}
