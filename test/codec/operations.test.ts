import fc from 'fast-check';
import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as codec from '../../src/codec/index.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const safe = fc.maxSafeInteger();

describe('integers', () => {
  it('divide and leave remainders as Kaitai does: rounded down, exact', () => {
    const floor = (a: bigint, b: bigint): bigint => a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
    fc.assert(
      fc.property(
        safe,
        safe.filter((b) => b !== 0),
        (a, b) => {
          const quotient = floor(BigInt(a), BigInt(b));
          const rest = BigInt(a) - quotient * BigInt(b);
          expect([codec.floorDivBig(BigInt(a), BigInt(b)), codec.floorModBig(BigInt(a), BigInt(b))]).toEqual([
            quotient,
            rest,
          ]);
          expect([BigInt(codec.floorDiv(a, b)), BigInt(codec.floorMod(a, b))]).toEqual([quotient, rest]);
        },
      ),
      { seed: 3, numRuns: 1000 },
    );
    expect([codec.floorMod(-5, 8), codec.floorMod(5, -8), codec.floorMod(-16, 8)]).toEqual([3, -3, 0]);
    expect([codec.floorDiv(-5, 8), codec.floorDiv(0, -8)]).toEqual([-1, 0]);
    for (const divide of [codec.floorDiv, codec.floorMod])
      expect(() => divide(1, 0)).toThrow(codec.DivisionByZeroError);
    for (const divide of [codec.floorDivBig, codec.floorModBig])
      expect(() => divide(1n, 0n)).toThrow(codec.DivisionByZeroError);
  });

  it('combine bits of safe integers as bigints would', () => {
    fc.assert(
      fc.property(safe, safe, (a, b) => {
        expect(BigInt(codec.bitAnd(a, b))).toBe(BigInt(a) & BigInt(b));
        expect(BigInt(codec.bitOr(a, b))).toBe(BigInt(a) | BigInt(b));
        expect(BigInt(codec.bitXor(a, b))).toBe(BigInt(a) ^ BigInt(b));
      }),
      { seed: 4, numRuns: 1000 },
    );
    expect(codec.shiftLeft(1, 33)).toBe(8589934592);
    expect([codec.shiftRight(-5, 1), codec.shiftRight(2 ** 40 + 1, 40)]).toEqual([-3, 1]);
  });

  it('become sizes and positions only where nothing is lost', () => {
    expect([codec.toSafeInteger(5n), codec.toSafeInteger(-3)]).toEqual([5, -3]);
    for (const value of [2n ** 53n, -(2n ** 63n), 2 ** 53, 0.5, NaN])
      expect(() => codec.toSafeInteger(value, 'size')).toThrow(codec.ConversionError);
    expect([codec.floatToInteger(-2.7), codec.floatToInteger(2.7)]).toEqual([-2, 2]);
    expect(() => codec.floatToInteger(Infinity)).toThrow(codec.ConversionError);
  });

  it('shift bigints as far as is sensible', () => {
    expect([codec.shiftLeftBig(1n, 64n), codec.shiftRightBig(-5n, 1n)]).toEqual([1n << 64n, -3n]);
    for (const count of [-1n, 2000n])
      expect(() => codec.shiftLeftBig(1n, count)).toThrow(codec.ConversionError);
    expect(() => codec.shiftRightBig(1n, -1n)).toThrow(codec.ConversionError);
  });

  it('pick elements that exist', () => {
    expect([
      codec.elementAt([4, 5], 1n),
      codec.lastOf(bytes(1, 9)),
      codec.minOf([3n, 1n]),
      codec.maxOf(['a', 'b']),
    ]).toEqual([5, 9, 1n, 'b']);
    for (const index of [-1, 2])
      expect(() => codec.elementAt([4, 5], index)).toThrow(codec.IndexOutOfRangeError);
    for (const pick of [codec.lastOf, codec.minOf, codec.maxOf])
      expect(() => pick<number>([])).toThrow(codec.IndexOutOfRangeError);
  });
});

