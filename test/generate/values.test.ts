import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ConversionError,
  EndOfStreamError,
  fieldsOf,
  type Breach,
  type Structure,
} from '../../src/codec/index.ts';
import { compileFiles as compile } from '../../tools/generate/compile-files.ts';
import { className } from '../../tools/generate/naming.ts';
import { openWorkspace, RUNTIME, type Workspace } from './conformance/workspace.ts';

/** What a spec makes of bytes, and that the same bytes come of it again. */
interface Case {
  readonly spec: string;
  readonly bytes: readonly number[];
  readonly values: Readonly<Record<string, unknown>>;
  /** The class has no `toBytes()`. */
  readonly readOnly?: true;
}

const text = (letters: string): readonly number[] => Array.from(new TextEncoder().encode(letters));
const bytes = (...items: readonly number[]): Uint8Array => Uint8Array.from(items);

const u8 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);

const CASES: Readonly<Record<string, Case>> = {
  '`_index` in sizes of lists of every kind': {
    spec: 'index_sizes',
    bytes: [0, 2, 1, 0xa1, 0xa2, 0xb1, ...text('ABC'), 0xc1, 0xc2, 0xc3, 0xd1, 0xe1, 0xe2, 0xe3, 0xe4],
    values: {
      blocks: [bytes(), bytes(0xa1, 0xa2), bytes(0xb1)],
      words: ['A', 'BC'],
      boxes: [{ content: bytes(0xc1) }, { content: bytes(0xc2, 0xc3) }],
      rows: [{ cells: bytes() }, { cells: bytes(0xd1) }],
      rest: [bytes(0xe1), bytes(0xe2, 0xe3), bytes(0xe4)],
      steps: [bytes(), bytes(0), bytes(2, 1)],
      pairs: [{ content: bytes(0) }, { content: bytes(2, 1) }],
    },
  },
  'merged maps': {
    spec: 'merge_keys',
    bytes: [1, 2, 0, 3, 0, 0, 0, 255],
    values: { flags: 1, first: 2, second: 3, third: -1 },
  },
  'contents in every notation, beside sizes that do not count': {
    spec: 'contents_forms',
    bytes: [255, 128, 200, 0x41, 17, 254, ...text('1_0'), 0x1f, ...text('12abcd'), 1, 2, 7, 8],
    values: { quoted: bytes(0x41, 17, 254, ...text('1_0'), 0x1f), oversized: bytes(...text('abc')) },
  },
  'paths that lead out of a type again, and a range of an enum': {
    spec: 'roundabout_paths',
    bytes: [2, 7, 1, 2],
    values: { color: 2, other: { size: 7 }, pair: { sum: 3 }, isRed: false },
  },
  'terminators that are one byte, and those as wide as a letter': {
    spec: 'wide_terminators',
    bytes: [0x41, 0x30, 0, 0x41, 0, 0, 0, 0x41, 0x30, 0, 0, 0x42],
    values: { written: '\u3041', own: 'A', sized: '\u3041', last: 0x42 },
  },
  'a condition on a later field, which is absent when it is read': {
    spec: 'later_condition',
    bytes: [1, 2],
    values: { early: undefined, late: 1, more: 2 },
  },
  'enums whose keys are quoted or in other notations': {
    spec: 'enum_keys',
    bytes: [2, 16, 32, 100, 7, 255],
    values: { items: [2, 16, 32, 100, 7, -1], isLastMinus: true },
  },
  'casts that change how a value is held, or end a circle of types': {
    spec: 'casts',
    bytes: [17, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x8c, 0x41, 42, 0, 0, 0, 0, 0, 0, 0],
    values: {
      quotient: 0.53125,
      wideQuotient: 2 ** 54,
      literalQuotient: 1.5,
      truncated: 8,
      truncatedWide: 17n,
      widened: 17n,
      narrowedEither: 43n,
      widenedEither: 42n,
      rounds: [
        { before: 1n, after: 2n },
        { before: 2n, after: 4n },
        { before: 4n, after: 8n },
      ],
      sum: 42,
    },
  },
  'members that are called like methods': {
    spec: 'api_names',
    bytes: [1, 2, 3, 4, 5],
    values: { fields: 1, version: { patch: 2, at: 3 }, writers: { toBytes: 3 }, toJSON_: 5 },
  },
  'computed values of enums, held as the members are': {
    spec: 'enum_values',
    bytes: [2, 1, 0, 0, 0, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 0, 0, 0],
    values: { tag: 1n, kind: 1, chosen: 1, isOne: true, body: 9, number: 2n, large: 2n, smallOfLarge: 2n },
  },
  'numbers held to demands of 64 bits': {
    spec: 'wide_demands',
    bytes: [...u8(2n ** 60n + 5n), 5, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff, 7, 5, ...u8(5n), 7, 0],
    values: { limit: 2n ** 60n + 5n, most: 5, least: -3, oneOf: 7, wide: 5n },
  },
  'lists of less than no elements': {
    spec: 'negative_counts',
    bytes: [0xff, 0xff, 9],
    values: {
      bytes: bytes(),
      words: new Uint16Array(),
      floats: new Float32Array(),
      texts: [],
      points: [],
      records: [],
      last: 9,
    },
  },
  'conditions about what is absent': {
    spec: 'chained_conditions',
    bytes: [0x81, 7],
    values: { a: 0x81, b: 7, c: undefined, flag: undefined, pair: undefined, d: undefined, last: 8 },
  },
  'conditions about what is absent, one after the other': {
    spec: 'chained_conditions',
    bytes: [3, 0x44],
    values: { a: 3, b: undefined, c: undefined, d: 0x44, last: undefined },
  },
  'conditions that hold': {
    spec: 'chained_conditions',
    bytes: [0x81, 0x81, 3, 0xc0, 1, 3, 0x55],
    values: { c: 3, flag: true, hasPair: true, pair: { x: 1, y: 3 }, d: 0x55, last: 0x82 },
  },
  'fields that ask for themselves after they were read': {
    spec: 'own_values',
    bytes: [9, 9, 2, 7, 8],
    values: { checked: 9, grown: [bytes(2), bytes(7, 8)] },
    readOnly: true,
  },
  'casts for a member that structures of several types have': {
    spec: 'alike_casts',
    bytes: [0, 1, 0xaa, 2, 0xbb, 0xbb, 1, 0, 0xcc],
    values: {
      parts: [{ inner: { content: bytes(0xaa) } }, { inner: { content: bytes(0xbb, 0xbb) } }],
      other: { inner: { content: bytes(0xcc) } },
    },
  },
  'ids that differ in a `_` only': {
    spec: 'underscores',
    bytes: [1, 2, 3],
    values: { val_: 1, foo1_: 2, foo1: 3, val: 6 },
  },
  'structures that ask for those around them': {
    spec: 'open_structures',
    bytes: [1, 2, 0xaa, 0xbb, 0xbb, 0xcc, 0xcc, 3, 4],
    values: {
      outer: {
        inner: {
          rest: { content: bytes(0xaa), marked: bytes(0xbb, 0xbb), doubled: bytes(0xcc, 0xcc) },
        },
      },
      last: 4,
      aside: { behind: 3 },
    },
  },
  'structures that may ask for what comes after them, and do not': {
    spec: 'unread_structures',
    bytes: [3, 1, 0xaa, 2, 3, 4],
    values: { first: { own: bytes(0xaa), behind: 2 }, second: { kind: 3, behind: 4 } },
  },
};

