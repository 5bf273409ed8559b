import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHROMIUM = '/usr/bin/chromium';
const execute = promisify(execFile);

if (!existsSync(CHROMIUM)) process.stderr.write('SKIPPED: the packages in Chromium, which is not there\n');

/** The strictest that a user may have set; libraries are checked as well. */
const STRICT = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  target: 'es2022',
  lib: ['es2023', 'dom'],
  types: [],
  noEmit: true,
};

const USER = `
import { compile, formatDiagnostic } from 'vdcheck-generate';
import { EncodeError } from 'vdcheck-codec';
import { Box, Rec } from './box.js';

const box = Box.from(Uint8Array.of(4, 0, 0, 0, 5, 0, 0, 0));
box.tab.v = 7;
const made = Box.of({ ofsTab: 4, tab: Rec.of({ v: 9 }) });
const sources = { 'a.ksy': 'meta: {id: a, imports: [b]}\\nseq: [{id: x, type: b}]' };
const importer = (name: string, from: string) => ({ file: name + '.ksy', text: 'meta: {id: b}\\nseq: [{id: y, type: u1' + (from === 'a.ksy' ? '' : '?') + '}]' });
const { modules, diagnostics } = await compile(sources, { importer });
const wrong = await compile({ 'w.ksy': 'meta: {id: w}\\nseq: [{id: x, type: u2}]' });
export const all: unknown[] = [
  [...box.toBytes()], [...made.toBytes()], [...modules.keys()], diagnostics, wrong.modules.size, wrong.diagnostics.map(formatDiagnostic), EncodeError.name,
];
console.log(JSON.stringify(all));
`;

