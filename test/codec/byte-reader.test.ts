import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ByteReader,
  ConversionError,
  EndOfStreamError,
  NoTerminatorFoundError,
  ValidationNotEqualError,
  type Breach,
} from '../../src/codec/index.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const ff = new Uint8Array(8).fill(0xff);

describe('ByteReader integers and floats', () => {
  const lowestS8 = bytes(0, 0, 0, 0, 0, 0, 0, 0x80);
  const cases: [string, Uint8Array, (io: ByteReader) => unknown, unknown][] = [
    ['u1', bytes(0xff), (io) => io.readU1(), 0xff],
    ['s1', bytes(0x80), (io) => io.readS1(), -0x80],
    ['u2le', bytes(0x01, 0xff), (io) => io.readU2le(), 0xff01],
    ['u2be', bytes(0xff, 0x01), (io) => io.readU2be(), 0xff01],
    ['s2le', bytes(0x00, 0x80), (io) => io.readS2le(), -0x8000],
    ['s2be', bytes(0x80, 0x00), (io) => io.readS2be(), -0x8000],
    ['u4le', bytes(0xf1, 0xff, 0xff, 0xff), (io) => io.readU4le(), 0xfffffff1],
    ['u4be', bytes(0xff, 0xff, 0xff, 0xf1), (io) => io.readU4be(), 0xfffffff1],
    ['s4le', bytes(0, 0, 0, 0x80), (io) => io.readS4le(), -0x80000000],
    ['s4be', bytes(0x80, 0, 0, 0), (io) => io.readS4be(), -0x80000000],
    ['u8le of all ones', ff, (io) => io.readU8le(), 0xffff_ffff_ffff_ffffn],
    ['u8be of all ones', ff, (io) => io.readU8be(), 0xffff_ffff_ffff_ffffn],
    ['s8le of all ones', ff, (io) => io.readS8le(), -1n],
    ['s8le, the lowest', lowestS8, (io) => io.readS8le(), -0x8000_0000_0000_0000n],
    ['s8be, the lowest', lowestS8.toReversed(), (io) => io.readS8be(), -0x8000_0000_0000_0000n],
    [
      's8le, the least that a double holds, which KSC reads as another safe integer',
      bytes(0x01, 0, 0, 0, 0, 0, 0xe0, 0xff),
      (io) => io.readS8le(),
      -9007199254740991n,
    ],
    ['f4le', bytes(0, 0, 0x80, 0x3f), (io) => io.readF4le(), 1],
    ['f4be', bytes(0xbf, 0x80, 0, 0), (io) => io.readF4be(), -1],
    ['f8le', bytes(0, 0, 0, 0, 0, 0, 0xf0, 0x7f), (io) => io.readF8le(), Infinity],
    ['f8be', bytes(0x3f, 0xf8, 0, 0, 0, 0, 0, 0), (io) => io.readF8be(), 1.5],
  ];
  it.each(cases)('%s', (_, input, read, expected) => {
    const io = new ByteReader(input);
    expect(read(io)).toBe(expected);
    expect(io.pos).toBe(input.length);
    expect(io.isEof()).toBe(true);
  });

  it.each(cases)('%s, one byte short', (_, input, read) => {
    const io = new ByteReader(input.subarray(1));
    const message = `requested ${input.length} bytes, but only ${input.length - 1} bytes available`;
    expect(() => read(io)).toThrow(
      new EndOfStreamError(input.length, input.length - 1, { offset: 0 }, message),
    );
    expect(io.pos).toBe(0);
  });

  it('reads within its window of a larger buffer only', () => {
    const io = new ByteReader(bytes(9, 1, 2, 9).subarray(1, 3));
    expect(io.readU2be()).toBe(0x0102);
    expect(() => io.readU1()).toThrow(EndOfStreamError);
  });
});