describe('casts', () => {
  it('let through what is what it should be', () => {
    const date = new Date();
    expect([
      codec.castTo(date, Date),
      codec.castOptional(undefined, Date),
      codec.castTo<string>('a'),
    ]).toEqual([date, undefined, 'a']);
    expect([codec.castToInteger(5), codec.castToInteger(5n), codec.present(0)]).toEqual([5, 5n, 0]);
    for (const cast of [
      () => codec.castTo({}, Date),
      () => codec.castOptional({}, Date),
      () => codec.castToInteger('5'),
      () => codec.castToInteger(0.5),
      () => codec.present(undefined),
    ])
      expect(cast).toThrow(codec.ConversionError);
  });
});

describe('strings', () => {
  it('turn round by character', () => expect(codec.reverseString('ab😀')).toBe('😀ba'));

  const numbers: [string, number, number][] = [
    ['9173', 10, 9173],
    ['-072', 10, -72],
    ['+5', 10, 5],
    ['1010110', 2, 0b1010110],
    ['47cF', 16, 0x47cf],
    ['zz', 36, 1295],
  ];
  it.each(numbers)('%s of radix %s', (text, radix, value) => {
    expect(codec.parseInteger(text, radix)).toBe(value);
    expect(codec.parseBigInteger(text, radix)).toBe(BigInt(value));
  });

  it.each(['', '-', ' 1', '1 ', '12a', '0x10', '1_0', '--1', '1.0'])('%j is no integer', (text) => {
    expect(() => codec.parseInteger(text)).toThrow(codec.ConversionError);
  });

  it('keep their precision or fail', () => {
    expect(codec.parseBigInteger('18446744073709551615')).toBe(0xffff_ffff_ffff_ffffn);
    expect(() => codec.parseInteger('18446744073709551615')).toThrow(codec.ConversionError);
    expect(() => codec.parseInteger('2', 2)).toThrow(codec.ConversionError);
  });
});

describe('byte arrays', () => {
  it('compare byte by byte, the shorter first', () => {
    expect(codec.byteArrayCompare(bytes(1, 2), bytes(1, 3))).toBeLessThan(0);
    expect(codec.byteArrayCompare(bytes(0xff), bytes(1, 3))).toBeGreaterThan(0);
    expect(codec.byteArrayCompare(bytes(1), bytes(1, 0))).toBeLessThan(0);
    expect([codec.bytesEqual(bytes(1), bytes(1)), codec.bytesEqual(bytes(1), bytes(1, 0))]).toEqual([
      true,
      false,
    ]);
    expect(codec.concatBytes([bytes(1), bytes(), bytes(2, 3)])).toEqual(bytes(1, 2, 3));
  });

  it('lose their padding, then what follows a terminator', () => {
    expect(codec.bytesStripRight(bytes(1, 0, 2, 0, 0), 0)).toEqual(bytes(1, 0, 2));
    expect(codec.bytesStripRight(bytes(0, 0), 0)).toEqual(bytes());
    expect(codec.bytesTerminate(bytes(1, 0, 2), 0, false)).toEqual(bytes(1));
    expect(codec.bytesTerminate(bytes(1, 0, 2), 0, true)).toEqual(bytes(1, 0));
    expect(codec.bytesTerminate(bytes(1, 2), 0, true)).toEqual(bytes(1, 2));
    expect(codec.bytesTerminateMulti(bytes(1, 0, 0, 2, 0, 0, 3), bytes(0, 0), true)).toEqual(
      bytes(1, 0, 0, 2, 0, 0),
    );
    expect(codec.bytesTerminateMulti(bytes(1, 0, 0), bytes(0, 0), false)).toEqual(bytes(1, 0, 0));
  });
});

describe('byte arrays with terminator and pad', () => {
  const cases: [bytes: number[], include: boolean, result: number[]][] = [
    [[1, 2, 0x40, 0x40, 0x40], false, [1, 2]],
    [[1, 2, 0x40, 0x40, 0x40], true, [1, 2, 0x40]],
    [[1, 2, 0x2b, 0x2b], true, [1, 2]],
    [[1, 0x2b, 0x40, 0x2b], false, [1, 0x2b]],
  ];
  it.each(cases)('%j include %s', (input, include, result) => {
    const pad = input.includes(0x2b) ? 0x2b : 0x40;
    expect(codec.bytesTrim(Uint8Array.from(input), 0x40, include, pad)).toEqual(Uint8Array.from(result));
    const wide = (values: number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [value, value]));
    expect(codec.bytesTrimMulti(wide(input), wide([0x40]), include, pad)).toEqual(wide(result));
  });
});

