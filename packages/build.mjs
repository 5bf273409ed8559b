// Makes the packages of the runtime (`vdcheck-codec`) and of the compiler (`vdcheck-generate`): `node packages/build.mjs [OUT]` builds them,
// and packs them as tarballs into OUT. What the compiler needs of others is bundled into it, so that it is loaded at once; their licences
// are beside it.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const packages = fileURLToPath(new URL('.', import.meta.url));
const root = join(packages, '..');
const require = createRequire(import.meta.url);

const PACKAGES = {
  codec: {
    entries: { index: 'src/codec/index.ts' },
    types: ['src/codec', 'src/errors.d.ts'],
    bundled: ['pako'],
  },
  generate: {
    entries: {
      index: 'tools/generate/index.ts',
      command: 'tools/generate/command.ts',
      plugins: 'tools/generate/plugins.ts',
      bin: 'tools/generate/bin.ts',
    },
    types: ['tools/generate'],
    bundled: ['prettier', 'yaml'],
  },
};

/** Builds both packages; the result are the paths of their folders. */
export async function buildPackages() {
  writeTypes();
  for (const [name, { entries, types, bundled }] of Object.entries(PACKAGES)) {
    const folder = join(packages, name);
    const dist = join(folder, 'dist');
    rmSync(dist, { recursive: true, force: true });
    const bundle = await rolldown({
      cwd: root,
      input: entries,
      platform: 'browser',
      external: /^node:/,
    });
    await bundle.write({
      dir: dist,
      format: 'esm',
      chunkFileNames: '[name].js',
      minify: { compress: true, mangle: false, codegen: name !== 'codec' },
    });
    await bundle.close();
    for (const part of types)
      cpSync(join(root, '.cache', 'packages', 'types', part), join(dist, 'types', part), { recursive: true });
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    writeFileSync(join(dist, 'THIRD-PARTY.md'), notices(bundled));
  }
  chmodSync(join(packages, 'generate', 'dist', 'bin.js'), 0o755);
  return Object.keys(PACKAGES).map((name) => join(packages, name));
}

function writeTypes() {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
  run(process.execPath, [tsc, '-p', join(packages, 'tsconfig.json')], root);
}

/** The licences of what is bundled. */
function notices(names) {
  const texts = names.flatMap((name) => {
    try {
      const folder = dirname(require.resolve(`${name}/package.json`));
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return [`# ${name} ${version} (${license})\n\n${licenceIn(folder)}`];
    } catch {
      return [];
    }
  });
  return `${texts.join('\n\n')}\n`;
}

function licenceIn(folder) {
  for (const name of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license']) {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      // It has another name.
    }
  }
  return '';
}

/** Packs the packages; the result are the paths of the tarballs. */
export function packAll(folders, out) {
  mkdirSync(out, { recursive: true });
  return folders.map((folder) => {
    const { stdout } = run('npm', ['pack', '--silent', '--pack-destination', out], folder);
    return join(out, stdout.trim().split('\n').at(-1));
  });
}

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (result.status === 0) return result;
  throw new Error(`${command} ${args.join(' ')} failed: ${result.stdout}${result.stderr}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folders = await buildPackages();
  const [out] = process.argv.slice(2);
  if (out !== undefined) for (const tarball of packAll(folders, resolve(out))) console.log(tarball);
}
