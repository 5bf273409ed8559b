import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile, formatDiagnostic } from '../../tools/generate/index.ts';
import { openWorkspace, RUNTIME, type Workspace } from './conformance/workspace.ts';

/** Small specs in which users of Kaitai met a fault, and bytes that show it. */
const SPECS = {
  absent_field: `
meta: {id: absent_field}
seq: [{id: kind, type: u1}, {id: n, type: u1, if: kind == 1}, {id: body, size: n}]
instances: {twice: {value: n * 2}}
`,
  w136: `
meta: {id: w136, endian: be}
seq:
  - {id: fields, type: u1, repeat: expr, repeat-expr: 5}
  - {id: sub, type: s}
  - {id: more, type: s, repeat: eos}
types:
  s: {seq: [{id: delimiter, contents: [0xEE]}, {id: v, type: u4, valid: {min: 5, max: 10}}]}
`,
  size_from_stream: `
meta: {id: size_from_stream, endian: le}
seq: [{id: magic, type: u2}, {id: body, size: _io.size - _io.pos - 4}, {id: crc, type: u4}]
`,
  ends_by_instance: `
meta: {id: ends_by_instance, encoding: ASCII}
seq: [{id: len, type: u1}, {id: box, type: box, size: len}]
types:
  box:
    seq: [{id: text, type: str, size: len_text, pad-right: 0}, {id: tail, type: u1}]
    instances: {len_text: {value: _io.size - 1}}
`,
  two_styles: `
meta: {id: two_styles, endian: le}
seq: [{id: fixed, type: fixed}, {id: open, type: open}]
types:
  fixed: {seq: [{id: a, type: u2}, {id: raw, size: 2}]}
  open: {seq: [{id: len, type: u1}, {id: raw, size: len}]}
`,
};

interface Loose {
  [name: string]: unknown;
  toBytes(): Uint8Array;
}
interface LooseClass {
  from(bytes: Uint8Array): Loose;
  of(values: object): Loose;
}

let workspace: Workspace;

beforeAll(async () => {
  workspace = openWorkspace(`cases-${process.pid}`);
  for (const [id, text] of Object.entries(SPECS)) {
    const { modules } = await compile({ [`${id}.ksy`]: text }, { runtime: RUNTIME, style: false });
    for (const [name, module] of modules) workspace.add(name, module);
  }
});

afterAll(() => workspace.close());

async function classNamed(module: string, name: string): Promise<LooseClass> {
  return (await workspace.load(module))[name] as LooseClass;
}

describe('errors of reading say where', () => {
  const cases: readonly (readonly [string, string, readonly number[], string, string, number])[] = [
    [
      'AbsentField',
      'absent_field',
      [2, 0],
      'an expression uses `n`, which is absent here (in body at offset 1)',
      'body',
      1,
    ],
    [
      'W136',
      'w136',
      [0, 1, 2, 3, 4, 0xee, 0, 0],
      'requested 4 bytes, but only 2 bytes available (in sub.v at offset 6)',
      'sub.v',
      6,
    ],
    [
      'W136',
      'w136',
      [0, 1, 2, 3, 4, 7],
      'expected ee, found 07 (in sub.delimiter at offset 5)',
      'sub.delimiter',
      5,
    ],
    [
      'W136',
      'w136',
      [0, 1, 2, 3, 4, 0xee, 0, 0, 0, 5, 0xee, 0, 0, 0, 6, 0xee, 0, 0, 0, 1],
      'expected at least 5, found 1 (in more[1].v at offset 16)',
      'more[1].v',
      16,
    ],
    [
      'W136',
      'w136',
      [0, 1, 2, 3, 4, 0xee, 0, 0, 0, 5, 0xee],
      'requested 4 bytes, but only 0 bytes available (in more[0].v at offset 11)',
      'more[0].v',
      11,
    ],
  ];
  it.each(cases)('%s %#', async (name, module, bytes, message, field, offset) => {
    const Class = await classNamed(module, name);
    expect(() => Class.from(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ message, field, offset }) as Error,
    );
  });

  it('also of what is computed later', async () => {
    const object = (await classNamed('absent_field', 'AbsentField')).of({ kind: 0, body: Uint8Array.of() });
    expect(() => object['twice']).toThrow('an expression uses `n`, which is absent here (in twice)');
  });
});

