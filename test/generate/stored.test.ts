import { deflateSync } from 'node:zlib';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EncodeError } from '../../src/codec/index.ts';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { openWorkspace, RUNTIME, type Workspace } from './conformance/workspace.ts';

const SPECS = {
  elsewhere: `
meta: {id: elsewhere, endian: le, encoding: ASCII}
seq:
  - {id: ofs_tab, type: u4}
  - {id: has_more, type: u1}
  - {id: len_box, type: u1}
  - {id: box, type: box, size: len_box}
  - {id: len_packed, type: u1}
  - {id: packed, type: box, size: len_packed, process: zlib}
  - {id: hidden, type: box, size: 8, process: xor(0x5a)}
instances:
  tab: {pos: ofs_tab, type: rec}
  list: {pos: ofs_tab, type: rec, repeat: expr, repeat-expr: 2}
  numbers: {pos: ofs_tab, type: u2, repeat: expr, repeat-expr: 4}
  name: {pos: ofs_tab + 8, type: strz}
  last: {pos: _io.size - 1, type: u1}
  more: {pos: ofs_tab, type: u1, if: has_more == 1}
  raw: {pos: ofs_tab, size: len_box}
  in_box: {io: box._io, pos: 0, type: u1, enum: color}
  peek: {pos: 0, type: u2}
  doubled: {value: tab.v * 2}
  hue: {value: in_box}
types:
  rec:
    seq: [{id: v, type: u4}]
    instances: {far: {io: _root._io, pos: 0, type: u4}}
  box:
    seq: [{id: ofs, type: u1}]
    instances:
      inner: {pos: ofs, type: leaf}
      rest: {pos: ofs, size: 2, type: leaf}
  leaf: {seq: [{id: x, type: u1}, {id: y, type: u1}]}
enums: {color: {1: red, 2: green}}
`,
  many_of_it: `
meta: {id: many_of_it, endian: be}
seq: [{id: num, type: u2}]
instances:
  nodes: {pos: 2, type: node, repeat: expr, repeat-expr: num}
types:
  node:
    seq: [{id: ofs, type: u2}]
    instances:
      text: {io: _root._io, pos: ofs, size: 2}
      whole: {value: _parent}
`,
  bits_elsewhere: `
meta: {id: bits_elsewhere}
seq: [{id: a, type: b4}]
instances: {rest: {type: b4}, early: {size: _io.pos, pos: 0}}
`,
};

/** A generated class and its objects, as far as these tests go. */
interface Loose {
  [name: string]: unknown;
  toBytes(): Uint8Array;
  toJSON(options?: object): Record<string, unknown>;
}
interface LooseClass {
  readonly layout: never;
  from(bytes: Uint8Array): Loose;
  of(values: Readonly<Record<string, unknown>>): Loose;
}

let folder: string;
let workspace: Workspace;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stored-'));
  workspace = openWorkspace(`stored-${process.pid}`);
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

async function classNamed(name: string, module = 'elsewhere'): Promise<LooseClass> {
  return (await workspace.load(module))[name] as LooseClass;
}

/** A structure inside of another one. */
function part(structure: Loose, ...path: readonly (string | number)[]): Loose {
  return path.reduce<unknown>((one, step) => Reflect.get(Object(one), step), structure) as Loose;
}

const PACKED = deflateSync(Uint8Array.of(1, 7, 8), { level: 0 });
const BOX = [1, 11, 12, 13];
const HIDDEN = [2, 0, 21, 22, 0, 0, 0, 0].map((byte) => byte ^ 0x5a);
const HEAD = [0, 0, 0, 0, 0, BOX.length, ...BOX, PACKED.length, ...PACKED, ...HIDDEN];
const TAB = HEAD.length;
const BYTES = Uint8Array.of(TAB, ...HEAD.slice(1), 5, 0, 0, 0, 6, 0, 0, 0, 97, 98, 0, 99);

async function read(bytes: Uint8Array = BYTES): Promise<Loose> {
  return (await classNamed('Elsewhere')).from(bytes);
}

