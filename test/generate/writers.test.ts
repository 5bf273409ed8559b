import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EncodeError } from '../../src/codec/index.ts';
import { VdcheckError } from '../../src/errors.ts';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
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
  padded: `
meta: {id: padded, endian: le, encoding: ASCII}
seq:
  - {id: num, type: u1}
  - {id: records, type: record, repeat: expr, repeat-expr: num}
  - {id: flag, type: b1}
  - {id: fill, size: (-_io.pos) % 8}
  - {id: len_box, type: u1}
  - {id: box, size: len_box, type: inside}
  - {id: parity, type: {switch-on: _io.pos % 2, cases: {0: u1, 1: u2}}}
  - {id: ends, size: _io.pos % 3, repeat: expr, repeat-expr: 2}
types:
  record:
    seq:
      - {id: name, type: strz}
      - {id: padding, size: (4 - _io.pos) % 4}
      - {id: value, type: u2}
  inside:
    seq:
      - {id: records, type: record, repeat: expr, repeat-expr: 2}
`,
  pads_elsewhere: `
meta: {id: pads_elsewhere}
seq:
  - {id: outer, type: outer_pad}
  - {id: by_way, type: by_way_pad}
types:
  outer_pad: {seq: [{id: pad, size: _root._io.pos % 2}]}
  by_way_pad:
    seq: [{id: pad, size: odd}]
    instances: {odd: {value: _io.pos % 2}}
`,
  unwritable: `
meta: {id: unwritable}
seq:
  - {id: rest, size: _root._io.size - _io.pos, type: inner}
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

  /** A record of the spec `padded`, that begins at `start` of its stream. */
  const record = (start: number, name: string, value: number): number[] => {
    const text = [...Buffer.from(name), 0];
    const padding = new Array<number>((4 - ((start + text.length) % 4)) % 4).fill(0xee);
    return [...text, ...padding, value, 0];
  };

  it('pad to a position of the stream, where it is said by a field', async () => {
    const list = [...record(1, 'abc', 1), ...record(10, 'de', 2), ...record(18, '', 3)];
    const inside = [...record(0, 'xy', 4), ...record(6, 'zuv', 5), 0x77];
    const start = [3, ...list, 0x80];
    const fill = new Array<number>((8 - (start.length % 8)) % 8).fill(0xdd);
    const head = [...start, ...fill, inside.length, ...inside];
    const parity = head.length % 2 === 0 ? [9] : [9, 1];
    const at = head.length + parity.length;
    const ends = new Array<number>((at % 3) + ((at + (at % 3)) % 3)).fill(0xcc);
    const input = Uint8Array.from([...head, ...parity, ...ends]);
    const type = await load('padded', 'Padded');
    const object = type.from(input);
    expect(object.toBytes()).toEqual(input);
    const records = object['records'] as Loose[];
    expect(records.map((one) => [...one.toBytes()])).toEqual([
      record(1, 'abc', 1),
      record(10, 'de', 2),
      record(18, '', 3),
    ]);
    expect([...(object['box'] as Loose).toBytes()]).toEqual(inside);
    const { num, flag, fill: filling, lenBox, box, parity: number, ends: last } = object;
    const values = { num, records, flag, fill: filling, lenBox, box, parity: number, ends: last };
    expect(type.of(values).toBytes()).toEqual(input);
  });

  it('refuse padding that another position asks for', async () => {
    const inside = await load('padded', 'Inside');
    const type = await load('padded', 'Record');
    const first = type.of({ name: 'ab', padding: Uint8Array.of(7), value: 1 });
    expect([...first.toBytes()]).toEqual([97, 98, 0, 7, 1, 0]);
    const second = type.of({ name: 'c', padding: Uint8Array.of(), value: 2 });
    expect(() => second.toBytes()).toThrow(EncodeError);
    const whole = inside.of({ records: [first, second] }).toBytes();
    expect([...whole]).toEqual([97, 98, 0, 7, 1, 0, 99, 0, 2, 0]);
    expect(inside.from(whole).toBytes()).toEqual(whole);
    expect(() => inside.of({ records: [second, first] }).toBytes()).toThrow(EncodeError);
  });

  it('do not know positions of other streams, and at other times', async () => {
    const object = (await load('pads_elsewhere', 'PadsElsewhere')).from(Uint8Array.of());
    for (const part of [object, object['outer'], object['byWay']]) expect(part).not.toHaveProperty('toBytes');
  });

  it('are absent where the spec does not allow any, and the class says why', async () => {
    const { modules } = await compile({
      files: [join(folder, 'unwritable.ksy')],
      importRoots: [],
      runtime: RUNTIME,
    });
    const text = modules.get('unwritable.ts') ?? '';
    expect(text).toContain(
      'Cannot be written: the size of `rest` depends on the position in the stream and on its length.',
    );
    expect((await load('unwritable', 'Unwritable')).from(Uint8Array.of(5))).not.toHaveProperty('toBytes');
    expect((await load('unwritable', 'Inner')).from(Uint8Array.of(5)).toBytes()).toEqual(Uint8Array.of(5));
  });
});