describe('sizes that depend on that of the stream', () => {
  it('are written, and may grow with it', async () => {
    const Class = await classNamed('size_from_stream', 'SizeFromStream');
    const object = Class.from(Uint8Array.of(1, 0, 7, 8, 2, 0, 0, 0));
    expect([...object.toBytes()]).toEqual([1, 0, 7, 8, 2, 0, 0, 0]);
    object['body'] = Uint8Array.of(7, 8, 9);
    expect([...object.toBytes()]).toEqual([1, 0, 7, 8, 9, 2, 0, 0, 0]);
    const made = Class.of({ magic: 1, body: Uint8Array.of(5), crc: 3 });
    expect([...made.toBytes()]).toEqual([1, 0, 5, 3, 0, 0, 0]);
  });

  it('are refused where they do not fit', async () => {
    const object = (await classNamed('ends_by_instance', 'EndsByInstance')).from(
      Uint8Array.of(4, 97, 98, 0, 9),
    );
    expect([...object.toBytes()]).toEqual([4, 97, 98, 0, 9]);
    const box = object['box'] as Loose;
    box['text'] = 'c';
    expect([...object.toBytes()]).toEqual([4, 99, 0, 0, 9]);
    box['text'] = 'long';
    expect(() => object.toBytes()).toThrow('4 bytes do not fit a field of 3 (in box.text at offset 1)');
  });
});

describe('the fields of all classes', () => {
  it('are their own properties, and nothing else is', async () => {
    const object = (await classNamed('two_styles', 'TwoStyles')).from(Uint8Array.of(1, 0, 2, 3, 1, 4));
    const [fixed, open] = [object['fixed'] as Loose, object['open'] as Loose];
    expect([Object.keys(object), Object.keys(fixed), Object.keys(open)]).toEqual([
      ['fixed', 'open'],
      ['a', 'raw'],
      ['len', 'raw'],
    ]);
    expect(structuredClone({ ...fixed })).toEqual({ a: 1, raw: Uint8Array.of(2, 3) });
    expect(JSON.parse(JSON.stringify(object))).toEqual({
      fixed: { a: 1, raw: '0203' },
      open: { len: 1, raw: '04' },
    });
  });
});

describe('mistakes in specs', () => {
  const told = async (text: string, file = 't.ksy', style = true): Promise<readonly string[]> =>
    (await compile({ [file]: text }, { style })).diagnostics.map(formatDiagnostic);

  it('that every value of a type holds another one is one', async () => {
    expect(await told('meta: {id: t}\nseq: [{id: a, type: t}]')).toEqual([
      "t.ksy:1:12: /meta/id: warning: the type 't' can hold no finite value: each one holds another one, without end",
    ]);
    const ends = [
      '{id: a, type: t, if: false}',
      '{id: a, type: t, repeat: eos}',
      '{id: a, type: {switch-on: 1, cases: {1: t}}}',
    ];
    for (const field of ends) expect(await told(`meta: {id: t}\nseq: [${field}]`)).toEqual([]);
  });

  it('are told with the mend', async () => {
    const enums = 'enums: {kind: {1: one}}\ntypes: {foo: {seq: [{id: n, type: u1}]}}';
    const numbers = `meta: {id: t}\nseq: [{id: head, type: u1}, {id: body, type: {switch-on: head, cases: {'kind::one': foo}}}]\n${enums}`;
    expect(await told(numbers)).toEqual([
      "t.ksy:2:72: /seq/1/type/cases/kind::one: error: can't compare integer and enum 'kind': add `enum: kind` to `head`",
    ]);
    expect(await told(`meta: {id: t}\ninstances: {bad: {value: foo(1)}}\n${enums}`)).toEqual([
      "t.ksy:2:26: /instances/bad/value: error: only methods can be called, and 'foo' is a type: a structure is read by a field or instance with `type: foo(...)`",
    ]);
  });

  it('tell two enums of one name apart', async () => {
    const text = `meta: {id: t}
seq: [{id: a, type: u1, enum: e}, {id: s, type: s}]
instances: {x: {value: a == s.b}}
enums: {e: {1: one}}
types: {s: {seq: [{id: b, type: u1, enum: e}], enums: {e: {1: one}}}}`;
    expect(await told(text)).toEqual([
      "t.ksy:3:24: /instances/x/value: error: can't compare enum 't::e' and enum 't::s::e'",
    ]);
  });

  it('of style can be left out, and ask for nothing that cannot be done', async () => {
    const text = 'meta: {id: t}\nseq: [{id: n, type: u1}, {id: body, size: n}]';
    expect((await told(text))[0]).toContain('use `len_body` instead of `n`');
    expect(await told(text, 't.ksy', false)).toEqual([]);
    expect(await told('meta: {id: t}\nseq: [{id: n, type: u1}, {size: n}]')).toEqual([]);
  });

  it('are an id that is not the name of the file', async () => {
    expect(await told('meta: {id: other}', 'dir/t.ksy')).toEqual([
      "dir/t.ksy:1:12: /meta/id: warning: the id is 'other', but the file is t.ksy: the module is other.ts, and imports look for other.ksy",
    ]);
  });

  it('are told all at once', async () => {
    const text = `meta: {id: t}
seq: [{id: a, type: u1, szie: 4}, {id: b, type: nope}, {id: c, size: d}, {id: e, type: u1, valid: {expr: _ + 1}}]`;
    expect((await told(text)).map((line) => line.split(' ')[1])).toEqual([
      '/seq/0/szie:',
      '/seq/1/type:',
      '/seq/2/size:',
      '/seq/3/valid/expr:',
    ]);
  });
});