describe('ByteReader bits', () => {
  it('reads fields across bytes in both bit orders', () => {
    const be = new ByteReader(bytes(0b101_00001, 0b11_000000));
    expect([be.readBitsIntBe(3), be.readBitsIntBe(7), be.bitsLeft]).toEqual([0b101, 0b0000111, 6]);
    const le = new ByteReader(bytes(0b00001_101, 0b000000_11));
    expect([le.readBitsIntLe(3), le.readBitsIntLe(7), le.bitsLeft]).toEqual([0b101, 0b1100001, 6]);
  });

  it('keeps 32 bits unsigned', () => {
    expect(new ByteReader(ff).readBitsIntBe(32)).toBe(0xffffffff);
    expect(new ByteReader(ff).readBitsIntLe(32)).toBe(0xffffffff);
  });

  it('drops the rest of a byte before a whole field, a seek and a byte array', () => {
    for (const read of [
      (io: ByteReader) => io.readU1(),
      (io: ByteReader) => (io.seek(1), io.readBitsIntBe(8)),
      (io: ByteReader) => (io.readBytes(0), io.readBitsIntBe(8)),
      (io: ByteReader) => io.readBytesTerm(9, false, true, true)[0],
    ]) {
      const io = new ByteReader(bytes(0xff, 0x21, 9));
      io.readBitsIntBe(3);
      expect(read(io)).toBe(0x21);
    }
  });

  it('knows the end by bits', () => {
    const io = new ByteReader(bytes(0xff));
    io.readBitsIntBe(7);
    expect(io.isEof()).toBe(false);
    io.readBitsIntBe(1);
    expect(io.isEof()).toBe(true);
  });

  it('asks for all bytes of a field before it moves', () => {
    const io = new ByteReader(bytes(1, 2, 3));
    io.readBitsIntBe(7);
    expect(() => io.readBitsIntBe(18)).toThrow('requested 3 bytes, but only 2 bytes available');
    expect([io.pos, io.bitsLeft]).toEqual([1, 1]);
    expect(() => io.readBitsIntLe64(64)).toThrow('requested 8 bytes, but only 2 bytes available');
    expect(io.readBitsIntBe(1)).toBe(1);
  });

  const widths = fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 12 });
  it('agrees with one big integer, whatever the widths', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 100, maxLength: 100 }), widths, (input, fields) => {
        expect(readFields(input, fields, 'be')).toEqual(sliceFields(input, fields, 'be'));
        expect(readFields(input, fields, 'le')).toEqual(sliceFields(input, fields, 'le'));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

/** Reads wide fields by the 64-bit functions and narrow ones by turns. */
function readFields(input: Uint8Array, widths: readonly number[], order: 'be' | 'le'): bigint[] {
  const io = new ByteReader(input);
  return widths.map((width, index) => {
    const wide = width > 32 || index % 2 === 0;
    if (order === 'be') return wide ? io.readBitsIntBe64(width) : BigInt(io.readBitsIntBe(width));
    return wide ? io.readBitsIntLe64(width) : BigInt(io.readBitsIntLe(width));
  });
}

function sliceFields(input: Uint8Array, widths: readonly number[], order: 'be' | 'le'): bigint[] {
  const inOrder = order === 'be' ? input : input.toReversed();
  const all = inOrder.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const total = input.length * 8;
  let done = 0;
  return widths.map((width) => {
    const shift = order === 'be' ? total - done - width : done;
    done += width;
    return BigInt.asUintN(width, all >> BigInt(shift));
  });
}

describe('ByteReader byte arrays', () => {
  it('gives views of the input, plain even where the input is a Buffer', () => {
    const input = Buffer.from([1, 2, 3]);
    const part = new ByteReader(input).readBytes(2);
    expect(part.constructor).toBe(Uint8Array);
    input[0] = 7;
    expect(part[0]).toBe(7);
  });

  it('says of a length beyond 2^53 that the bytes end before', () => {
    expect(() => new ByteReader(bytes(1)).readBytes(2 ** 60)).toThrow(EndOfStreamError);
  });

  it.each([-1, 1.5, NaN])('refuses a length of %s', (length) => {
    expect(() => new ByteReader(bytes(1)).readBytes(length)).toThrow(ConversionError);
  });

  it.each([-1, 0.5, NaN])('refuses to seek to %s', (pos) => {
    expect(() => new ByteReader(bytes(1)).seek(pos)).toThrow(ConversionError);
  });

  it('may stand beyond the end but not read there', () => {
    const io = new ByteReader(bytes(1));
    io.seek(5);
    expect([io.pos, io.remaining, io.isEof(), io.readBytesFull().length]).toEqual([5, 0, true, 0]);
    expect(() => io.readU1()).toThrow('requested 1 bytes, but only 0 bytes available');
  });

  // input 1 2 0 3: terminator 0
  const terms: [include: boolean, consume: boolean, result: number[], pos: number][] = [
    [false, true, [1, 2], 3],
    [false, false, [1, 2], 2],
    [true, true, [1, 2, 0], 3],
    [true, false, [1, 2, 0], 2],
  ];
  it.each(terms)('readBytesTerm include %s consume %s', (include, consume, result, pos) => {
    const io = new ByteReader(bytes(1, 2, 0, 3));
    expect([...io.readBytesTerm(0, include, consume, true)]).toEqual(result);
    expect(io.pos).toBe(pos);
  });

  it.each(terms)('readBytesTermMulti include %s consume %s', (include, consume, result, pos) => {
    const doubled = (values: number[]): number[] => values.flatMap((value) => [value, 0]);
    const io = new ByteReader(bytes(...doubled([1, 2, 0, 3])));
    expect([...io.readBytesTermMulti(bytes(0, 0), include, consume, true)]).toEqual(doubled(result));
    expect(io.pos).toBe(pos * 2);
  });

  it('finds a wide terminator only at whole units', () => {
    const io = new ByteReader(bytes(1, 0, 0, 2, 0, 0, 9, 9));
    expect([...io.readBytesTermMulti(bytes(0, 0), false, true, true)]).toEqual([1, 0, 0, 2]);
  });

  it('looks for a terminator from the position on', () => {
    const io = new ByteReader(bytes(0, 5, 0));
    io.seek(1);
    expect([...io.readBytesTerm(0, false, true, true)]).toEqual([5]);
  });

  it('takes the end for a terminator only where it may', () => {
    expect([...new ByteReader(bytes(1, 2)).readBytesTerm(0, true, true, false)]).toEqual([1, 2]);
    expect([...new ByteReader(bytes(1, 2, 0)).readBytesTermMulti(bytes(0, 0), true, true, false)]).toEqual([
      1, 2, 0,
    ]);
    const strict = new ByteReader(bytes(1, 2));
    expect(() => strict.readBytesTerm(0, true, true, true)).toThrow(NoTerminatorFoundError);
    expect(() => strict.readBytesTermMulti(bytes(0, 0), true, true, true)).toThrow(EndOfStreamError);
  });
});

describe('ByteReader runs and substreams', () => {
  it('names the field of a run that is cut off, as a read per field would', () => {
    const io = new ByteReader(bytes(1, 2, 3, 4, 5, 6), { base: 100 });
    const layout = [['a', 4] as const, ['b', 4] as const, ['c', 4] as const];
    const error = caught(() => io.reserve(12, layout));
    expect(error).toMatchObject({
      field: 'b',
      offset: 104,
      requested: 4,
      available: 2,
      code: 'end-of-stream',
    });
    expect(io.pos).toBe(0);
  });

  it('hands a substream its own positions, and offsets of the whole', () => {
    const io = new ByteReader(bytes(1, 2, 3, 4), { base: 10 });
    io.readU1();
    const sub = io.substream(2);
    expect([sub.pos, sub.size, sub.offset, io.pos]).toEqual([0, 2, 11, 3]);
    expect([sub.readU1(), sub.offset]).toEqual([2, 12]);
    expect(() => io.substream(2)).toThrow(EndOfStreamError);
  });

  it('tells where bytes were unpacked from, which was asked for before they were read', () => {
    const io = new ByteReader(bytes(0, 0, 1, 2, 3), { base: 10 });
    io.seek(2);
    const unpacked = io.unpacked(io.offset, io.readBytes(2).slice());
    expect([unpacked.readU1(), unpacked.offset, io.offset]).toEqual([1, 13, 14]);
  });

  const site = { type: 'footer', field: 'cookie', offset: 3, size: 2, rule: 'vhd/footer-cookie', hex: true };
  it('throws a failed check, or hands it to the sink of every substream', () => {
    const failure = new ValidationNotEqualError(0x12, 0x345, site);
    expect(() => new ByteReader(ff).report(failure)).toThrow(failure);
    const breaches: Breach[] = [];
    new ByteReader(ff, { sink: (breach) => breaches.push(breach) })
      .substream(2)
      .over(bytes())
      .report(failure);
    expect(breaches).toEqual([
      {
        type: 'footer',
        field: 'cookie',
        offset: 3,
        size: 2,
        kind: 'notEqual',
        expected: '0x0012',
        actual: '0x0345',
        rule: 'vhd/footer-cookie',
      },
    ]);
  });
});

function caught(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
