import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, EncodeError, type FieldEnding } from '../../src/codec/index.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** One field: how to write a value and how to read it back. */
type Field<T> = readonly [
  name: string,
  write: (io: ByteWriter, value: T) => void,
  read: (io: ByteReader) => T,
  values: readonly T[],
  tooLarge: readonly T[],
];

const numbers: Field<number>[] = [
  ['u1', (io, v) => io.writeU1(v), (io) => io.readU1(), [0, 0xff], [-1, 0x100, 0.5, NaN]],
  ['u2le', (io, v) => io.writeU2le(v), (io) => io.readU2le(), [0, 0xff01], [-1, 0x10000]],
  ['u2be', (io, v) => io.writeU2be(v), (io) => io.readU2be(), [0, 0xff01], [-1, 0x10000]],
  ['u4le', (io, v) => io.writeU4le(v), (io) => io.readU4le(), [0, 0xfffffff1], [-1, 2 ** 32]],
  ['u4be', (io, v) => io.writeU4be(v), (io) => io.readU4be(), [0, 0xfffffff1], [-1, 2 ** 32]],
  ['s1', (io, v) => io.writeS1(v), (io) => io.readS1(), [-128, 127], [128, -129]],
  ['s2le', (io, v) => io.writeS2le(v), (io) => io.readS2le(), [-0x8000, 0x7fff], [0x8000, -0x8001]],
  ['s2be', (io, v) => io.writeS2be(v), (io) => io.readS2be(), [-0x8000, 0x7fff], [0x8000, -0x8001]],
  ['s4le', (io, v) => io.writeS4le(v), (io) => io.readS4le(), [-(2 ** 31), 2 ** 31 - 1], [2 ** 31]],
  ['s4be', (io, v) => io.writeS4be(v), (io) => io.readS4be(), [-(2 ** 31), 2 ** 31 - 1], [2 ** 31]],
  ['f4le', (io, v) => io.writeF4le(v), (io) => io.readF4le(), [1.5, -Infinity, NaN], []],
  ['f4be', (io, v) => io.writeF4be(v), (io) => io.readF4be(), [1.5, -Infinity, NaN], []],
  ['f8le', (io, v) => io.writeF8le(v), (io) => io.readF8le(), [0.1, -0], []],
  ['f8be', (io, v) => io.writeF8be(v), (io) => io.readF8be(), [0.1, -0], []],
  ['b5 be', (io, v) => io.writeBitsIntBe(5, v), (io) => io.readBitsIntBe(5), [0, 31], [32, -1]],
  ['b32 le', (io, v) => io.writeBitsIntLe(32, v), (io) => io.readBitsIntLe(32), [0, 0xffffffff], [2 ** 32]],
];
const top = 0xffff_ffff_ffff_ffffn;
const lowest = -(1n << 63n);
const bigints: Field<bigint>[] = [
  ['u8le', (io, v) => io.writeU8le(v), (io) => io.readU8le(), [0n, top], [-1n, top + 1n]],
  ['u8be', (io, v) => io.writeU8be(v), (io) => io.readU8be(), [0n, top], [-1n, top + 1n]],
  ['s8le', (io, v) => io.writeS8le(v), (io) => io.readS8le(), [lowest, -1n, ~lowest], [lowest - 1n, -lowest]],
  ['s8be', (io, v) => io.writeS8be(v), (io) => io.readS8be(), [lowest, -1n, ~lowest], [lowest - 1n, -lowest]],
  ['b64 be', (io, v) => io.writeBitsIntBe64(64, v), (io) => io.readBitsIntBe64(64), [0n, top], [-1n]],
  [
    'b60 le',
    (io, v) => io.writeBitsIntLe64(60, v),
    (io) => io.readBitsIntLe64(60),
    [0n, 1n << 59n],
    [1n << 60n],
  ],
];

