import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { kaitaiReaders, type KaitaiReader } from '../test/specs/kaitai.ts';
import { specFiles } from '../test/specs/spec-files.ts';
import { runs } from './arbitraries/runs.ts';
import { structures, type Damaged, type StructureArbitrary } from './arbitraries/index.ts';

/** Kaitai's own JavaScript as a second opinion on what the specs accept, where it is exact. */
const readers = new Map<string, KaitaiReader>();

beforeAll(async () => {
  for (const spec of specFiles) {
    for (const [type, reader] of await kaitaiReaders(spec)) readers.set(`${spec.id}.${type}`, reader);
  }
});

describe.each(
  structures.filter(readableByKaitai).map((structure) => [nameOf(structure), structure] as const),
)('Kaitai on %s', (name, structure) => {
  it('accepts every allowed value', () => {
    fc.assert(
      fc.property(structure.sound, (values) => {
        expect(() => readers.get(name)?.(structure.encode(values).bytes)).not.toThrow();
      }),
    );
  });

  it.each(structure.damages.map((damage) => [damage.label, damage] as const))(
    'refuses a bad %s',
    (_, damage) => {
      fc.assert(
        fc.property(damage.damaged, (damaged) => {
          if (!isExactInKaitai(damaged)) return;
          expect(verdict(name, structure.encode(damaged.values).bytes)).toMatch(/^Validation\w+Error$/);
        }),
        runs,
      );
    },
  );
});

/** `accepted`, or the name of the error that Kaitai's reader throws. */
function verdict(name: string, bytes: Uint8Array): string {
  const read = readers.get(name);
  if (read === undefined) throw new Error(`Kaitai has no reader for ${name}`);
  try {
    read(bytes);
    return 'accepted';
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
