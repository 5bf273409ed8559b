import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileOffset } from '../../src/io/source.ts';
import { describeRegion } from '../../src/formats/shared/region-rules.ts';
import type { FileLayout, RegionKind } from '../../src/model/owners.ts';
import { indexRules, RuleFindings } from '../../src/model/rule-findings.ts';
import type { ImageFile } from '../../src/model/image-file.ts';
import type { PendingReport, Report } from '../../src/model/problem.ts';
import type { RegionSinks } from '../../src/ops/ownership/blame.ts';
import { CountingOwners } from '../../src/ops/ownership/counter.ts';
import { NamingOwners } from '../../src/ops/ownership/names.ts';

/** One claim of the test's own making, in sectors. */
interface Piece {
  readonly role: 'fixed' | 'table' | 'data';
  readonly start: number;
  readonly length: number;
}

const SECTOR = 512;

const rules = {
  pastEnd: 'test/past-end',
  straddlesEnd: 'test/straddles-end',
  inMetadata: 'test/in-metadata',
  duplicate: 'test/duplicate',
  overlap: 'test/overlap',
};

function makeKind(role: RegionKind['role'], counted = false): RegionKind {
  return {
    name: role,
    role,
    counted,
    rules,
    locate: (index) => ({
      at: {
        file: { path: 'f', role: 'image', source: null },
        offset: index,
        length: 4,
        field: `${role}[${index}]`,
      },
      guestOffset: null,
      actual: null,
    }),
  };
}

const FILE: ImageFile = { path: 'f', role: 'image', source: null };

/** The table that the rules of this test would stand in. */
const RULES = indexRules(
  Object.fromEntries(
    Object.values(rules).map((id) => [id, { severity: 'error', title: id, message: describeRegion }]),
  ),
);

/** Takes what the ownership map tells, at once. */
function sinkInto(reports: Report[]): RegionSinks {
  const add = (report: Report | PendingReport) =>
    void reports.push('settle' in report ? (report.settle() as Report) : report);
  return { file: FILE, findings: new RuleFindings(RULES, { add }) };
}

/** Walks `pieces` as the checker does: counts, then names where something met. */
function check(layout: FileLayout, pieces: readonly Piece[]) {
  const reports: Report[] = [];
  const sink = sinkInto(reports);
  const kinds = { fixed: makeKind('fixed'), table: makeKind('table'), data: makeKind('data') };
  const walk = (owners: CountingOwners | NamingOwners) => {
    pieces.forEach(({ role, start, length }, index) =>
      owners.range(kinds[role], fileOffset(start * SECTOR), length * SECTOR, index),
    );
  };
  const counter = new CountingOwners(layout, sink);
  walk(counter);
  const collisions = counter.collisions();
  if (collisions.length > 0) walk(new NamingOwners(collisions, layout.limit, sink));
  return { counter, collisions, reports };
}

const blamed = (reports: readonly Report[]) =>
  reports.map(({ rule: { id }, at }) => `${id} ${at?.field}`).sort();

const LIMIT = 64 * SECTOR;
const layouts: readonly FileLayout[] = [
  { placement: 'aligned', unit: SECTOR, origin: 0, limit: LIMIT },
  { placement: 'aligned', unit: 8 * SECTOR, origin: 0, limit: LIMIT },
  { placement: 'aligned', unit: 8 * SECTOR, origin: 3 * SECTOR, limit: LIMIT },
  { placement: 'uniform', unit: 8 * SECTOR, origin: 0, limit: LIMIT },
  { placement: 'uniform', unit: 5 * SECTOR, origin: 0, limit: LIMIT },
];

const pieceArbitrary: fc.Arbitrary<Piece> = fc.record({
  role: fc.constantFrom('fixed', 'table', 'data'),
  start: fc.nat(60),
  length: fc.oneof(fc.constant(8), fc.constant(5), fc.integer({ min: 1, max: 12 })),
});

/** How many regions own each sector, worked out the plain way. */
function ownersBySector(pieces: readonly Piece[]): number[] {
  const owners = new Array<number>(64).fill(0);
  for (const { start, length } of pieces)
    if (start + length <= 64) for (let s = start; s < start + length; s++) owners[s] = (owners[s] ?? 0) + 1;
  return owners;
}

