// Brings a checkout into a state in which the program runs: packages installed, code generated, program built. Plain JavaScript, for
// nothing is installed yet when it runs first. Quick when nothing changed: it only reads and compares.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFresh, root } from './stamp.mjs';

/** Installs, generates and builds, whatever of it is missing or stale. Ends the process with a plain sentence where that fails. */
export async function prepare() {
  requireNode();
  if (!isInstalled()) install();
  if (isFresh('build')) return;
  say('building ...');
  const { build } = await import('./build.mjs');
  await build().catch((error) => {
    say(error.message);
    process.exit(1);
  });
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Node 20.19 or newer is needed; this is ${process.versions.node}`);
  process.exit(1);
}

/** Whether node_modules holds the very versions that package-lock.json names. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(installed);
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional === true || present[path]?.version === version,
  );
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

function install() {
  say('installing packages ...');
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', [
    'ci',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
}

/** Runs a program in the repository and ends the process with its exit code where that is not 0. Its output goes to standard error. */
export function run(command, args, environment = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    env: { ...process.env, ...environment },
  });
  if (status === 0) return;
  say(`${[command, ...args].join(' ')} failed${error === undefined ? '' : `: ${error.message}`}`);
  process.exit(status ?? 1);
}

/** One line on standard error, so that standard output holds nothing but results. */
export function say(text) {
  process.stderr.write(`${text}\n`);
}
