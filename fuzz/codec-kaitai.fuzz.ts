import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { allKaitaiReaders, differencesFromKaitai, type KaitaiReader } from '../test/specs/kaitai.ts';
import { codecOf } from './arbitraries/codecs.ts';
import { structures, type Damaged, type StructureArbitrary } from './arbitraries/index.ts';
import { runs } from './arbitraries/runs.ts';

let readers: ReadonlyMap<string, KaitaiReader> = new Map();

beforeAll(async () => {
  readers = await allKaitaiReaders();
});

const readable = structures.filter(readableByKaitai);

describe.each(readable.map((structure) => [nameOf(structure), structure] as const))(
  '%s',
  (name, structure) => {
    const read = (bytes: Uint8Array): Readonly<Record<string, unknown>> =>
      readers.get(name)?.(bytes) ?? expect.fail(`Kaitai has no reader for ${name}`);
    const codec = codecOf(structure);

    it('reads for Kaitai as for us', () => {
      fc.assert(
        fc.property(structure.sound, (values) => {
          const { bytes } = structure.encode(values);
          expect(differencesFromKaitai(codec.from(bytes), read(bytes))).toEqual([]);
        }),
        runs,
      );
    });

    it.each(structure.damages.map((damage) => [damage.label, damage] as const))(
      'with a bad %s is refused by both with the same error',
      (_, { damaged }) => {
        fc.assert(
          fc.property(damaged, (one) => {
            if (!isExactInKaitai(one)) return;
            const { bytes } = structure.encode(one.values);
            const refusal = nameOfError(() => read(bytes));
            expect(refusal).toMatch(/^Validation\w+Error$/);
            expect(nameOfError(() => codec.from(bytes))).toBe(refusal);
          }),
          runs,
        );
      },
    );
  },
);

function nameOfError(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

function nameOf({ layout }: StructureArbitrary): string {
  return `${layout.spec}.${layout.id}`;
}

/** Kaitai's JavaScript reads no bit field of more than 32 bits. */
function readableByKaitai({ layout, inner }: StructureArbitrary): boolean {
  const narrow = layout.fields.every((field) => field.kind !== 'bits' || field.width <= 32);
  return narrow && inner.every(readableByKaitai);
}

/** Kaitai's JavaScript holds integers exactly only below 2^53, so that it takes some bad ones for their good neighbours. */
function isExactInKaitai({ values, path }: Damaged): boolean {
  const value = values[path];
  return typeof value !== 'bigint' || value < 2n ** 53n;
}
