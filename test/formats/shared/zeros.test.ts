import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endOfNonZero, firstNonZero, firstNonZeroByte } from '../../../src/formats/shared/zeros.ts';

const sparse = fc.array(
  fc.oneof({ weight: 12, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer() }),
  { maxLength: 60 },
);

test('the first and the last word in use, as a plain search finds them', () => {
  fc.assert(
    fc.property(sparse, fc.nat(60), fc.nat(60), (values, a, b) => {
      const words = Int32Array.from(values);
      const from = Math.min(a, b, words.length);
      const to = Math.min(Math.max(a, b), words.length);
      const found = words.subarray(from, to).findIndex((word) => word !== 0);
      expect(firstNonZero(words, from, to)).toBe(found < 0 ? to : from + found);
      expect(endOfNonZero(words)).toBe(words.findLastIndex((word) => word !== 0) + 1);
    }),
  );
});

test('the first byte in use, wherever the bytes lie in their buffer', () => {
  fc.assert(
    fc.property(sparse, fc.nat(7), fc.nat(70), (values, shift, from) => {
      const bytes = new Uint8Array(
        Uint8Array.from([...new Array<number>(shift).fill(1), ...values]).buffer,
        shift,
      );
      const found = bytes.findIndex((byte, index) => index >= from && byte !== 0);
      expect(firstNonZeroByte(bytes, from)).toBe(found < 0 ? bytes.length : found);
    }),
  );
});
