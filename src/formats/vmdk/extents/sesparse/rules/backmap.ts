import type { Tell } from '../../../../../model/problem.ts';
import type { Sentence } from '../findings.ts';
import type { Area } from '../layout/geometry.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';
import { namedSlots, NumberWindow } from '../layout/slots.ts';
import type { SlotTables } from '../layout/tables.ts';
import { areaOf, placeIn } from './area-faults.ts';

/** How the number in a backmap entry may be meant: what it would be for a slot. */
interface BackmapReading {
  readonly name: string;
  readonly expect: (grain: number, table: number, tables: SlotTables) => number;
}
const BACKMAP_READINGS: readonly BackmapReading[] = [
  { name: 'number of the guest grain', expect: (grain) => grain },
  {
    name: 'number of the table entry',
    expect: (grain, table, { entriesPerTable }) => table * entriesPerTable + (grain % entriesPerTable),
  },
  { name: 'number of the grain table', expect: (_, table) => table },
  {
    name: 'number of the directory entry',
    expect: (grain, _, { entriesPerTable }) => Math.floor(grain / entriesPerTable),
  },
];

/** The part of an entry after its kind, by analogy with table entries. */
const BACKMAP_NUMBER = 0x0fff_ffff_ffff_ffffn;

/** What a reading of the backmap does not explain. */
interface BackmapFit {
  readonly reading: BackmapReading;
  wrong: number;
  first: { readonly slot: number; readonly grain: number; expected: number; actual: bigint } | null;
}

/** Compares the backmap with the tables. */
export async function judgeBackmap(extent: SeSparseLayout, tell: Tell<Sentence>): Promise<void> {
  const tables = await extent.slotTables();
  if (tables === null) return;
  const area = areaOf(extent, 'backmap');
  const { used, fits } = await fitBackmap(extent, tables, area);
  const [best] = fits.toSorted((a, b) => a.wrong - b.wrong);
  if (used === 0 || best === undefined || best.first === null) return;
  if (best.wrong * 100 > used) {
    const sentence = `no reading of the backmap that was tried explains its entries for the ${used} slots in use`;
    tell({ at: placeIn(extent, area.offset, area.length, 'backmap'), data: { sentence } });
    return;
  }
  const { slot, grain, expected, actual } = best.first;
  const sentence = `${best.wrong} of ${used} slots in use have another owner in the backmap than in the tables, the first is slot ${slot}, if an entry is the ${best.reading.name}`;
  tell({
    at: placeIn(extent, area.offset + 8 * slot, 8, `backmap[${slot}]`),
    guestOffset: extent.guestStart + grain * tables.grainSize,
    expected: String(expected),
    actual: String(actual),
    severity: 'warning',
    data: { sentence },
  });
}

/** Compares the entry of every slot in use with what each reading expects there. */
async function fitBackmap(extent: SeSparseLayout, tables: SlotTables, area: Area) {
  const fits = BACKMAP_READINGS.map((reading): BackmapFit => ({ reading, wrong: 0, first: null }));
  const backmap = new NumberWindow(extent.source, area.offset, area.length);
  const directory = await extent.directory();
  let used = 0;
  for await (const batch of namedSlots(tables))
    for (const { slot, grain, isGivenUp } of batch) {
      const actual = isGivenUp ? null : await backmap.read(slot);
      if (actual === null) continue;
      used++;
      const table = directory[2 * Math.floor(grain / tables.entriesPerTable)] ?? 0;
      for (const fit of fits) {
        const expected = fit.reading.expect(grain, table, tables);
        if ((actual & BACKMAP_NUMBER) === BigInt(expected)) continue;
        fit.wrong++;
        fit.first ??= { slot, grain, expected, actual };
      }
    }
  return { used, fits };
}
