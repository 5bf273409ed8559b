import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import type { Tell } from '../../../../../model/problem.ts';
import { firstNonZeroByte } from '../../../../shared/zeros.ts';
import type { Sentence } from '../findings.ts';
import { SLOT_TABLE_SIZE, type Area, type AreaName } from '../layout/geometry.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';
import { NumberWindow, namedSlots, surveySlots, type SlotSurvey } from '../layout/slots.ts';
import type { SlotTables } from '../layout/tables.ts';
import { defineSeSparseRules } from './define.ts';

const CONSTANT = 'QEMU 7.2, block/vmdk.c, seSparse constant header';
const INFERRED = `${CONSTANT}; the layout of the area is inferred`;
/** What is known of slots is worth nothing where their tables are damaged. */
const DAMAGED_TABLES = [
  'sesparse/area-out-of-file',
  'sesparse/area-overlap',
  'sesparse/grain-dir-too-small',
  'sesparse/grain-tables-too-small',
  'sesparse/gde-type',
  'sesparse/gde-out-of-area',
  'sesparse/gde-duplicate',
  'sesparse/gte-type',
  'sesparse/gte-out-of-area',
  'sesparse/gte-out-of-file',
  'sesparse/gte-duplicate',
  'sesparse/gte-unmapped-reuse',
];
const LOST_SLOTS = [...DAMAGED_TABLES, 'sesparse/table-unreferenced-nonzero', 'sesparse/slot-unreferenced'];
/** The journal of all known files has 1 MiB. */
const MAX_JOURNAL_BYTES = 16 * 1024 * 1024;
/** Tables without an entry that are read; 128 MiB of them, so that a number in a header cannot make a check endless. */
const MAX_STALE_TABLES = 4096;
/** Slots whose bits are compared: 1 TiB of grains. */
const MAX_JUDGED_SLOTS = 2 ** 28;
/** How a bitmap may be meant. */
interface BitmapReading {
  readonly name: string;
  readonly read: (byte: number) => number;
}
/** The first is what the author of QEMU's reader believes; a tie goes to it. */
const BITMAP_READINGS: readonly BitmapReading[] = [
  { name: 'set bits are slots in use, lowest bit first', read: (byte) => byte },
  { name: 'set bits are slots in use, highest bit first', read: reverseBits },
  { name: 'set bits are free slots, lowest bit first', read: (byte) => ~byte & 0xff },
  { name: 'set bits are free slots, highest bit first', read: (byte) => ~reverseBits(byte) & 0xff },
];
/** What a reading of the bitmap does not explain. */
interface BitmapFit {
  readonly reading: BitmapReading;
  /** Slots in use that the bitmap has as free, and the other way round. */
  readonly lost: number;
  readonly spare: number;
  /** The first slot of either kind. */
  readonly first: number;
}
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
/** The part of an entry behind its kind, by analogy with table entries. */
const BACKMAP_NUMBER = 0x0fff_ffff_ffff_ffffn;
/** What a reading of the backmap does not explain. */
interface BackmapFit {
  readonly reading: BackmapReading;
  wrong: number;
  first: { readonly slot: number; readonly grain: number; expected: number; actual: bigint } | null;
}

export const redundancyRules = defineSeSparseRules({
  'sesparse/journal-nonzero-clean': {
    severity: 'info',
    depth: 'metadata',
    title: 'The journal of a closed disk holds something',
    spec: 'QEMU 7.2, block/vmdk.c, seSparse volatile header; the layout of the journal is not published',
    repair: 'none',
    derivedFrom: ['sesparse/area-out-of-file', 'sesparse/area-overlap'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      if (extent.headers.volatile?.fields.replayJournal !== 0n) return;
      const { offset, length } = areaOf(extent, 'journal');
      const bytes = await readAvailable(
        extent.source,
        fileOffset(offset),
        Math.min(length, MAX_JOURNAL_BYTES),
      );
      const first = firstNonZeroByte(bytes, 0);
      if (first === bytes.length) return;
      const sentence = `the journal is not empty (its first byte that is not 0 is number ${first}), and nothing waits to be replayed`;
      tell({ at: placeIn(extent, offset, length, 'journal'), data: { sentence } });
    },
  },
  'sesparse/table-unreferenced-nonzero': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A grain table with entries that no directory entry leads to',
    spec: 'QEMU 7.2, block/vmdk.c, seSparse grain directory; the meaning of free_gt_number is inferred',
    repair: 'none',
    derivedFrom: [...DAMAGED_TABLES, 'sesparse/gde-beyond-capacity'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      await findStaleTables(extent, tell);
    },
  },
  'sesparse/bitmap-mismatch': {
    severity: 'info',
    depth: 'metadata',
    title: 'The bitmap of slots does not fit the tables',
    spec: INFERRED,
    repair: 'none',
    derivedFrom: [...LOST_SLOTS, 'sesparse/bitmap-too-small'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      await judgeBitmap(extent, tell);
    },
  },
  'sesparse/backmap-mismatch': {
    severity: 'info',
    depth: 'metadata',
    title: 'The backmap does not fit the tables',
    spec: INFERRED,
    repair: 'none',
    derivedFrom: [...LOST_SLOTS, 'sesparse/backmap-too-small'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      await judgeBackmap(extent, tell);
    },
  },
});