/** Bytes that break a spec, and what is said of them. */
interface BadCase {
  readonly spec: string;
  readonly bytes: readonly number[];
  readonly error: string;
  readonly breach: Partial<Breach>;
}

const unreadable = (field: string): Pick<BadCase, 'error' | 'breach'> => ({
  error: 'ConversionError',
  breach: { kind: 'unreadable', field },
});

const BAD_CASES: Readonly<Record<string, BadCase>> = {
  'a structure that is not read yet': {
    spec: 'unread_structures',
    bytes: [1, 1, 2, 3, 4],
    ...unreadable('first.number'),
  },
  'one that is asked for through a param': {
    spec: 'unread_structures',
    bytes: [2, 1, 2, 3, 4],
    ...unreadable('first.by_param'),
  },
  'a field of a structure that is still being read': {
    spec: 'unread_structures',
    bytes: [4, 1, 2, 3, 4],
    ...unreadable('first.own_behind'),
  },
  'a number above a demand of 64 bits': {
    spec: 'wide_demands',
    bytes: [...u8(3n), 4, 0, 0, 0],
    error: 'ValidationGreaterThanError',
    breach: { field: 'most', expected: 'at most 3', actual: '4' },
  },
  'a number below a computed demand of 64 bits': {
    spec: 'wide_demands',
    bytes: [...u8(3n), 3, 0, 0, 0, 0xfb, 0xff, 0xff, 0xff],
    error: 'ValidationLessThanError',
    breach: { field: 'least', expected: 'at least -4', actual: '-5' },
  },
  'a number that is none of a list with one of 64 bits': {
    spec: 'wide_demands',
    bytes: [...u8(2n ** 60n), 3, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff, 3],
    error: 'ValidationNotAnyOfError',
    breach: { field: 'one_of', expected: 'one of 1152921504606846976, 7', actual: '3' },
  },
  'a number that is not one of 64 bits': {
    spec: 'wide_demands',
    bytes: [...u8(3n), 3, 0, 0, 0, 0xfd, 0xff, 0xff, 0xff, 3, 4],
    error: 'ValidationNotEqualError',
    breach: { field: 'same', expected: '3', actual: '4' },
  },
  'a size of 2^60': {
    spec: 'huge_extents',
    bytes: [1, 0x10, 0, 0, 0, 0, 0, 0, 0, 1],
    error: 'EndOfStreamError',
    breach: { kind: 'endOfStream' },
  },
  'a size of a structure of 2^60': {
    spec: 'huge_extents',
    bytes: [2, 0x10, 0, 0, 0, 0, 0, 0, 0, 1],
    error: 'EndOfStreamError',
    breach: { kind: 'endOfStream' },
  },
  'a number of numbers of 2^60': {
    spec: 'huge_extents',
    bytes: [4, 0x10, 0, 0, 0, 0, 0, 0, 0, 1],
    error: 'EndOfStreamError',
    breach: { kind: 'endOfStream' },
  },
  'a number of structures of 2^60': {
    spec: 'huge_extents',
    bytes: [5, 0x10, 0, 0, 0, 0, 0, 0, 0, 1],
    error: 'EndOfStreamError',
    breach: { kind: 'endOfStream' },
  },
  'an if that asks for itself': {
    spec: 'own_values',
    bytes: [1, 1, 1, 2],
    ...unreadable('pair'),
  },
  'a size that asks for itself': {
    spec: 'own_values',
    bytes: [2, 2, 1, 2],
    ...unreadable('content'),
  },
  'a number of numbers that asks for itself': {
    spec: 'own_values',
    bytes: [3, 3, 1, 2],
    ...unreadable('words'),
  },
  'a number of structures that asks for itself': {
    spec: 'own_values',
    bytes: [4, 4, 1, 2],
    ...unreadable('pairs'),
  },
  'a cast for a member that the structure does not have': {
    spec: 'alike_casts',
    bytes: [1, 1, 0xaa, 2, 0xbb, 0xbb, 1, 0, 0xcc],
    ...unreadable('parts[0].inner.far'),
  },
};