describe.each([...numbers, ...bigints] as Field<unknown>[])(
  'ByteWriter %s',
  (_, write, read, values, tooLarge) => {
    it('writes what the reader reads', () => {
      for (const value of values) {
        const io = new ByteWriter();
        write(io, value);
        expect(read(new ByteReader(io.toBytes()))).toBe(value);
      }
    });

    it('refuses what does not fit, and writes nothing', () => {
      for (const value of tooLarge) {
        const io = new ByteWriter();
        expect(() => write(io, value)).toThrow(EncodeError);
        expect(io.size).toBe(0);
      }
    });
  },
);

describe('ByteWriter', () => {
  it('mirrors the reader for any run of bit fields, and keeps every bit that no field covers', () => {
    const input = fc.uint8Array({ minLength: 64, maxLength: 64 });
    const widths = fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 7 });
    fc.assert(
      fc.property(input, widths, fc.boolean(), (residue, fields, bigEndian) => {
        const from = new ByteReader(residue);
        const to = new ByteWriter(residue);
        const fresh = new ByteWriter();
        const again: bigint[] = [];
        for (const width of fields) {
          const value = bigEndian ? from.readBitsIntBe64(width) : from.readBitsIntLe64(width);
          for (const io of [to, fresh])
            if (bigEndian) io.writeBitsIntBe64(width, value);
            else io.writeBitsIntLe64(width, value);
          again.push(value);
        }
        expect(to.toBytes()).toEqual(residue);
        const back = new ByteReader(fresh.toBytes());
        expect(
          fields.map((width) => (bigEndian ? back.readBitsIntBe64(width) : back.readBitsIntLe64(width))),
        ).toEqual(again);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  it('mirrors the reader where the bit order changes within a byte', () => {
    const residue = bytes(0xa5, 0x3c, 0xf0, 0x17);
    const from = new ByteReader(residue);
    const to = new ByteWriter();
    to.writeBitsIntLe(3, from.readBitsIntLe(3));
    to.writeBitsIntBe(9, from.readBitsIntBe(9));
    to.writeBitsIntLe(6, from.readBitsIntLe(6));
    to.writeBitsIntBe(14, from.readBitsIntBe(14));
    expect(to.toBytes()).toEqual(residue);
  });

  it('starts the next byte after alignment, a seek and a whole field', () => {
    const io = new ByteWriter();
    io.writeBitsIntBe(3, 0b101);
    io.writeU1(7);
    io.writeBitsIntLe(3, 0b101);
    io.alignToByte();
    io.writeBitsIntLe(1, 1);
    expect([...io.toBytes()]).toEqual([0b101_00000, 7, 0b101, 1]);
  });

  const at = Uint8Array.of(0x40);
  const limits: [name: string, residue: number[], value: number[], ending: FieldEnding, result: number[]][] =
    [
      ['keeps a rest that ends the bytes', [1, 9, 0x40, 7], [1, 2], { terminator: at }, [1, 2, 0x40, 7]],
      ['puts the terminator and zeros', [9, 9, 9, 9], [1, 2], { terminator: at }, [1, 2, 0x40, 0]],
      [
        'puts the terminator and the pad',
        [9, 9, 9, 9],
        [1],
        { terminator: at, padByte: 0x20 },
        [1, 0x40, 0x20, 0x20],
      ],
      ['pads', [], [1], { padByte: 0x20 }, [1, 0x20, 0x20, 0x20]],
      [
        'keeps padding without a terminator',
        [1, 0x20, 0x20, 0x20],
        [2],
        { terminator: at, padByte: 0x20 },
        [2, 0x20, 0x20, 0x20],
      ],
      [
        'puts nothing behind an included terminator but pad',
        [9, 9, 9, 9],
        [1, 0x40],
        { terminator: at, include: true },
        [1, 0x40, 9, 9],
      ],
      ['fills it', [], [1, 2, 3, 4], { terminator: at, padByte: 0 }, [1, 2, 3, 4]],
    ];
  it.each(limits)('writes a field of 4 bytes: %s', (_, residue, value, ending, result) => {
    const io = new ByteWriter(Uint8Array.from(residue));
    io.writeBytesLimit(Uint8Array.from(value), 4, ending);
    expect([...io.toBytes()]).toEqual(result);
  });

  it('pads what it has no old bytes for', () => {
    const io = new ByteWriter(bytes(9), 8);
    io.writeBytesLimit(bytes(0x40), 4, { terminator: at, include: true, padByte: 0x20 });
    io.writeBytesFull(bytes(1), { padByte: 0x2e });
    expect([...io.toBytes()]).toEqual([0x40, 0x20, 0x20, 0x20, 1, 0x2e, 0x2e, 0x2e]);
  });

  it('refuses a field that would not read as the same bytes', () => {
    const limit = (value: number[], ending: FieldEnding): (() => void) => {
      return () => new ByteWriter().writeBytesLimit(Uint8Array.from(value), 4, ending);
    };
    expect(limit([1, 2, 3, 4, 5], {})).toThrow(EncodeError);
    expect(limit([1], {})).toThrow(EncodeError);
    expect(limit([1, 0], { padByte: 0 })).toThrow(EncodeError);
    expect(limit([1, 0x40, 2], { terminator: at })).toThrow(EncodeError);
  });

  it('fills the stream to its end: the old one, or that of the bytes', () => {
    const full = (residue: number[] | undefined, value: number[], ending: FieldEnding): number[] => {
      const io = new ByteWriter(residue && Uint8Array.from(residue));
      io.writeBytesFull(Uint8Array.from(value), ending);
      return [...io.toBytes()];
    };
    expect(full([1, 2, 0x40, 7], [5], { terminator: at })).toEqual([5, 0x40, 0, 0]);
    expect(full([1, 2, 0x40, 7], [5, 6], { terminator: at })).toEqual([5, 6, 0x40, 7]);
    expect(full(undefined, [1, 2], { terminator: at, padByte: 0 })).toEqual([1, 2]);
    expect(full(undefined, [1, 0], { terminator: at, padByte: 0 })).toEqual([1, 0, 0x40]);
    expect(full([9], [1, 2], {})).toEqual([1, 2]);
  });

  const flags = [false, true];
  const readings = flags.flatMap((include) =>
    flags.flatMap((consume) => flags.map((eosError) => [include, consume, eosError] as const)),
  );
  it.each(readings)(
    'mirrors terminated fields: include %s, consume %s, eosError %s',
    (include, consume, eosError) => {
      for (const input of [[1, 2, 0, 3], [0, 3], ...(eosError ? [] : [[1, 2]])]) {
        const from = new ByteReader(Uint8Array.from(input));
        const value = from.readBytesTerm(0, include, consume, eosError);
        const over = new ByteWriter(Uint8Array.from(input));
        over.writeBytesTerm(value, 0, include, consume, eosError);
        expect([[...over.toBytes()], over.pos]).toEqual([input, from.pos]);
        const fresh = new ByteWriter();
        fresh.writeBytesTerm(value, 0, include, consume, eosError);
        const again = new ByteReader(fresh.toBytes());
        expect([again.readBytesTerm(0, include, consume, eosError), again.pos]).toEqual([value, fresh.pos]);
      }
    },
  );

  it('refuses a terminator in the wrong place', () => {
    const io = new ByteWriter();
    expect(() => io.writeBytesTerm(bytes(1, 0, 2), 0, false, true, true)).toThrow(EncodeError);
    expect(() => io.writeBytesTerm(bytes(1), 0, true, true, true)).toThrow(EncodeError);
    expect(() => io.writeBytesTerm(bytes(), 0, true, true, true)).toThrow(EncodeError);
    io.writeBytesTermMulti(bytes(1, 0, 0, 2), bytes(0, 0), false, true, true);
    expect([...io.toBytes()]).toEqual([1, 0, 0, 2, 0, 0]);
  });

  it('grows, leaves zeros in gaps, and hands out copies', () => {
    const io = new ByteWriter();
    io.seek(1000);
    io.writeBytes(bytes(1, 2));
    const first = io.toBytes();
    io.seek(0);
    io.writeU1(5);
    expect([first.length, first[0], first[999], first[1001], io.toBytes()[0], io.size]).toEqual([
      1002, 0, 0, 2, 5, 1002,
    ]);
  });
});
