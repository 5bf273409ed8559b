import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import type { Tell } from '../../../../../model/problem.ts';
import type { Sentence } from '../findings.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';
import { surveySlots, type SlotSurvey } from '../layout/slots.ts';
import { areaOf, placeIn } from './area-faults.ts';

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

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >>> bit) & 1) << (7 - bit);
  return reversed;
}

/** Compares the bitmap of slots with the tables. */
export async function judgeBitmap(extent: SeSparseLayout, tell: Tell<Sentence>): Promise<void> {
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

/** Slots after the last one in use that are looked at to find out how the bitmap is meant. */
const SLOTS_BEHIND = 4096;

/**
 * Tells slots that the bitmap has as in use, by the reading that has all slots in use so and those after the last
 * one as free; `null` where none does.
 */
export async function allocatedSlots(extent: SeSparseLayout): Promise<((slot: number) => boolean) | null> {
  const { source } = extent;
  const tables = await extent.slotTables();
  if (tables === null) return null;
  const { offset, length } = areaOf(extent, 'free_bitmap');
  const inFile = Math.ceil((source.size - tables.grainsOffset) / tables.grainSize);
  const judged = Math.min(tables.grainSlots, 8 * length, MAX_JUDGED_SLOTS);
  const { used } = await surveySlots(tables, Math.max(0, Math.min(inFile, judged)));
  const bytes = Math.min(used.length + SLOTS_BEHIND / 8, Math.floor(judged / 8));
  const bitmap = await readAvailable(source, fileOffset(offset), Math.max(0, bytes));
  const reading = BITMAP_READINGS.find(({ read }) => {
    let lost = 0;
    let free = 0;
    for (const [index, byte] of bitmap.entries()) {
      const allocated = read(byte);
      lost += countBits([(used[index] ?? 0) & ~allocated]);
      if (index >= used.length) free += 8 - countBits([allocated]);
    }
    return lost * 100 <= countBits(used) && free * 100 >= (bitmap.length - used.length) * 8 * 99 && free > 0;
  });
  if (reading === undefined) return null;
  return (slot) => ((reading.read(bitmap[slot >>> 3] ?? 0) >>> (slot & 7)) & 1) === 1;
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
    // Slots that were given up may be either; the last byte may go on after the last slot.
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
