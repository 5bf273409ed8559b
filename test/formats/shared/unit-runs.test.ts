import { describe, expect, it } from 'vitest';
import { UnitRuns } from '../../../src/formats/shared/writing/unit-runs.ts';
import { Random } from '../../support/layouts/index.ts';

/** A set in which the units of `list` are, and the plain list of them. */
function makeRuns(seed: number): { readonly runs: UnitRuns; readonly list: readonly number[] } {
  const random = new Random(seed);
  const runs = new UnitRuns();
  const units = new Set<number>();
  let at = 0;
  for (let round = 0; round < random.int(0, 30); round++) {
    at += random.int(0, 9);
    const to = at + random.int(0, 12);
    runs.add(at, to);
    for (let unit = at; unit < to; unit++) units.add(unit);
    // The next one may overlap what is in the set already, up to its last unit.
    at = random.chance(0.3) ? Math.max(at, to - 2) : to;
  }
  return { runs, list: [...units].sort((a, b) => a - b) };
}

describe('agrees with a plain list', () => {
  for (let seed = 1; seed <= 60; seed++)
    it(`seed ${seed}`, () => {
      const { runs, list } = makeRuns(seed);
      const random = new Random(seed + 1000);
      expect(runs.count).toBe(list.length);
      expect(runs.end).toBe((list.at(-1) ?? -1) + 1);
      expect(unitsOf(runs)).toEqual(list);
      for (let unit = -1; unit < runs.end + 3; unit++) expect(runs.ordinalOf(unit)).toBe(list.indexOf(unit));
      for (let round = 0; round < 20; round++) {
        const from = random.int(0, 200);
        const to = from + random.int(0, 60);
        const inside = list.filter((unit) => unit >= from && unit < to);
        expect(unitsOf(runs.between(from, to))).toEqual(inside);
        for (const run of runs.between(from, to)) expect(list[run.ordinal]).toBe(run.from);
        expect(unitsOf(runs.ordinals(from, to))).toEqual(list.slice(from, to));
        const size = random.int(1, 20);
        expect([...runs.groups(size)]).toEqual([...new Set(list.map((unit) => Math.floor(unit / size)))]);
      }
    });
});

it('is as small as its runs', () => {
  const runs = new UnitRuns();
  runs.add(0, 2 ** 40);
  runs.add(2 ** 41, 2 ** 41 + 1);
  expect([...runs]).toEqual([
    { from: 0, to: 2 ** 40, ordinal: 0 },
    { from: 2 ** 41, to: 2 ** 41 + 1, ordinal: 2 ** 40 },
  ]);
});

function unitsOf(runs: Iterable<{ readonly from: number; readonly to: number }>): readonly number[] {
  return [...runs].flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
}
