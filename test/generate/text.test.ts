import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { openWorkspace, RUNTIME, type Workspace } from './conformance/workspace.ts';

const LOOKS = `
meta: {id: looks, endian: le}
doc-ref: |
  https://one.example/
  https://two.example/
seq:
  - {id: is_wide, type: b1}
  - {id: kind, type: u1, doc: ' ', valid: {expr: _ % 4 != 0}}
  - {id: len, type: {switch-on: is_wide, cases: {true: u4, false: u2}}}
  - {id: number, type: {switch-on: kind, cases: {1: s4, 2: s8, 3: f4}}}
  - id: body
    size: len * 2 + 1
    type: {switch-on: kind, cases: {1: one, 2: one, 3: two}}
  - {id: halves, size: len, type: {switch-on: is_wide, cases: {true: one, false: two}}}
  - {id: inner, type: 'inner(kind, 3)'}
instances:
  looked: {pos: 0, type: u1, valid: {max: 250}}
  even: {pos: 0, type: u1, if: not is_wide}
types:
  one: {seq: [{id: a, type: u1}]}
  two: {seq: [{id: a, type: u1}]}
  inner:
    params: [{id: is_le, type: u1}, {id: index, type: u1}]
    seq: [{id: a, size: is_le & 0b110_000}]
enums:
  letters:
    0x00616263: {id: abc, doc: "First.\\n\\n@letter second.", doc-ref: 'page 7', -orig-id: [ABC, abc]}
    0b0101: five
    12: twelve
`;

const SUPPLIED = `
meta: {id: supplied, ks-opaque-types: true}
seq:
  - {id: packed, size: 4, process: tools.my_pack(7)}
  - {id: strange, type: strange_thing}
`;

describe('the text of generated modules', () => {
  let folder: string;
  let workspace: Workspace;
  let looks: string;

  const compiled = async (id: string, text: string): Promise<string> => {
    const file = join(folder, `${id}.ksy`);
    writeFileSync(file, text);
    const { modules } = await compile({ files: [file], importRoots: [], runtime: RUNTIME });
    return modules.get(`${id}.ts`) ?? '';
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'text-'));
    workspace = openWorkspace('text');
    looks = await compiled('looks', LOOKS);
    workspace.add('looks.ts', looks);
  });

  afterAll(() => {
    workspace.close();
    rmSync(folder, { recursive: true });
  });

  it('is strict TypeScript', async () => {
    expect(await workspace.typeErrors()).toEqual(new Map());
  });

  it.each([
    ['names each alternative once', /^ {2}declare number: number \| bigint \| undefined;$/m],
    ['knows that a boolean has two values', /^ {2}declare len: number;$/m],
    ['has no bytes for a boolean with both its cases', /^ {2}declare halves: One \| Two;$/m],
    ['writes what is of one type as it is', /io\.writeU4le\(this\.len, 'len'\);/],
    ['joins cases that read the same', /case 1:\s+case 2:\s+this\.body = new One/],
    ['computes a size once', /const size = this\.len \* 2 \+ 1;\s+switch/],
    ['declares constants', /const result: number = io\.readU1\(\);/],
    ['turns a condition round', /if \(this\.isWide\) return undefined;/],
    ['turns a check round', /if \(this\.kind % 4 === 0\) reportExpr/],
    ['keeps the names of params', /static of\(values: AllValues<Inner>, isLe: number, index: number\)/],
    ['keeps binary notation', /this\.isLe & 0b110000/],
    ['imports types as types', /^ {2}type ByteReader,$/m],
    ['says nothing of what the author left blank', /(?<!\*\/\n) {2}declare kind: number;/],
    ['has a tag for each reference', /@see https:\/\/one\.example\/\n \* @see https:\/\/two\.example\/\n/],
  ])('%s', (_, pattern) => {
    expect(looks).toMatch(pattern);
  });

  it('keeps the notation of enums, and all that their members say', () => {
    const members = looks.slice(looks.indexOf('export const Letters'));
    expect(members).toMatch(/abc: 0x00616263,\s+five: 0b0101,\s+twelve: 12,/);
    expect(members).toContain('   * First.\n   *\n   * \\@letter second.\n');
    expect(members).toContain('   * In the document: `ABC`, `abc`.\n   *\n   * @see page 7\n');
  });

  it('gives the same values as the notation says', async () => {
    const { Letters } = await workspace.load('looks');
    expect(Letters).toEqual({ abc: 0x616263, five: 5, twelve: 12 });
  });

  it('says which modules it needs besides', async () => {
    const [, ...notices] = (await compiled('supplied', SUPPLIED)).split('\n', 3);
    expect(notices).toEqual([
      `// To be supplied: './strange_thing.ts' exports the class \`StrangeThing\`, a \`BareStructure\` of '${RUNTIME}', made with the stream, parent, root and params.`,
      `// To be supplied: './tools/my_pack.ts' exports the class \`MyPack\`, a \`BytesProcessor\` of '${RUNTIME}', made with the arguments of \`process\`.`,
    ]);
  });
});
