// `npm run check`: everything that must be green before a change goes in, each step with its time. Goes on after a failure, so that one run shows all of them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare } from './prepare.mjs';
import { root } from './stamp.mjs';

await prepare();
const folder = mkdtempSync(join(tmpdir(), 'vdcheck-pack-'));

/** What each step runs; names of packages' programs are those in node_modules/.bin. */
const STEPS = [
  ['generated code is what the specs give', 'node', 'tools/generate.mjs', '--check'],
  ['format', 'prettier', '--check', '.'],
  ['lint', 'oxlint'],
  ['types', 'tsc', '-p', '.', '--noEmit'],
  ['tests', 'node', 'tools/test.mjs'],
  ['package is packed', 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder],
  ['package: publint', 'publint', '--strict'],
  ['package: types', 'attw', '--profile', 'esm-only', () => packedFile()],
];

const results = STEPS.map(([name, command, ...args]) => runStep(name, command, args));
rmSync(folder, { recursive: true });
console.log(
  `\n${results.map(({ ok, name, seconds }) => `${ok ? 'ok  ' : 'FAIL'} ${seconds} s  ${name}`).join('\n')}`,
);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

function runStep(name, command, args) {
  console.log(`\n--- ${name}`);
  const begun = performance.now();
  const { status } = spawnSync(
    command,
    args.map((arg) => (typeof arg === 'function' ? arg() : arg)),
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` },
    },
  );
  return { name, ok: status === 0, seconds: ((performance.now() - begun) / 1000).toFixed(1).padStart(5) };
}

function packedFile() {
  const [file = 'missing'] = readdirSync(folder);
  return join(folder, file);
}
