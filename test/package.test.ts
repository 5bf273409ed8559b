import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './support/program.ts';

/** What package.json promises. */
interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly man: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;

it('pins every version exactly', () => {
  const versions = { ...manifest.dependencies, ...manifest.devDependencies };
  for (const [name, version] of Object.entries(versions))
    expect(`${name}@${version}`).toMatch(/^(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(-[\w.]+)?$/);
});

it('names no registry in the lockfile', () => {
  expect(read('package-lock.json')).not.toMatch(
    /"resolved"|https?:\/\/(?!github\.com|opencollective|.*(?:fund|sponsor|donate))[^"]*registry/i,
  );
});

it('installs no package that runs a script of its own, but for those that work without it', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { hasInstallScript?: boolean; dev?: boolean; optional?: boolean }>;
  };
  const scripted = Object.entries(packages).filter(
    ([, { hasInstallScript, dev, optional }]) =>
      hasInstallScript === true && dev !== true && optional !== true,
  );
  expect(scripted).toEqual([]);
});

it('has everything that it exports', () => {
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  for (const target of [...targets, ...Object.values(manifest.bin), manifest.man])
    expect(existsSync(join(ROOT, target)), target).toBe(true);
});

it('can be imported by its name, library and codec', async () => {
  const script =
    "import('vdcheck').then(async (all) => console.log(typeof all.SourceError, typeof (await import('vdcheck/codec')).ByteReader))";
  expect(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' })).toBe(
    'function function\n',
  );
});

it('has one program under all its names', () => {
  const version = `vdcheck ${manifest.version}\n`;
  const run = (command: string, ...args: string[]): string =>
    execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  expect(run(join(ROOT, 'node_modules/.bin/vdcheck'), '--version')).toBe(version);
  expect(run('npx', '--no-install', 'vdcheck', '--version')).toBe(version);
  expect(statSync(join(ROOT, 'dist/cli.js')).mode & 0o111).toBe(0o111);
});

it('runs on the Node that it says it needs', () => {
  expect(manifest.engines.node).toBe('>=20.19');
  expect(manifest.license).toBe('MIT');
});
