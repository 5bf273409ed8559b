import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DecodeError } from '../src/codec/index.ts';
import { breachesIn, codecNamed } from './arbitraries/codecs.ts';
import { structureRuns } from './arbitraries/runs.ts';
import { bytesOf } from './arbitraries/spec/scalars.ts';
import { namedStructures } from './arbitraries/structures.ts';

describe.each(namedStructures)('%s', (name, { type, sound }) => {
  const codec = codecNamed(name);

  it('takes any bytes, and leaves them as they are', () => {
    fc.assert(
      fc.property(bytesOf(0, 1200), (bytes) => {
        const before = bytes.slice();
        for (const breach of breachesIn(codec, bytes)) expectInside(breach, bytes);
        expect(bytes).toEqual(before);
      }),
      structureRuns,
    );
  });

  it('reports that it is cut short, wherever that is', () => {
    fc.assert(
      fc.property(sound, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), ({ bytes }, part) => {
        const cut = bytes.subarray(0, Math.floor(bytes.length * part));
        const breaches = breachesIn(codec, cut).filter(({ kind }) => kind === 'endOfStream');
        expect(breaches).toMatchObject([{ rule: type.rule ?? null }]);
      }),
      structureRuns,
    );
  });

  it('refuses bad bytes with an error of its own', () => {
    fc.assert(
      fc.property(bytesOf(0, 1200), (bytes) => {
        const breaches = breachesIn(codec, bytes);
        if (breaches.length === 0) codec.from(bytes);
        else expect(() => codec.from(bytes)).toThrow(DecodeError);
      }),
      structureRuns,
    );
  });
});

function expectInside(
  { offset, size }: { readonly offset: number; readonly size: number },
  bytes: Uint8Array,
): void {
  expect(offset).toBeGreaterThanOrEqual(0);
  expect(offset).toBeLessThanOrEqual(bytes.length);
  expect(size).toBeGreaterThanOrEqual(0);
}
