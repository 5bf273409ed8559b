import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breachesIn, codecOf } from './arbitraries/codecs.ts';
import { structures } from './arbitraries/index.ts';
import { runs } from './arbitraries/runs.ts';

const named = structures.map(
  (structure) => [`${structure.layout.spec}: ${structure.layout.id}`, structure] as const,
);

describe.each(named)('%s', (_name, structure) => {
  const codec = codecOf(structure);

  it('accepts every allowed value', () => {
    fc.assert(
      fc.property(structure.sound, (values) => {
        const { bytes } = structure.encode(values);
        expect(breachesIn(codec, bytes)).toEqual([]);
        expect(() => codec.from(bytes)).not.toThrow();
      }),
      runs,
    );
  });

  it.each(structure.damages.map((damage) => [damage.label, damage] as const))(
    'reports a bad %s under its rule at its place',
    (_label, { rule, damaged }) => {
      fc.assert(
        fc.property(damaged, ({ values, path }) => {
          const { bytes, spans } = structure.encode(values);
          const found = breachesIn(codec, bytes).find((breach) => breach.field === path);
          expect(found).toMatchObject({ rule, field: path, ...spans.get(path) });
          expect(found?.expected).not.toMatch(/\b_\b/);
          expect(() => codec.from(bytes)).toThrow();
        }),
        runs,
      );
    },
  );
});
