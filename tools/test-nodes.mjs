// Runs the built program's own tests with the program on each supported line of Node; the tests themselves run on the Node that is there. The
// Nodes come from npm's package `node` and are kept in .cache/. One that cannot be had is skipped with a visible line; with REQUIRE_PEERS=1 that
// is a failure.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepare, say } from './prepare.mjs';
import { root } from './stamp.mjs';
import { vitestArguments } from './vitest-args.mjs';

/** The oldest that package.json allows, and the newest of each line with long-term support or about to get it. */
const VERSIONS = ['20.19.0', '22.23.3', '24.21.0', '26.10.0'];

/** What looks at the program from outside. */
const TESTS = ['test/cli/program.test.ts', 'test/fast/isolation.test.ts', 'test/golden.test.ts'];

await prepare();
const results = VERSIONS.map((version) => [version, testOn(version)]);
say(`\n${results.map(([version, result]) => `${result} on Node ${version}`).join('\n')}`);
process.exitCode = results.some(([, result]) => result === 'FAILED') ? 1 : 0;

function testOn(version) {
  const node = findNode(version) ?? installNode(version);
  if (node === null) {
    const isRequired = process.env.REQUIRE_PEERS === '1';
    say(`${isRequired ? 'missing' : 'SKIPPED'}: Node ${version}, which cannot be fetched from npm`);
    return isRequired ? 'FAILED' : 'SKIPPED';
  }
  say(`\nthe program on Node ${version}`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(
    process.execPath,
    [vitest, ...vitestArguments([...TESTS, ...process.argv.slice(2)])],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, VDCHECK_NODE: node },
    },
  );
  return status === 0 ? 'passed' : 'FAILED';
}

/** The program of that very version, or `null`. */
function findNode(version) {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(folderOf(version), 'node_modules', 'node', 'bin', name);
  if (!existsSync(path)) return null;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${version}` ? path : null;
}

function installNode(version) {
  const folder = folderOf(version);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  spawnSync(npm, [...args, `node@${version}`], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  return findNode(version);
}

function folderOf(version) {
  return join(root, '.cache', `node-${version}`);
}
