// Makes dist/ from the sources: the program and the library (rolldown), their types (tsc), the schemas, the manual page; and links the
// program into node_modules/.bin.
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, say } from './prepare.mjs';
import { isFresh, markFresh, markStale, root } from './stamp.mjs';

const dist = join(root, 'dist');

/** Generates where specs or generator changed, then builds all of dist/. */
export async function build() {
  markStale('build');
  generate();
  const types = writeTypes();
  removeCompiled();
  const kept = new Set([...(await writeCode()), ...copySchemas(), await writeManual()]);
  await types;
  removeStale(kept);
  writeCompiled();
  linkProgram();
  markFresh('build');
}

function generate() {
  if (isFresh('generate')) return;
  run(process.execPath, [join('tools', 'generate.mjs')]);
  markFresh('generate');
}

/**
 * Bundles the program and the library. The program is CommonJS, which Node starts some milliseconds sooner than modules, in one
 * file for what every check needs and one for each format and each other command. Returns the files.
 */
async function writeCode() {
  const entries = { cli: 'src/cli.ts', 'check-worker': 'src/fast/check-worker.ts' };
  const program = await bundle(entries, 'cjs', join(dist, 'program'), [
    { name: 'main', test: await hotModules(), priority: 2 },
    { name: 'shared', test: /\/src\/(codec|formats\/shared|model)\//, priority: 1 },
  ]);
  const library = await bundle(
    { index: 'src/index.ts', codec: 'src/codec/index.ts' },
    'esm',
    join(dist, 'lib'),
    [],
  );
  const browser = await bundle({ index: 'src/browser.ts' }, 'esm', join(dist, 'browser'), [], 'browser');
  const doors = Object.keys(entries).map((name) => join(dist, `${name}.js`));
  for (const door of doors) copyFileSync(join(root, 'src', 'fast', 'launcher.cjs'), door);
  chmodSync(join(dist, 'cli.js'), 0o755);
  return [
    ...doors,
    ...program,
    ...library,
    ...browser,
    writeType(dist, 'commonjs'),
    writeType(join(dist, 'lib'), 'module'),
    writeType(join(dist, 'browser'), 'module'),
  ];
}

async function bundle(input, format, dir, groups, platform = 'node') {
  const { rolldown } = await import('rolldown');
  const bundled = await rolldown({ cwd: root, input, platform, external: isPackage });
  const { output } = await bundled.write({
    dir,
    format,
    chunkFileNames: '[name].js',
    codeSplitting: { groups },
    // Names stay: errors are told apart by those of their classes.
    minify: { compress: true, mangle: false, codegen: true },
    exports: 'named',
  });
  await bundled.close();
  return output.map(({ fileName }) => join(dir, fileName));
}

function isPackage(id) {
  return !id.startsWith('.') && !isAbsolute(id);
}

/**
 * The modules that every check and info loads: what these commands import, without what they load only when it is needed; and without
 * the program's entry, which acts when it is loaded, while threads load the others too.
 */
async function hotModules() {
  const { rolldown } = await import('rolldown');
  const hot = new Set();
  const [entry, ...commands] = ['src/cli.ts', 'src/cli/check.ts', 'src/cli/info.ts'].map((path) =>
    join(root, path),
  );
  const collect = {
    name: 'collect',
    buildEnd() {
      const visit = (id) => {
        if (hot.has(id)) return;
        hot.add(id);
        for (const imported of this.getModuleInfo(id)?.importedIds ?? []) visit(imported);
      };
      [entry, ...commands].forEach(visit);
      hot.delete(entry);
    },
  };
  const bundled = await rolldown({ cwd: root, input: 'src/cli.ts', external: isPackage, plugins: [collect] });
  await bundled.generate();
  await bundled.close();
  return (id) => hot.has(id);
}

/** Says what the scripts of a folder are, whatever the package says. */
function writeType(folder, type) {
  const path = join(folder, 'package.json');
  writeFileSync(path, `${JSON.stringify({ type })}\n`);
  return path;
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
  return ['report', 'cli'].flatMap((part) => {
    const folder = join(root, 'src', part);
    const schemas = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
    return schemas.map((name) => {
      copyFileSync(join(folder, name), join(dist, name));
      return join(dist, name);
    });
  });
}

/** The manual page comes from the table that the program runs on. */
async function writeManual() {
  const [script] = await bundle({ man: 'tools/man.ts' }, 'esm', join(root, '.cache'), []);
  const { renderManual } = await import(pathToFileURL(script).href);
  const page = join(dist, 'vdcheck.1');
  writeFileSync(page, renderManual());
  return page;
}

/** Removes code of earlier builds; the new one is in place already, so a program that runs meanwhile finds one of the two. */
function removeStale(kept) {
  for (const path of filesIn(dist, join(dist, 'program'), join(dist, 'lib')))
    if (!kept.has(path)) rmSync(path);
}

/** V8 knows compiled code by the length of its source only: none may outlive the script that it was made of. */
function removeCompiled() {
  for (const path of filesIn(join(dist, 'program'))) if (path.endsWith('.cache')) rmSync(path);
}

/** Runs the program on the samples, sound ones first, and keeps what V8 compiled for it. */
function writeCompiled() {
  const samples = filesIn(join(root, 'samples', 'sound'));
  const [sample] = samples;
  if (sample === undefined) return;
  // Without budgets all samples are checked by the one process that is recorded.
  const all = ['check', '--timeout', '0', '--max-memory', '0', ...samples];
  for (const args of [
    all,
    ['check', sample, sample],
    ['map', sample],
    ['dump', sample],
    ['rules'],
    ['--help'],
  ]) {
    const recorded = ['--require', join(root, 'tools', 'record-code.cjs'), join(dist, 'cli.js'), ...args];
    spawnSync(process.execPath, recorded, { cwd: root, stdio: 'ignore' });
  }
}

function filesIn(...folders) {
  return folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ name }) => join(folder, name))
      : [],
  );
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

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await build().catch((error) => {
    say(error.message);
    process.exitCode = 1;
  });
}