/** A generated class, as far as these tests go. */
interface LooseClass {
  from(input: Uint8Array): Readonly<Record<string, unknown>> & { toBytes(): Uint8Array };
  decode(input: Uint8Array, sink: (breach: Breach) => void): object | undefined;
}

/** Specs that tests below look at more closely. */
const MORE = ['empty_elements'];

const FOLDER = fileURLToPath(new URL('specs', import.meta.url));
let workspace: Workspace;

beforeAll(async () => {
  workspace = openWorkspace('values');
  const specs = [...Object.values(CASES), ...Object.values(BAD_CASES)].map(({ spec }) => spec);
  const files = [...specs, ...MORE].map((spec) => join(FOLDER, `${spec}.ksy`));
  const { modules } = await compile({ files, importRoots: [], runtime: RUNTIME });
  for (const [name, module] of modules) workspace.add(name, module);
});

afterAll(() => workspace.close());

async function load(spec: string): Promise<LooseClass> {
  return (await workspace.load(spec))[className(spec)] as LooseClass;
}

describe('generated classes read', () => {
  it.each(Object.entries(CASES))('%s', async (_, { spec, bytes: input, values, readOnly }) => {
    const object = (await load(spec)).from(Uint8Array.from(input));
    expect(object).toMatchObject(values);
    if (readOnly === true) expect(object).not.toHaveProperty('toBytes');
    else expect(object.toBytes()).toEqual(Uint8Array.from(input));
  });
});

describe('generated classes refuse', () => {
  it.each(Object.entries(BAD_CASES))('%s', async (_, { spec, bytes: input, error, breach }) => {
    const type = await load(spec);
    expect(() => type.from(Uint8Array.from(input))).toThrow(
      expect.objectContaining({ name: error }) as Error,
    );
    const breaches: Breach[] = [];
    type.decode(Uint8Array.from(input), (one) => breaches.push(one));
    expect(breaches[0]).toMatchObject(breach);
  });

  it('positions of 2^60', async () => {
    const object = (await load('huge_extents')).from(bytes(0, 0x10, 0, 0, 0, 0, 0, 0, 0));
    expect(() => object['far']).toThrow(EndOfStreamError);
  });

  it('instances that depend on themselves, each time they are asked for', async () => {
    const object = (await load('unread_structures')).from(bytes(9, 1, 2, 3, 4));
    for (const property of ['own', 'third', 'own']) expect(() => object[property]).toThrow(ConversionError);
  });
});

describe('elements that take no bytes', () => {
  it('may be as many as a large input has bytes, if they are counted', async () => {
    const input = new Uint8Array(70_004);
    new DataView(input.buffer).setUint32(0, 70_000, true);
    expect((await load('empty_elements')).from(input)['blocks']).toHaveLength(70_000);
    const short = (await load('empty_elements')).from(input.subarray(0, 4).slice());
    expect(() => short['blocks']).toThrow(ConversionError);
  });
});

describe('a class whose members are called like methods', () => {
  it('lacks those methods only', async () => {
    const object = (await load('api_names')).from(bytes(1, 2, 3, 4, 5)) as unknown as Structure;
    expect(object.fields).toBe(1);
    expect(object.at('version.patch')).toEqual({ offset: 1, size: 1 });
    expect(object.patch('version.patch', 7)).toEqual({ offset: 1, bytes: bytes(7) });
    const plain = { fields: 1, version: { patch: 2 }, writers: { to_bytes: 3 }, params: { content: '04' } };
    expect(JSON.parse(JSON.stringify(object))).toEqual({ ...plain, to_j_s_o_n: 5 });
    expect(fieldsOf(object).map(({ name }) => name)).toEqual([
      'fields',
      ...Object.keys(plain).slice(1),
      'to_j_s_o_n',
    ]);
  });
});
