import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../tools/generate/own.ts';

describe('npm run generate', () => {
  let folder = '';
  let output = '';
  let errors = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'generate-'));
    [output, errors] = ['', ''];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((output += String(text)), true));
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((errors += String(text)), true));
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const spec = (name: string, text: string): string => {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
    return file;
  };

  const POINT = 'meta:\n  id: point\nseq:\n  - id: x\n    type: u1\n';

  it('says that our own modules are what the specs give', async () => {
    expect(await main(['--check'])).toBe(0);
    expect(errors).toBe('');
  });

  it('compiles another spec with its imports, and tells what changed', async () => {
    const root = spec('lib/shapes/point.ksy', POINT);
    const file = spec(
      'line.ksy',
      'meta:\n  id: line\n  imports:\n    - /shapes/point\nseq:\n  - id: a\n    type: point\n',
    );
    const out = join(folder, 'out');
    expect(await main(['--out', out, '-I', join(folder, 'lib'), file])).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['line.ts', 'point.ts']);
    expect(output).toBe('2 modules: added line.ts, added point.ts\n');
    const text = readFileSync(join(out, 'line.ts'), 'utf8');
    expect(text).toContain("from 'vdcheck/codec'");
    expect(text).toContain("import { Point } from './point.js'");
    writeFileSync(root, POINT.replace('x', 'y'));
    vi.stubEnv('KSPATH', join(folder, 'lib'));
    expect(await main([`--out=${out}`, file])).toBe(0);
    expect(output).toMatch(/2 modules: changed point\.ts\n$/);
    expect(await main(['--out', out, '--check', file])).toBe(0);
    expect(await main(['--out', out, '--runtime', '../codec/index.ts', '--check', file])).toBe(1);
    expect(errors).toMatch(/line\.ts: stale\n.*point\.ts: stale/);
  });

  it('imports with the ending that the runtime has', async () => {
    spec('point.ksy', POINT);
    const file = spec(
      'line.ksy',
      'meta:\n  id: line\n  imports:\n    - point\nseq:\n  - id: a\n    type: point\n',
    );
    await main(['--out', folder, '--runtime', '../codec/index.ts', file]);
    expect(readFileSync(join(folder, 'line.ts'), 'utf8')).toContain("import { Point } from './point.ts'");
  });

  it('writes nothing at all where one spec is wrong', async () => {
    const good = spec('point.ksy', POINT);
    const bad = spec('bad.ksy', 'meta:\n  id: bad\nseq:\n  - id: x\n    size: y\n');
    const out = join(folder, 'out');
    expect(await main(['--out', out, good, bad])).toBe(1);
    expect(errors).toBe(`${bad}:5:11: /seq/0/size: error: unable to access 'y' in bad context\n`);
    expect(readdirSync(folder)).not.toContain('out');
  });

  it('prints warnings and goes on', async () => {
    const file = spec('odd.ksy', 'meta:\n  id: odd\n  encoding: utf8\n');
    expect(await main(['--out', folder, file])).toBe(0);
    expect(errors).toBe(
      `${file}:3:13: /meta/encoding: warning: use canonical encoding name \`UTF-8\` instead of \`utf8\`\n`,
    );
  });

  it.each([
    [['--chekc'], "unknown option --chekc (did you mean '--check'?)"],
    [['--out'], 'option --out wants a value'],
    [['--out', 'x'], 'no spec to compile'],
    [['a.ksy'], 'where to?'],
  ])('%j is wrong use', async (args, message) => {
    expect(await main(args)).toBe(1);
    expect(errors).toContain(message);
  });

  it('names a file that is not there, and an import', async () => {
    const file = spec('a.ksy', 'meta:\n  id: a\n  imports:\n    - b\n');
    expect(await main(['--out', folder, file])).toBe(1);
    expect(errors).toContain(`${file}:4:7: /meta/imports/0: error: unable to find 'b.ksy'`);
    expect(await main(['--out', folder, join(folder, 'none.ksy')])).toBe(1);
    expect(errors).toContain('none.ksy:1:1: /: error: unable to read the file');
  });

  it('refuses two specs of one id, of which one module would overwrite the other', async () => {
    const out = join(folder, 'out');
    const twin = POINT.replace('x', 'y');
    const files = [spec('a/point.ksy', POINT), spec('b/point.ksy', twin)];
    expect(await main(['--out', out, ...files])).toBe(1);
    expect(errors).toMatch(/b\/point\.ksy:2:7: \/meta\/id: error: .* has the id 'point' of .*a\/point\.ksy/);
    const both = 'meta:\n  id: both\n  imports:\n    - a/point\n    - b/point\n';
    expect(await main(['--out', out, spec('both.ksy', both)])).toBe(1);
    expect(errors).toMatch(/both\.ksy:\d+:\d+: \/meta\/imports\/1: error: /);
    const own = POINT.replace('seq:', '  imports: a/point\nseq:').replace('x', 'z');
    expect(await main(['--out', out, spec('point.ksy', own)])).toBe(1);
    expect(errors).toMatch(/[^/]\/point\.ksy:\d+:\d+: \/meta\/imports\/0: error: /);
    expect(readdirSync(folder)).not.toContain('out');
  });

  it('takes a copy of a spec for the spec itself', async () => {
    const files = [spec('a/point.ksy', POINT), spec('b/point.ksy', POINT)];
    expect(await main(['--out', join(folder, 'out'), ...files])).toBe(0);
    expect(output).toBe('1 module: added point.ts\n');
  });

  it('tells in one line what it cannot write, and leaves nothing behind', async () => {
    const files = [spec('a.ksy', POINT.replace('point', 'a')), spec('b.ksy', POINT.replace('point', 'b'))];
    expect(await main(['--out', join(files[0] ?? '', 'out'), ...files])).toBe(1);
    const out = join(folder, 'out');
    mkdirSync(join(out, 'b.ts'), { recursive: true });
    expect(await main(['--out', out, ...files])).toBe(1);
    expect(errors).toMatch(/^generate: cannot write to .*\ngenerate: cannot write to .*b\.ts is a folder\n$/);
    expect(readdirSync(out)).toEqual(['b.ts']);
  });

  it.each([
    [['--out', ''], 'option --out wants a value'],
    [['--out=a', '--out=b'], 'option --out is given twice'],
    [['--check=all'], 'option --check takes no value'],
  ])('wants options in order: %j', async (options, message) => {
    expect(await main([...options, spec('point.ksy', POINT)])).toBe(1);
    expect(errors).toContain(message);
  });

  it('tells why it cannot read a spec', async () => {
    expect(await main(['--out', join(folder, 'out'), join(folder, 'nothing.ksy')])).toBe(1);
    expect(errors).toMatch(/nothing\.ksy:1:1: .*unable to read the file: ENOENT/);
  });
});