describe('processes', () => {
  it('xor with one byte, several, none', () => {
    expect(codec.processXorOne(bytes(0x0f, 0xff), 0xf0)).toEqual(bytes(0xff, 0x0f));
    expect(codec.processXorMany(bytes(1, 2, 3), bytes(1, 2))).toEqual(bytes(0, 0, 2));
    expect(codec.processXorMany(bytes(1, 2), bytes())).toEqual(bytes(1, 2));
  });

  it('rotate within bytes, both ways', () => {
    expect(codec.processRotateLeft(bytes(0x81, 0x01), 1)).toEqual(bytes(0x03, 0x02));
    expect(codec.processRotateLeft(bytes(0x03), -1)).toEqual(bytes(0x81));
    expect(codec.processRotateLeft(bytes(0x5a), 8)).toEqual(bytes(0x5a));
  });

  const plain = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat(9000))
      .map(([part, times]) => codec.concatBytes(new Array<Uint8Array>(times).fill(part))),
  );
  it('unpack what zlib packs, at every level, and zlib unpacks ours', () => {
    fc.assert(
      fc.property(
        plain,
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 4 }),
        (data, level, strategy) => {
          expect(codec.bytesEqual(codec.processZlib(deflateSync(data, { level, strategy })), data)).toBe(
            true,
          );
          expect(codec.bytesEqual(inflateSync(codec.unprocessZlib(data, bytes())), data)).toBe(true);
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it('keep a zlib stream that is still right', () => {
    const packed = new Uint8Array(deflateSync(bytes(1, 2, 3), { level: 9 }));
    expect(codec.unprocessZlib(bytes(1, 2, 3), packed)).toBe(packed);
    expect(codec.processZlib(codec.unprocessZlib(bytes(1, 2), packed))).toEqual(bytes(1, 2));
  });

  it('of the user go both ways where they can', () => {
    const decode = (input: Uint8Array): Uint8Array => input.map((byte) => byte + 1);
    const encode = (input: Uint8Array): Uint8Array => input.map((byte) => byte - 1);
    expect(codec.processCustom(bytes(1), { decode })).toEqual(bytes(2));
    expect(codec.unprocessCustom(bytes(2), { decode, encode })).toEqual(bytes(1));
    expect(() => codec.unprocessCustom(bytes(2), { decode })).toThrow(codec.EncodeError);
  });

  it('refuse damaged zlib streams with a typed error, as zlib does', () => {
    const sound = deflateSync(Buffer.from('the quick brown fox jumps over the lazy dog '.repeat(20)));
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(sound, (byte, index) => (index === at ? byte ^ change : byte));
        const theirs = attempt(() => inflateSync(damaged));
        const ours = attempt(() => codec.processZlib(damaged));
        if (theirs === undefined) expect(() => codec.processZlib(damaged)).toThrow(codec.ProcessError);
        else expect(ours).toEqual(new Uint8Array(theirs));
      }),
      { seed: 6, numRuns: 500 },
    );
    for (let length = 0; length < sound.length; length += 1)
      expect(() => codec.processZlib(sound.subarray(0, length))).toThrow(codec.ProcessError);
  });

  it('stop unpacking at the limit, and leave what follows the stream alone', () => {
    const packed = new Uint8Array(deflateSync(new Uint8Array(1_000_000)));
    expect(() => codec.processZlib(packed, 999_999)).toThrow(/a zlib stream of more than 999999 bytes/);
    const followed = codec.concatBytes([packed, bytes(1, 2, 3)]);
    expect(codec.bytesEqual(codec.processZlib(followed, 1_000_000), new Uint8Array(1_000_000))).toBe(true);
  });
});

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