describe.each(layouts)('ownership of $placement units of $unit bytes from $origin', (layout) => {
  test('collisions are exactly the contested sectors or lie in regions that are contested', () => {
    fc.assert(
      fc.property(fc.array(pieceArbitrary, { maxLength: 12 }), (pieces) => {
        const { collisions, reports } = check(layout, pieces);
        const owners = ownersBySector(pieces);
        const isContested = owners.some((count) => count > 1);
        expect(collisions.length > 0).toBe(isContested);
        const found = new Set<number>();
        for (const { start, length } of collisions)
          for (let s = start / SECTOR; s < (start + length) / SECTOR; s++) found.add(Math.floor(s));
        owners.forEach((count, sector) => {
          if (count > 1) expect(found.has(sector)).toBe(true);
        });
        const meetings = reports.filter(({ rule: { id } }) => !id.endsWith('end'));
        expect(meetings.length > 0).toBe(isContested);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  test('gaps are what nobody owns', () => {
    fc.assert(
      fc.property(fc.array(pieceArbitrary, { maxLength: 12 }), (pieces) => {
        const { counter } = check(layout, pieces);
        const owners = ownersBySector(pieces);
        const free = new Array<boolean>(64).fill(false);
        for (const { start, length } of counter.gaps(0, LIMIT))
          for (let s = start / SECTOR; s < (start + length) / SECTOR; s++) free[s] = true;
        expect(free).toEqual(owners.map((count) => count === 0));
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  test('units of a run that lie outside are reported under their own index', () => {
    const reports: Report[] = [];
    const counter = new CountingOwners(layout, sinkInto(reports));
    counter.run(makeKind('data'), fileOffset(48 * SECTOR), 8 * SECTOR, 4, 10);
    expect(blamed(reports)).toEqual(['test/past-end data[12]', 'test/past-end data[13]']);
  });

  test('regions outside the file are reported one by one', () => {
    const pieces: Piece[] = [
      { role: 'data', start: 64, length: 8 },
      { role: 'table', start: 60, length: 8 },
      { role: 'data', start: 56, length: 8 },
    ];
    expect(blamed(check(layout, pieces).reports)).toEqual([
      'test/past-end data[0]',
      'test/straddles-end table[1]',
    ]);
  });
});

describe('who is blamed', () => {
  const [layout] = layouts.slice(1);
  if (layout === undefined) throw new Error('no layout');
  test.each<[string, Piece[], string[]]>([
    [
      'the later of two equal regions',
      [
        { role: 'data', start: 8, length: 8 },
        { role: 'data', start: 8, length: 8 },
      ],
      ['test/duplicate data[1]'],
    ],
    [
      'data in a structure, even where it came first',
      [
        { role: 'data', start: 8, length: 8 },
        { role: 'fixed', start: 8, length: 8 },
        { role: 'data', start: 8, length: 8 },
      ],
      ['test/in-metadata data[0]', 'test/in-metadata data[2]'],
    ],
    [
      'a table in a directory',
      [
        { role: 'fixed', start: 0, length: 3 },
        { role: 'table', start: 2, length: 8 },
      ],
      ['test/in-metadata table[1]'],
    ],
    [
      'each region once, in however many units it meets another',
      [
        { role: 'data', start: 8, length: 16 },
        { role: 'data', start: 8, length: 16 },
      ],
      ['test/duplicate data[1]'],
    ],
  ])('%s', (_, pieces, expected) => {
    expect(blamed(check(layout, pieces).reports)).toEqual(expected);
  });

  test('runs are judged unit by unit', () => {
    const reports: Report[] = [];
    const sink = sinkInto(reports);
    const data = makeKind('data');
    const walk = (owners: CountingOwners | NamingOwners) => {
      owners.run(data, fileOffset(8 * SECTOR), 8 * SECTOR, 5, 100);
      owners.run(data, fileOffset(24 * SECTOR), 8 * SECTOR, 2, 200);
    };
    const counter = new CountingOwners(layout, sink);
    walk(counter);
    walk(new NamingOwners(counter.collisions(), layout.limit, sink));
    expect(blamed(reports)).toEqual(['test/duplicate data[200]', 'test/duplicate data[201]']);
    expect([1, 2, 3, 4, 5, 6].map((unit) => counter.references(unit))).toEqual([1, 1, 2, 2, 1, 0]);
  });

  test('counted kinds meet nobody and are counted by every unit that they touch', () => {
    const reports: Report[] = [];
    const counter = new CountingOwners(layout, sinkInto(reports));
    counter.range(makeKind('data'), fileOffset(8 * SECTOR), 8 * SECTOR, 0);
    counter.range(makeKind('data', true), fileOffset(10 * SECTOR), 8 * SECTOR, 1);
    expect(counter.collisions().length).toBe(0);
    expect([1, 2, 3].map((unit) => counter.references(unit))).toEqual([2, 1, 0]);
    expect(counter.bitmapChunk(0)?.[0]).toBe(0b110);
    expect(counter.sharedChunk(0)?.[0]).toBe(0b010);
    expect(counter.exclusiveReferences(1)).toBe(1);
  });

  test('a counted kind in a structure is blamed', () => {
    const reports: Report[] = [];
    const sink = sinkInto(reports);
    const [fixed, data] = [makeKind('fixed'), makeKind('data', true)];
    const walk = (owners: CountingOwners | NamingOwners) => {
      owners.range(fixed, fileOffset(0), 8 * SECTOR, 0);
      owners.range(data, fileOffset(3 * SECTOR), 7 * SECTOR, 1);
      owners.range(data, fileOffset(9 * SECTOR), 7 * SECTOR, 2);
    };
    const counter = new CountingOwners(layout, sink);
    walk(counter);
    walk(new NamingOwners(counter.collisions(), layout.limit, sink));
    expect(blamed(reports)).toEqual(['test/in-metadata data[1]']);
  });
});
