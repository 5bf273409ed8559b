import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { allKaitaiReaders, differencesFromKaitai, type KaitaiReader } from '../test/specs/kaitai.ts';
import type { Analysis } from '../tools/generate/analysis.ts';
import type { TypeSpec } from '../tools/generate/model.ts';
import { codecNamed } from './arbitraries/codecs.ts';
import { fewRuns, structureRuns } from './arbitraries/runs.ts';
import type { Made } from './arbitraries/spec/index.ts';
import { namedStructures } from './arbitraries/structures.ts';

let readers: ReadonlyMap<string, KaitaiReader> = new Map();

beforeAll(async () => {
  readers = await allKaitaiReaders();
});

describe.each(namedStructures.filter(([, { type, analysis }]) => isReadByKaitai(type, analysis)))(
  '%s',
  (name, { sound, damages }) => {
    const read = (bytes: Uint8Array): Readonly<Record<string, unknown>> =>
      readers.get(name)?.(bytes) ?? expect.fail(`Kaitai has no reader for ${name}`);
    const codec = codecNamed(name);

    it('reads for Kaitai as for us', () => {
      fc.assert(
        fc.property(sound, ({ bytes }) => {
          expect(differencesFromKaitai(codec.from(bytes), read(bytes))).toEqual([]);
        }),
        structureRuns,
      );
    });

    it.each(damages.map((damage) => [damage.label, damage] as const))(
      'with a bad %s is refused by both with the same error',
      (_, { damaged }) => {
        fc.assert(
          fc.property(damaged, (one) => {
            if (!isExactInKaitai(one)) return;
            const refusal = nameOfError(() => read(one.bytes));
            expect(refusal).toMatch(/^Validation\w+Error$/);
            expect(nameOfError(() => codec.from(one.bytes))).toBe(refusal);
          }),
          fewRuns,
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

/** Kaitai's JavaScript reads no bit field of more than 32 bits. */
function isReadByKaitai(type: TypeSpec, analysis: Analysis): boolean {
  return type.fields.every((field) => {
    const wire = analysis.wireOf(field, type);
    if (wire.kind === 'user') return isReadByKaitai(wire.type, analysis);
    return wire.kind !== 'bits' || wire.bits <= 32;
  });
}

/** Kaitai's JavaScript holds integers exactly only below 2^53, so that it takes some bad ones for their good neighbours. */
function isExactInKaitai({ broken }: Made): boolean {
  return broken.every(({ value }) => typeof value !== 'bigint' || value < 2n ** 53n);
}