describe('the packages, as they are installed', () => {
  let folder = '';
  const run = async (command: string, ...args: readonly string[]): Promise<string> =>
    (await execute(command, args, { cwd: folder, maxBuffer: 2 ** 26 })).stdout;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'packages-'));
    const packed = await execute(process.execPath, [
      join(ROOT, 'packages', 'build.mjs'),
      join(folder, 'tarballs'),
    ]);
    writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
    await run('npm', 'install', '--offline', '--no-audit', '--no-fund', ...packed.stdout.trim().split('\n'));
    writeFileSync(
      join(folder, 'box.ksy'),
      'meta: {id: box, endian: le}\nseq: [{id: ofs_tab, type: u4}]\ninstances: {tab: {pos: ofs_tab, type: rec}}\ntypes: {rec: {seq: [{id: v, type: u4}]}}\n',
    );
    const bin = join(folder, 'node_modules', '.bin', 'vdcheck-generate');
    await run(bin, '--out', 'src', '--runtime', 'vdcheck-codec', 'box.ksy');
    writeFileSync(join(folder, 'src', 'user.ts'), USER);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  it('need no other package', () => {
    const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
      packages: object;
    };
    expect(Object.keys(packages).sort()).toEqual([
      '',
      'node_modules/vdcheck-codec',
      'node_modules/vdcheck-generate',
    ]);
    expect(readFileSync(join(folder, 'node_modules/vdcheck-generate/dist/THIRD-PARTY.md'), 'utf8')).toMatch(
      /# prettier [\s\S]*MIT[\s\S]*# yaml /,
    );
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('are typed for module %s, resolution %s', async (module, moduleResolution) => {
    const compilerOptions = { ...STRICT, module, moduleResolution };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    expect(
      await run(process.execPath, compiler, '-p', '.').catch((error: { stdout: string }) => error.stdout),
    ).toBe('');
  });

  it('do in Node what they are for', async () => {
    const bundle = await rolldown({ cwd: folder, input: 'src/user.ts', platform: 'node' });
    await bundle.write({ file: join(folder, 'user.mjs') });
    await bundle.close();
    expect(JSON.parse(await run(process.execPath, 'user.mjs'))).toEqual([
      [4, 0, 0, 0, 7, 0, 0, 0],
      [4, 0, 0, 0, 9, 0, 0, 0],
      ['a.ts', 'b.ts'],
      [],
      0,
      ["w.ksy:2:21: /seq/0/type: error: unable to use type 'u2' without default endianness"],
      'EncodeError',
    ]);
  });

  it('say which runtime a module needs', async () => {
    const { requireRuntime, RUNTIME_LEVEL } = (await import(
      pathToFileURL(join(folder, 'node_modules/vdcheck-codec/dist/index.js')).href
    )) as { requireRuntime: (level: number, module: string) => void; RUNTIME_LEVEL: number };
    expect(readFileSync(join(folder, 'src', 'box.ts'), 'utf8')).toContain(
      `requireRuntime(${RUNTIME_LEVEL}, 'box.ts');`,
    );
    expect(() => requireRuntime(RUNTIME_LEVEL, 'box.ts')).not.toThrow();
    expect(() => requireRuntime(RUNTIME_LEVEL + 1, 'box.ts')).toThrow(
      /box\.ts was generated for level .*update the runtime/,
    );
    expect(() => requireRuntime(0, 'box.ts')).toThrow(/generate the module again/);
  });

  it('compile specs that a bundler imports', async () => {
    const { kaitaiVite } = (await import(
      pathToFileURL(join(folder, 'node_modules/vdcheck-generate/dist/plugins.js')).href
    )) as { kaitaiVite: (options: object) => never };
    const file = join(folder, 'src', 'imports.js');
    writeFileSync(
      file,
      "import { Outer } from './outer.ksy';\nconst o = Outer.from(Uint8Array.of(7));\nconsole.log(o.x.y);\n",
    );
    writeFileSync(
      join(folder, 'src', 'outer.ksy'),
      'meta: {id: outer, imports: [more/inner]}\nseq: [{id: x, type: inner}]\n',
    );
    mkdirSync(join(folder, 'src', 'more'));
    writeFileSync(join(folder, 'src', 'more', 'inner.ksy'), 'meta: {id: inner}\nseq: [{id: y, type: u1}]\n');
    const plugins = [kaitaiVite({ runtime: 'vdcheck-codec' })];
    const bundle = await rolldown({ cwd: folder, input: file, platform: 'node', plugins });
    await bundle.write({ file: join(folder, 'imports.mjs') });
    await bundle.close();
    expect(await run(process.execPath, 'imports.mjs')).toBe('7\n');
  });

  /** A script that a page can hold: what it finds becomes the text of the page. */
  const pageScript = async (): Promise<string> => {
    const code = USER.replace('console.log(', 'document.body.textContent = (')
      .replace('const { modules', 'void (async () => {\nconst { modules')
      .replace('export const all', 'const all');
    writeFileSync(join(folder, 'src', 'page.ts'), `${code}})();`);
    const bundle = await rolldown({ cwd: folder, input: 'src/page.ts', platform: 'browser' });
    const { output } = await bundle.generate({ format: 'iife' });
    await bundle.close();
    return output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('');
  };
  const FOUND = '[[4,0,0,0,7,0,0,0],[4,0,0,0,9,0,0,0],["a.ts","b.ts"],[],0,';

  it('need nothing that a browser does not have', async () => {
    const body = { textContent: '' };
    const browser = { TextDecoder, TextEncoder, URL, setTimeout, queueMicrotask, document: { body } };
    runInNewContext(await pageScript(), browser);
    await vi.waitFor(() => expect(body.textContent).not.toBe(''), { timeout: 5000 });
    expect(body.textContent).toContain(FOUND);
  });

  it.skipIf(!existsSync(CHROMIUM))(
    'run in Chromium',
    async () => {
      const script = (await pageScript()).replaceAll('</script', '<\\/script');
      writeFileSync(join(folder, 'page.html'), `<body><script>${script}</script></body>`);
      const options = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--virtual-time-budget=5000',
        '--dump-dom',
      ];
      expect(await run(CHROMIUM, ...options, pathToFileURL(join(folder, 'page.html')).href)).toContain(FOUND);
    },
    60_000,
  );
});