function areaOf({ areas }: SeSparseLayout, name: AreaName): Area {
  return areas.find((area) => area.name === name) ?? { name, offset: 0, length: 0 };
}

/** One part of an extent's file. */
function placeIn({ file }: SeSparseLayout, offset: number, length: number, field: string) {
  return { file, offset, length, field };
}

async function findStaleTables(extent: SeSparseLayout, tell: Tell<Sentence>): Promise<void> {
  const { geometry, source, headers } = extent;
  if (geometry === null || headers.volatile === null) return;
  const directory = await extent.directory();
  const used = new Set<number>();
  for (let index = 0; index < directory.length; index += 2)
    if (directory[index + 1] !== 0) used.add(directory[index] ?? 0);
  const handedOut = Number(headers.volatile.fields.freeGtNumber);
  const end = Math.min(handedOut, geometry.tableSlots);
  let looked = 0;
  for (let table = 0; table < end && looked < MAX_STALE_TABLES; table++) {
    if (used.has(table)) continue;
    looked++;
    const start = geometry.tablesOffset + table * SLOT_TABLE_SIZE;
    const bytes = await readAvailable(source, fileOffset(start), SLOT_TABLE_SIZE);
    const first = firstNonZeroByte(bytes, 0);
    if (first === bytes.length) continue;
    const entry = Math.floor(first / 8);
    const sentence = `grain table ${table} is not empty (its first entry in use is number ${entry}), but no entry of the grain directory leads to it`;
    tell({ at: placeIn(extent, start, SLOT_TABLE_SIZE, `grain_tables[${table}]`), data: { sentence } });
  }
}

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >>> bit) & 1) << (7 - bit);
  return reversed;
}

async function judgeBitmap(extent: SeSparseLayout, tell: Tell<Sentence>): Promise<void> {
  const { source } = extent;
  const tables = await extent.slotTables();
  if (tables === null) return;
  const { offset, length } = areaOf(extent, 'free_bitmap');
  const inFile = Math.floor((source.size - tables.grainsOffset) / tables.grainSize);
  const slots = Math.min(inFile, tables.grainSlots, 8 * length, MAX_JUDGED_SLOTS);
  const survey = await surveySlots(tables, Math.max(0, slots));
  const bitmap = await readAvailable(source, fileOffset(offset), survey.used.length);
  const used = countBits(survey.used);
  if (used === 0 || bitmap.length < survey.used.length) return;
  const fits = BITMAP_READINGS.map((reading) => fitBitmap(reading, bitmap, survey));
  const unused = slots - used - countBits(survey.givenUp);
  const [best] = fits
    .filter(({ lost, spare }) => lost * 100 <= used && spare * 100 <= unused)
    .sort((a, b) => a.lost + a.spare - b.lost - b.spare);
  if (best === undefined) {
    const sentence = `no reading of the bitmap that was tried explains which of the first ${slots} slots are in use (${used} are)`;
    tell({ at: placeIn(extent, offset, length, 'free_bitmap'), data: { sentence } });
  } else if (best.first >= 0) {
    const { reading, lost, spare, first } = best;
    const sentence = `of ${used} slots in use the bitmap has ${lost} as free, of ${unused} free ones ${spare} as in use; the first is slot ${first}, if ${reading.name}`;
    const at = placeIn(extent, offset + (first >>> 3), 1, `free_bitmap[${first}]`);
    tell({ at, severity: 'warning', data: { sentence } });
  }
}

function fitBitmap(
  reading: BitmapReading,
  bitmap: Uint8Array,
  { slots, used, givenUp }: SlotSurvey,
): BitmapFit {
  let lost = 0;
  let spare = 0;
  let first = -1;
  for (let index = 0; index < used.length; index++) {
    const inUse = used[index] ?? 0;
    // Slots that were given up may be either; the last byte may go on behind the last slot.
    const known = ~(givenUp[index] ?? 0) & (slots - 8 * index < 8 ? (1 << (slots - 8 * index)) - 1 : 0xff);
    const wrong = (reading.read(bitmap[index] ?? 0) ^ inUse) & (known | inUse);
    if (wrong === 0) continue;
    if (first < 0) first = 8 * index + Math.log2(wrong & -wrong);
    lost += countBits([wrong & inUse]);
    spare += countBits([wrong & ~inUse]);
  }
  return { reading, lost, spare, first };
}

function countBits(bytes: Iterable<number>): number {
  let count = 0;
  for (let byte of bytes) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}

async function judgeBackmap(extent: SeSparseLayout, tell: Tell<Sentence>): Promise<void> {
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
