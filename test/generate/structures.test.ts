import { Ajv2020 } from 'ajv/dist/2020.js';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Breach, FieldNode, FieldSpan, Structure } from '../../src/codec/index.ts';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { openWorkspace, RUNTIME } from './conformance/workspace.ts';

/** What this file uses of the generated class. */
interface Type {
  from(bytes: Uint8Array): Structure & Record<string, unknown>;
  decode(
    bytes: Uint8Array,
    sink: (breach: Breach) => void,
  ): (Structure & Record<string, unknown>) | undefined;
  readonly schema: object;
}

const text = (letters: string): number[] => Array.from(new TextEncoder().encode(letters));

/** Two entries, a note, three numbers and a tail. */
const SOUND = Uint8Array.from([
  ...text('LOA'),
  2,
  0b000_1001_1,
  3,
  ...text('one'),
  0,
  0,
  0,
  1,
  2,
  ...text('du'),
  0,
  0,
  1,
  0,
  ...text('hi'),
  0,
  0,
  7,
  1,
  0,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
  0xff,
  0xfe,
]);

describe('a structure that was read', () => {
  let LayoutOfAll: Type;

  beforeAll(async () => {
    const workspace = openWorkspace('structures');
    const spec = join(fileURLToPath(new URL('specs', import.meta.url)), 'layout_of_all.ksy');
    const { modules } = await compile({ files: [spec], importRoots: [], runtime: RUNTIME });
    for (const [name, module] of modules) workspace.add(name, module);
    LayoutOfAll = (await workspace.load('layout_of_all'))['LayoutOfAll'] as Type;
  });

  const damaged = (changes: Readonly<Record<number, number>>): Uint8Array => {
    const bytes = SOUND.slice();
    for (const [at, value] of Object.entries(changes)) bytes[Number(at)] = value;
    return bytes;
  };

  const breachesOf = (bytes: Uint8Array): readonly Breach[] => {
    const found: Breach[] = [];
    LayoutOfAll.decode(bytes, (breach) => found.push(breach));
    return found;
  };

  it.each<readonly [string, FieldSpan]>([
    ['magic', { offset: 0, size: 3 }],
    ['flags', { offset: 4, size: 1 }],
    ['flags.level', { offset: 4, size: 1, bitOffset: 1, bitLength: 4 }],
    ['entries', { offset: 5, size: 15 }],
    ['entries[0]', { offset: 5, size: 8 }],
    ['entries[1]', { offset: 13, size: 7 }],
    ['entries[1].name', { offset: 14, size: 2 }],
    ['entries[1].value', { offset: 16, size: 4 }],
    ['note', { offset: 20, size: 3 }],
    ['numbers', { offset: 23, size: 6 }],
    ['numbers[2]', { offset: 27, size: 2 }],
    ['tail', { offset: 29, size: 8 }],
  ])('knows where %s lay', (path, span) => {
    expect(LayoutOfAll.from(SOUND).at(path)).toEqual(span);
  });

  it('knows no place of what is not there', () => {
    const bytes = damaged({ 4: 0b000_1001_0 });
    const read = LayoutOfAll.from(bytes.subarray(0, 29));
    expect(read['tail']).toBeUndefined();
    expect(['tail', 'nothing', 'entries[7]', 'entries[0].nothing'].map((path) => read.at(path))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('lists its fields with place, value and meaning', () => {
    const nodes = LayoutOfAll.from(SOUND).fields();
    expect(nodes.map(({ name }) => name)).toEqual([
      'magic',
      'num_entries',
      'flags',
      'entries',
      'note',
      'numbers',
      'tail',
    ]);
    const [magic] = nodes;
    expect(magic).toEqual({
      name: 'magic',
      type: 'bytes',
      offset: 0,
      size: 3,
      value: Uint8Array.from(text('LOA')),
      doc: 'Three letters.',
    });
    const tail: FieldNode | undefined = nodes.at(-1);
    expect(tail).toMatchObject({ type: 'u8be', value: 0xffff_ffff_ffff_fffen, meaning: 'some' });
    const entries = nodes.find(({ name }) => name === 'entries');
    expect(entries?.fields?.map(({ name, offset, size }) => [name, offset, size])).toEqual([
      ['entries[0]', 5, 8],
      ['entries[1]', 13, 7],
    ]);
    expect(entries?.fields?.[1]?.fields?.map(({ name, offset }) => [name, offset])).toEqual([
      ['len_name', 13],
      ['name', 14],
      ['value', 16],
    ]);
  });

  it('is exact as JSON, and as its JSON Schema says', () => {
    const plain: unknown = JSON.parse(JSON.stringify(LayoutOfAll.from(SOUND)));
    expect(plain).toMatchObject({ magic: '4c4f41', numbers: [7, 256, 65535], tail: '18446744073709551614' });
    const validate = new Ajv2020({ strict: false }).compile(LayoutOfAll.schema);
    expect(validate(plain)).toBe(true);
    expect(validate({ ...(plain as object), numbers: [70000] })).toBe(false);
  });

  it('patches one field and nothing else', () => {
    const read = LayoutOfAll.from(SOUND);
    expect(read.patch('entries[1].value', -2)).toEqual({
      offset: 16,
      bytes: Uint8Array.of(0xff, 0xff, 0xff, 0xfe),
    });
    expect(read.patch('flags.level', 4)).toEqual({ offset: 4, bytes: Uint8Array.of(0b000_0100_1) });
    expect(() => read.patch('flags.level', 16)).toThrow('does not fit 4 bits');
    expect(() => read.patch('entries[1].value', 2 ** 31)).toThrow('does not fit s4');
    expect(() => read.patch('nothing', 1)).toThrow('there is no field nothing');
  });

  it('computes instances when asked', () => {
    const read = LayoutOfAll.from(SOUND);
    expect(read['total']).toBe(263);
    expect(read['firstLetter']).toBe(0x4c);
    expect(read.at('first_letter')).toEqual({ offset: 0, size: 1 });
  });

  it('tells every breach with path, place and rule, and reads on', () => {
    const found = breachesOf(damaged({ 0: 0x58, 4: 0b000_1111_1, 16: 0x80, 36: 7 }));
    expect(found).toEqual([
      {
        type: 'layout_of_all',
        field: 'magic',
        offset: 0,
        size: 3,
        kind: 'notEqual',
        expected: '4c 4f 41',
        actual: '58 4f 41',
        rule: 'loa/magic',
      },
      {
        type: 'flags',
        field: 'flags.level',
        offset: 4,
        size: 1,
        bitOffset: 1,
        kind: 'greaterThan',
        expected: 'at most 9',
        actual: '15',
        rule: 'loa/level',
      },
      {
        type: 'entry',
        field: 'entries[1].value',
        offset: 16,
        size: 4,
        kind: 'lessThan',
        expected: 'at least 0',
        actual: '-2147483392',
        rule: 'loa/value',
      },
      {
        type: 'layout_of_all',
        field: 'tail',
        offset: 29,
        size: 8,
        kind: 'notAnyOf',
        expected: 'one of 0x0000000000000000, 0xfffffffffffffffe',
        actual: '0xffffffffffffff07',
        rule: null,
      },
    ]);
  });

  it.each([
    [2, 'magic', 0],
    [4, 'flags', 4],
    [7, 'entries[0].name', 6],
    [15, 'entries[1].name', 14],
    [25, 'numbers', 23],
    [30, 'tail', 29],
  ])('says which field %i bytes cut off', (length, field, offset) => {
    const found = breachesOf(SOUND.subarray(0, length));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ kind: 'endOfStream', offset });
    expect(found[0]?.field.startsWith(field)).toBe(true);
    expect(() => LayoutOfAll.from(SOUND.subarray(0, length))).toThrow(
      /^requested [0-9]+ bytes, but only [0-9]+ bytes available|no terminator/,
    );
  });

  it('is strict from the first breach on when asked to be', () => {
    expect(() => LayoutOfAll.from(damaged({ 0: 0x58, 36: 7 }))).toThrow(
      'expected 4c 4f 41, found 58 4f 41 (in magic at offset 0)',
    );
  });
});
