import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecOf, type Codec } from './arbitraries/codecs.ts';
import { structures } from './arbitraries/index.ts';
import { runs } from './arbitraries/runs.ts';

const named = structures.map(
  (structure) => [`${structure.layout.spec}: ${structure.layout.id}`, structure] as const,
);

describe.each(named)('%s', (_name, structure) => {
  const codec = codecOf(structure);

  it('writes what it read', () => {
    fc.assert(
      fc.property(structure.sound, (values) => {
        const { bytes } = structure.encode(values);
        expect(rewritten(codec, bytes)).toEqual(bytes);
      }),
      runs,
    );
  });

  it.each(structure.damages.map((damage) => [damage.label, damage] as const))(
    'with a bad %s too',
    (_label, { damaged }) => {
      fc.assert(
        fc.property(damaged, ({ values }) => {
          const { bytes } = structure.encode(values);
          const copy = rewritten(codec, bytes);
          if (copy !== undefined) expect(copy).toEqual(bytes.subarray(0, copy.length));
        }),
        runs,
      );
    },
  );
});

/** Nothing where the damage makes the structure longer than the bytes are. */
function rewritten(codec: Codec, bytes: Uint8Array): Uint8Array | undefined {
  return codec.decode(bytes, () => undefined)?.toBytes();
}
