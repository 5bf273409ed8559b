// Makes dist/ from the sources: the program and the library (esbuild), their types (tsc), the schemas, the manual page; and links the
// program into node_modules/.bin.
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './prepare.mjs';
import { isFresh, markFresh, markStale, root } from './stamp.mjs';

const dist = join(root, 'dist');

/** Generates where specs or generator changed, then builds all of dist/. */
export async function build() {
  markStale('build');
  generate();
  const types = writeTypes();
  const kept = new Set([...(await writeCode()), ...copySchemas(), await writeManual()]);
  await types;
  removeStale(kept);
  linkProgram();
  markFresh('build');
}

function generate() {
  if (isFresh('generate')) return;
  run(process.execPath, [join('tools', 'generate.mjs')]);
  markFresh('generate');
}

/** Bundles each entry with what it shares split off, so that a command loads nothing of the others. Returns the files. */
async function writeCode() {
  const { build: bundle } = await import('esbuild');
  const { outputFiles } = await bundle({
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli.ts', index: 'src/index.ts', codec: 'src/codec/index.ts' },
    outdir: dist,
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    chunkNames: 'chunks/[name]-[hash]',
    // Class names stay: errors are told apart by them.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  mkdirSync(join(dist, 'chunks'), { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(path, contents);
  chmodSync(join(dist, 'cli.js'), 0o755);
  return outputFiles.map(({ path }) => path);
}

/** Writes declarations; whether the types are right is for `npm run check` to say. */
function writeTypes() {
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json');
  const bin = join(dirname(tsc), 'bin', 'tsc');
  const child = spawn(process.execPath, [bin, '-p', 'tsconfig.build.json'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error('tsc could not write the types')),
    );
  });
}

function copySchemas() {
  const folder = join(root, 'src', 'report');
  const schemas = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
  return schemas.map((name) => {
    copyFileSync(join(folder, name), join(dist, name));
    return join(dist, name);
  });
}

/** The manual page comes from the table that the program runs on. */
async function writeManual() {
  const { build: bundle } = await import('esbuild');
  const script = join(root, '.cache', 'man.mjs');
  await bundle({
    absWorkingDir: root,
    entryPoints: ['tools/man.ts'],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  const { renderManual } = await import(pathToFileURL(script).href);
  const page = join(dist, 'vdcheck.1');
  writeFileSync(page, renderManual());
  return page;
}

/** Removes code of earlier builds; the new one is in place already, so a program that runs meanwhile finds one of the two. */
function removeStale(kept) {
  const folders = [dist, join(dist, 'chunks')];
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isFile() && !kept.has(path)) rmSync(path);
    }
  }
}

/** npm links the bins of dependencies but not the package's own: this makes `node_modules/.bin/vdcheck` the program that was built here. */
function linkProgram() {
  const folder = join(root, 'node_modules', '.bin');
  mkdirSync(folder, { recursive: true });
  const target = relative(folder, join(dist, 'cli.js'));
  const link = join(folder, 'vdcheck');
  rmSync(link, { force: true });
  if (process.platform === 'win32') {
    writeFileSync(`${link}.cmd`, `@node "%~dp0\\${target}" %*\r\n`);
    writeFileSync(link, `#!/bin/sh\nexec node "$(dirname "$0")/${target.replaceAll('\\', '/')}" "$@"\n`);
  } else {
    symlinkSync(target, link);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await build();