describe('tables', () => {
  const input = Uint8Array.from({ length: 33 }, (_, index) => 0xf8 + index);
  const view = new DataView(input.buffer);
  type Read = (io: codec.ByteReader, count: number, little: boolean) => ArrayLike<number | bigint>;
  const cases: [string, number, Read, (at: number, little: boolean) => number | bigint][] = [
    ['s1', 1, codec.readS1Array, (at) => view.getInt8(at)],
    ['u2', 2, codec.readU2Array, (at, little) => view.getUint16(at, little)],
    ['s2', 2, codec.readS2Array, (at, little) => view.getInt16(at, little)],
    ['u4', 4, codec.readU4Array, (at, little) => view.getUint32(at, little)],
    ['s4', 4, codec.readS4Array, (at, little) => view.getInt32(at, little)],
    ['u8', 8, codec.readU8Array, (at, little) => view.getBigUint64(at, little)],
    ['s8', 8, codec.readS8Array, (at, little) => view.getBigInt64(at, little)],
    ['f4', 4, codec.readF4Array, (at, little) => view.getFloat32(at, little)],
    ['f8', 8, codec.readF8Array, (at, little) => view.getFloat64(at, little)],
  ];
  it.each(cases)('%s from an odd offset, both orders, in memory of their own', (_, width, read, element) => {
    for (const little of [true, false]) {
      const io = new codec.ByteReader(input);
      io.readU1();
      const table = read(io, 4, little);
      expect(Array.from(table)).toEqual([0, 1, 2, 3].map((index) => element(1 + index * width, little)));
      expect(io.pos).toBe(1 + 4 * width);
    }
  });

  it.each(cases)('%s: a count beyond the input allocates nothing', (_, _width, read) => {
    const io = new codec.ByteReader(input);
    expect(() => read(io, 2 ** 40, true)).toThrow(codec.EndOfStreamError);
    expect(read(io, -1, true)).toHaveLength(0);
    expect(() => read(io, 2 ** 53 - 1, true)).toThrow(codec.DecodeError);
  });
});

describe('values as text', () => {
  const cases: [value: unknown, hex: boolean, size: number, text: string][] = [
    [0xfffffff1, true, 4, '0xfffffff1'],
    [5n, true, 8, '0x0000000000000005'],
    [-1, true, 2, '-0x0001'],
    [0xffff_ffff_ffff_ffffn, false, 8, '18446744073709551615'],
    [1.5, true, 4, '1.5'],
    ['a"b', false, 0, '"a\\"b"'],
    [bytes(1, 0xab), false, 0, '01 ab'],
    [new Uint8Array(40), false, 0, `${'00 '.repeat(32)}... (8 more)`],
    [[1, 'x'], false, 0, '[1, "x"]'],
    [true, false, 0, 'true'],
  ];
  it.each(cases)('%s', (value, hex, size, text) => expect(codec.formatValue(value, hex, size)).toBe(text));
});

describe('validation errors', () => {
  const site = { type: 'header', field: 'version', offset: 4, size: 4, bitOffset: 2 };
  const cases: [codec.ValidationError, string, codec.BreachKind, string][] = [
    [new codec.ValidationNotEqualError(1, 2, site), 'ValidationNotEqualError', 'notEqual', '1'],
    [new codec.ValidationLessThanError(1n, 0n, site), 'ValidationLessThanError', 'lessThan', 'at least 1'],
    [
      new codec.ValidationGreaterThanError(1, 2, site),
      'ValidationGreaterThanError',
      'greaterThan',
      'at most 1',
    ],
    [
      new codec.ValidationNotAnyOfError([1, 2], 3, site),
      'ValidationNotAnyOfError',
      'notAnyOf',
      'one of 1, 2',
    ],
    [
      new codec.ValidationNotInEnumError('kind', 9, site),
      'ValidationNotInEnumError',
      'notInEnum',
      'a member of kind',
    ],
    [new codec.ValidationExprError('_ % 2 == 0', 3, site), 'ValidationExprError', 'expr', '_ % 2 == 0'],
  ];
  it.each(cases)('%s', (error, name, kind, expected) => {
    expect(error.name).toBe(name);
    expect(error).toMatchObject({ field: 'version', offset: 4 });
    expect(error.breach).toEqual({ ...site, kind, expected, actual: String(error.actual), rule: null });
    const found = `expected ${expected}, found ${String(error.actual)}`;
    expect(error.message).toBe(`${found} (in version at offset 4)`);
  });
});