describe('stored instances', () => {
  it('are strict TypeScript', async () => {
    expect(await workspace.typeErrors()).toEqual(new Map());
  });

  it('change nothing where they were only looked at', async () => {
    const object = await read();
    object.toJSON({ instances: true });
    expect(object.toBytes()).toEqual(BYTES);
  });

  const edits: readonly (readonly [string, readonly (string | number)[], unknown])[] = [
    ['a structure', ['tab', 'v'], 7],
    ['an element of a list', ['list', 1, 'v'], 0x01020304],
    ['a table of numbers', ['numbers'], Uint16Array.of(1, 2, 3, 4)],
    ['text', ['name'], 'ba'],
    ['shorter text', ['name'], 'a'],
    ['what is found from the end', ['last'], 0xff],
    ['what lies in the stream of another structure', ['inBox'], 2],
    ['in a substream', ['box', 'inner', 'y'], 0xee],
    ['with a stream of its own in a substream', ['box', 'rest', 'y'], 0xee],
    ['in a substream behind a key', ['hidden', 'inner', 'x'], 1],
    ['in a structure that lies elsewhere itself', ['tab', 'far'], TAB + 0x100],
    ['over a field', ['peek'], TAB + 0x200],
  ];
  it.each(edits)('are written: %s', async (_, path, value) => {
    const object = await read();
    Reflect.set(part(object, ...path.slice(0, -1)), path.at(-1) ?? '', value);
    const written = object.toBytes();
    expect(written).not.toEqual(BYTES);
    expect(written.length).toBe(BYTES.length);
    // Those that change where the others lie are looked for in the bytes.
    if (path.at(-1) === 'far' || path[0] === 'peek') expect(written[1]).toBe(Number(value) >> 8);
    else expect(part(await read(written), ...path)).toEqual(value);
  });

  it('are written in a compressed stream, which may not fit then', async () => {
    const object = await read();
    part(object, 'packed', 'inner')['x'] = 9;
    expect(part(await read(object.toBytes()), 'packed', 'inner')['x']).toBe(9);
  });

  it('are written in the one place that both an instance and a field name, or refused', async () => {
    const object = await read();
    object['ofsTab'] = TAB + 1;
    object['peek'] = TAB + 2;
    expect(() => object.toBytes()).toThrow(
      /other bytes are written to the same place by a field \(in peek at offset 0\)/,
    );
    object['peek'] = TAB + 1;
    expect(object.toBytes()[0]).toBe(TAB + 1);
  });

  it('do not stand in the way of an edit where they were only looked at', async () => {
    const object = await read();
    expect(object['raw']).toEqual(Uint8Array.of(5, 0, 0, 0));
    object['lenBox'] = 3;
    expect(object.toBytes()[5]).toBe(3);
    object['raw'] = Uint8Array.of(1, 2, 3, 4);
    expect(() => object.toBytes()).toThrow('4 bytes do not fit a field of 3 (in raw at offset');
  });

  it('are refused where two of them disagree', async () => {
    const object = await read();
    part(object, 'tab')['v'] = 1;
    part(object, 'list', 0)['v'] = 2;
    expect(() => object.toBytes()).toThrow(/other bytes are written to the same place by tab \(in list at/);
    part(object, 'list', 0)['v'] = 1;
    expect(part(await read(object.toBytes()), 'tab')['v']).toBe(1);
  });

  it('do not destroy what follows them, but grow at the end', async () => {
    const object = await read();
    object['name'] = 'longer';
    expect(() => object.toBytes()).toThrow(/7 bytes do not fit a place of 3 \(in name at offset/);
    const open = await read(BYTES.subarray(0, -1));
    open['name'] = 'longer';
    expect((await read(open.toBytes()))['name']).toBe('longer');
  });

  it('go where their position says now', async () => {
    const object = await read();
    part(object, 'tab')['v'] = 77;
    object['ofsTab'] = BYTES.length;
    const again = await read(object.toBytes());
    expect(part(again, 'tab')['v']).toBe(77);
    expect(object.toBytes().length).toBe(BYTES.length + 4);
  });

  it('are refused where the condition does not hold, and outside of what is written', async () => {
    const object = await read();
    object['more'] = 1;
    expect(() => object.toBytes()).toThrow(/its condition does not hold \(in more\)/);
    const other = await read();
    part(other, 'tab')['far'] = 1;
    expect(() => part(other, 'tab').toBytes()).toThrow(/it lies outside of what is written.* \(in far\)/);
    part(other, 'tab')['far'] = TAB;
    expect([...part(other, 'tab').toBytes()]).toEqual([5, 0, 0, 0]);
  });

  it('are refused where they are taken away but would be read again', async () => {
    const object = await read(BYTES.with(4, 1));
    expect(object['more']).toBe(5);
    object['more'] = undefined;
    expect(() => object.toBytes()).toThrow(/it has no value, but would be read \(in more\)/);
    object['hasMore'] = 0;
    expect(object.toBytes()).toEqual(BYTES);
  });

  it('are set before they were read, and replaced by new structures', async () => {
    const Rec = await classNamed('Rec');
    const object = await read();
    object['tab'] = Rec.of({ v: 0x0a0b0c0d });
    expect(part(await read(object.toBytes()), 'tab')['v']).toBe(0x0a0b0c0d);
    object['list'] = [Rec.of({ v: 1 })];
    expect(() => object.toBytes()).toThrow(EncodeError);
  });

  it('tell which value does not fit, and where', async () => {
    const object = await read();
    part(object, 'list', 1)['v'] = -1;
    expect(() => object.toBytes()).toThrow(
      `-1 is not an integer from 0 to 4294967295 (in list[1].v at offset ${TAB + 4})`,
    );
    const other = await read();
    part(other, 'box', 'inner')['y'] = 256;
    expect(() => other.toBytes()).toThrow('256 is not an integer from 0 to 255 (in box.inner.y at offset 8)');
  });

  it('make new structures', async () => {
    const [Many, Node] = [await classNamed('ManyOfIt', 'many_of_it'), await classNamed('Node', 'many_of_it')];
    const nodes = [
      Node.of({ ofs: 6, text: Uint8Array.of(1, 2) }),
      Node.of({ ofs: 8, text: Uint8Array.of(3, 4) }),
    ];
    const bytes = Many.of({ num: 2, nodes }).toBytes();
    expect([...bytes]).toEqual([0, 2, 0, 6, 0, 8, 1, 2, 3, 4]);
    const again = Many.from(bytes);
    expect(part(again, 'nodes', 1)['text']).toEqual(Uint8Array.of(3, 4));
    expect(() => Many.of({ num: 1, nodes }).toBytes()).toThrow(
      /2 elements, but the structure counts 1 \(in nodes\b/,
    );
    expect(() => Many.of({ num: 2 })['nodes']).toThrow(/there are no bytes to read it from|available/);
  });

  it('are refused where what they are read from is not known again', async () => {
    const Bits = await classNamed('BitsElsewhere', 'bits_elsewhere');
    const object = Bits.from(Uint8Array.of(0x12, 0x34));
    expect([object['rest'], object['early']]).toEqual([2, Uint8Array.of()]);
    expect([...object.toBytes()]).toEqual([0x12, 0x34]);
    object['early'] = Uint8Array.of(9);
    expect(() => object.toBytes()).toThrow(/depends on the position that the stream has .* \(in early\)/);
  });
});

describe('instances as plain data', () => {
  it('are there when they are asked for, with enums by their names', async () => {
    const object = await read();
    object['inBox'] = 2;
    const plain = object.toJSON({ instances: true, enums: 'names' });
    expect(plain).toMatchObject({ tab: { v: 5 }, name: 'ab', in_box: 'green', hue: 'green', doubled: 10 });
    expect(plain).not.toHaveProperty('more');
    expect(object.toJSON()).not.toHaveProperty('tab');
    expect(JSON.parse(JSON.stringify({ object }))).toEqual({
      object: JSON.parse(JSON.stringify(object.toJSON())),
    });
  });

  it('leave out what holds them', async () => {
    const Many = await classNamed('ManyOfIt', 'many_of_it');
    const plain = Many.from(Uint8Array.of(0, 1, 0, 4, 5, 6)).toJSON({ instances: true });
    expect(plain).toEqual({ num: 1, nodes: [{ ofs: 4, text: '0506' }] });
  });

  it('are in the schema', async () => {
    const { schemaOf } = await import('../../src/codec/index.ts');
    const { layout } = await classNamed('Elsewhere');
    const { $defs } = schemaOf(layout, { instances: true, enums: 'names' });
    expect($defs).toMatchObject({
      elsewhere: {
        properties: {
          tab: { $ref: '#/$defs/rec' },
          in_box: { anyOf: [{ enum: ['red', 'green'] }, { type: 'integer' }] },
        },
      },
    });
  });
});
