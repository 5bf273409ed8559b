import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Breach } from '../src/codec/index.ts';
import { breachesIn, codecNamed, hex } from './arbitraries/codecs.ts';
import { fewRuns, structureRuns } from './arbitraries/runs.ts';
import { namedStructures } from './arbitraries/structures.ts';

describe.each(namedStructures)('%s', (name, { sound, damages }) => {
  const codec = codecNamed(name);

  it('accepts every allowed value', () => {
    fc.assert(
      fc.property(sound, ({ bytes }) => {
        expect(breachesIn(codec, bytes)).toEqual([]);
        expect(() => codec.from(bytes)).not.toThrow();
      }),
      structureRuns,
    );
  });

  it.each(damages.map((damage) => [damage.label, damage] as const))(
    'reports a bad %s, and nothing else, under its rule at its place, and writes it as it was',
    (_label, { damaged }) => {
      fc.assert(
        fc.property(damaged, ({ bytes, broken }) => {
          const breaches: Breach[] = [];
          const copy = codec.decode(bytes, (breach) => breaches.push(breach))?.toBytes();
          // Nothing where the damage makes the structure longer than the bytes are.
          if (copy !== undefined) expect(hex(copy)).toBe(hex(bytes));
          const found = breaches.filter(({ kind }) => kind !== 'endOfStream');
          const places = found.map(({ field, rule, offset, size }) => ({ field, rule, offset, size }));
          expect(broken).toMatchObject(places);
          for (const { expected } of found) expect(expected).not.toMatch(/\b_\b/);
          expect(() => codec.from(bytes)).toThrow();
        }),
        fewRuns,
      );
    },
  );
});
