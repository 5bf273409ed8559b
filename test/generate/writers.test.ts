import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EncodeError } from '../../src/codec/index.ts';
import { VdcheckError } from '../../src/errors.ts';
import { compile } from '../../tools/generate/compile.ts';
import { openWorkspace, RUNTIME, type Workspace } from './conformance/workspace.ts';

const SPECS = {
  packed: `
meta: {id: packed, endian: le, encoding: UTF-8}
seq:
  - {id: len_body, type: u4}
  - {id: body, size: len_body, process: zlib, type: inner}
types:
  inner:
    seq:
      - {id: a, type: u2}
      - {id: name, type: strz}
`,
  choices: `
meta: {id: choices, endian: be, encoding: ASCII}
seq:
  - {id: num_items, type: u1}
  - {id: items, type: item, repeat: expr, repeat-expr: num_items}
  - {id: has_more, type: b1}
  - {id: small, type: b7}
  - {id: more, type: u8, if: has_more}
  - {id: label, type: str, size: 6, pad-right: 0x20}
types:
  item:
    seq:
      - {id: kind, type: u1}
      - id: value
        type:
          switch-on: kind
          cases: {1: u1, 2: u2, 3: s8, 4: strz, 5: point, 6: f8}
  point:
    seq:
      - {id: x, type: b4}
      - {id: y, type: b12}
`,
  ordered_inside: `
meta: {id: ordered_inside}
seq:
  - {id: mark, type: u2le}
  - {id: body, type: ordered_body}
types:
  ordered_body:
    meta: {endian: {switch-on: _root.mark, cases: {0x4949: le, 0x4d4d: be}}}
    seq: [{id: x, type: u2}]
`,
  unwritable: `
meta: {id: unwritable}
seq:
  - {id: rest, size: _io.size - _io.pos, type: inner}
types:
  inner: {seq: [{id: a, type: u1}]}
`,
  ordered: `
meta: {id: ordered, endian: {switch-on: mark, cases: {0x4949: le, 0x4d4d: be}}}
seq:
  - {id: head, type: u2}
  - {id: numbers, type: u4, repeat: eos}
instances:
  mark: {pos: 0, type: u2le}
`,
};

/** A generated class and its objects, as far as these tests go: fields by name. */
interface Loose {
  [name: string]: unknown;
  toBytes(): Uint8Array;
}
interface LooseClass {
  from(bytes: Uint8Array): Loose;
  of(values: Readonly<Record<string, unknown>>): Loose;
}

let folder: string;
let workspace: Workspace;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'writers-'));
  workspace = openWorkspace(`writers-${process.pid}`);
  for (const [id, text] of Object.entries(SPECS)) {
    const file = join(folder, `${id}.ksy`);
    writeFileSync(file, text);
    const { modules } = await compile({ files: [file], importRoots: [], runtime: RUNTIME });
    for (const [name, module] of modules) workspace.add(name, module);
  }
});

afterAll(() => {
  workspace.close();
  rmSync(folder, { recursive: true });
});

async function load(module: string, name: string): Promise<LooseClass> {
  return (await workspace.load(module))[name] as LooseClass;
}

describe('generated writers', () => {
  it('are strict TypeScript', async () => {
    expect(await workspace.typeErrors()).toEqual(new Map());
  });

  it('keep a compressed stream that still holds the same, and pack another one where not', async () => {
    const packed = deflateSync(Buffer.from('\x05\x00name\x00behind'), { level: 9 });
    const input = Uint8Array.from([packed.length, 0, 0, 0, ...packed]);
    const object = (await load('packed', 'Packed')).from(input);
    expect(object.toBytes()).toEqual(input);
    const body = object['body'] as Loose;
    body['name'] = 'other';
    expect(() => object.toBytes()).toThrow(EncodeError);
  });

  const values = [
    { kind: 1, value: 255 },
    { kind: 2, value: 65535 },
    { kind: 3, value: -(2n ** 63n) },
    { kind: 4, value: 'text' },
    { kind: 6, value: 1 / 3 },
    { kind: 9, value: undefined },
  ];

  it('write new structures of every kind of value, which read as the same', async () => {
    const choices = await load('choices', 'Choices');
    const item = await load('choices', 'Item');
    const point = await load('choices', 'Point');
    const items = [
      ...values.map((one) => item.of(one)),
      item.of({ kind: 5, value: point.of({ x: 15, y: 4095 }) }),
    ];
    const fields = {
      numItems: items.length,
      items,
      hasMore: true,
      small: 127,
      more: 2n ** 64n - 1n,
      label: 'ab',
    };
    const again = choices.from(choices.of(fields).toBytes());
    expect(again).toMatchObject({
      numItems: 7,
      hasMore: true,
      small: 127,
      more: 2n ** 64n - 1n,
      label: 'ab',
    });
    const read = again['items'] as readonly Loose[];
    expect(read.slice(0, 6).map(({ kind, value }) => ({ kind, value }))).toEqual(values);
    expect(read[6]?.['value']).toMatchObject({ x: 15, y: 4095 });
  });

  it('make structures of fixed size around one that chooses its byte order', async () => {
    const type = await load('ordered_inside', 'OrderedInside');
    const { body } = type.from(Uint8Array.of(0x4d, 0x4d, 1, 2));
    expect(type.of({ mark: 0x4d4d, body }).toBytes()).toEqual(Uint8Array.of(0x4d, 0x4d, 1, 2));
  });

  it('refuse what would not read as the same', async () => {
    const choices = await load('choices', 'Choices');
    const sound = { numItems: 0, items: [], hasMore: false, small: 0, label: 'ab' };
    expect([...choices.of(sound).toBytes()]).toEqual([0, 0, ...Buffer.from('ab    ')]);
    const wrong: Readonly<Record<string, unknown>>[] = [
      { numItems: 1 },
      { small: 128 },
      { label: 'too long' },
      { label: 'end ' },
      { label: '€' },
      { hasMore: true },
    ];
    for (const change of wrong)
      expect(() => choices.of({ ...sound, ...change }).toBytes()).toThrow(VdcheckError);
  });

  it('use the byte order that was found, and shrink and grow', async () => {
    const input = Uint8Array.from([0x49, 0x49, 1, 0, 0, 0, 2, 0, 0, 0]);
    const object = (await load('ordered', 'Ordered')).from(input);
    expect(object.toBytes()).toEqual(input);
    object['numbers'] = Uint32Array.of(7);
    expect([...object.toBytes()]).toEqual([0x49, 0x49, 7, 0, 0, 0]);
    object['numbers'] = Uint32Array.of(7, 8, 9);
    expect([...object.toBytes()]).toEqual([0x49, 0x49, 7, 0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0]);
  });

  it('are absent where the spec does not allow any, and the class says why', async () => {
    const { modules } = await compile({
      files: [join(folder, 'unwritable.ksy')],
      importRoots: [],
      runtime: RUNTIME,
    });
    const text = modules.get('unwritable.ts') ?? '';
    expect(text).toContain('Cannot be written: the size of `rest` depends on the position in the stream.');
    expect((await load('unwritable', 'Unwritable')).from(Uint8Array.of(5))).not.toHaveProperty('toBytes');
    expect((await load('unwritable', 'Inner')).from(Uint8Array.of(5)).toBytes()).toEqual(Uint8Array.of(5));
  });
});
