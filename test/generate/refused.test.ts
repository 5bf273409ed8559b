import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { formatDiagnostic, formatPath, suggest, type Diagnostic } from '../../tools/generate/diagnostics.ts';

interface RefusedSpec {
  readonly name: string;
  readonly errors: readonly string[];
  readonly spec: string;
}

const table = parse(readFileSync(new URL('refused.yaml', import.meta.url), 'utf8')) as readonly RefusedSpec[];

describe('invalid specs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'refused-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const diagnose = async (spec: string): Promise<readonly Diagnostic[]> => {
    const file = join(folder, 't.ksy');
    writeFileSync(file, spec);
    const { modules, diagnostics } = await compile({
      files: [file],
      importRoots: [],
      runtime: 'vdcheck/codec',
    });
    expect(modules.size === 0).toBe(diagnostics.some(({ severity }) => severity === 'error'));
    return diagnostics;
  };

  it.each(table)('$name', async ({ spec, errors }) => {
    const found = (await diagnose(spec)).filter(({ severity }) => severity === 'error');
    expect(found.map(({ place }) => formatPath(place.path))).toEqual(errors);
    for (const { place, message } of found) {
      expect(place.line).toBeLessThanOrEqual(spec.split('\n').length);
      expect(message).not.toBe('');
    }
  });

  it.each([
    [
      'seq:\n  - id: len\n    type: u1\n  - id: body\n    size: lenn',
      "unable to access 'lenn' in t context (did you mean 'len'?)",
    ],
    [
      'seq:\n  - id: body\n    type: entrie\ntypes:\n  entries: {}',
      "unable to find type 'entrie', searching from t (did you mean 'entries'?)",
    ],
    ['seq:\n  - id: body\n    type: u1\n    repeet: eos', "(did you mean 'repeat'?)"],
    ['instances:\n  a:\n    value: color::gren\nenums:\n  color:\n    1: green', "(did you mean 'green'?)"],
    ['instances:\n  a:\n    value: "[1, 2].lenght"', "(did you mean 'length'?)"],
  ])('a wrong word is told with the nearest right one: %#', async (body, message) => {
    const [first] = await diagnose(`meta:\n  id: t\n${body}\n`);
    expect(first?.message).toContain(message);
  });

  it.each([
    ['parentheses', `${'('.repeat(5000)}1${')'.repeat(5000)}`],
    ['sums', `1${' + 1'.repeat(20_000)}`],
  ])('%s deeper than the call stack are an error of the file', async (_, value) => {
    const found = await diagnose(`meta:\n  id: t\ninstances:\n  a:\n    value: ${value}\n`);
    expect(found.map(({ place, message }) => [place.path, message])).toEqual([[[], 'it is nested too deep']]);
  });

  it('an error is one line with file, path and line', async () => {
    const [first] = await diagnose('meta:\n  id: t\nseq:\n  - id: foo\n    size: true\n');
    expect(first && formatDiagnostic(first)).toBe(
      `${join(folder, 't.ksy')}:5:11: /seq/0/size: error: invalid type: expected integer, got boolean`,
    );
  });

  it('no word is suggested where none is near', () => {
    expect(suggest('zebra', ['size', 'type'])).toBe('');
  });
});
