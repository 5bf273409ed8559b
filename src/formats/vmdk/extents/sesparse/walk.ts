import { fileOffset } from '../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { Owners, RegionKind, WalkListeners } from '../../../../model/owners.ts';
import { tableBatches } from '../../../shared/table-walk.ts';
import { asWords } from '../../../shared/words.ts';
import { walkTables, withoutRepeats } from '../directory-walk.ts';
import type { SeSparseFindings } from './findings.ts';
import { createSeSparseKinds, type SeSparseKinds } from './kinds.ts';
import { SLOT_TABLE_SIZE } from './layout/geometry.ts';
import type { SeSparseLayout } from './layout/sesparse-layout.ts';
import { ENTRY_TYPE, slotOf, type SlotTables } from './layout/tables.ts';
import { OddEntries } from './odd-entries.ts';
import { createSeSparsePlaces } from './places.ts';

/** Areas that are told as they are; tables and grains are told one by one. */
const WHOLE_AREAS: readonly string[] = [
  'volatile_header',
  'journal_header',
  'journal',
  'grain_dir',
  'free_bitmap',
  'backmap',
];

/** What a walk over the tables finds out on its way. */
export interface SeSparseWalk {
  /** Grains that the guest gave up. */
  readonly unmapped: number;
  /** Whether one of them names no slot, or slot 0, which is written alike. */
  readonly isSlotZeroNamed: boolean;
}

/** Who listens to a walk over the tables. */
interface Listeners {
  readonly kinds: SeSparseKinds;
  readonly odd: OddEntries;
  readonly owners: Owners;
}

/** Tells every range of the file that a seSparse extent uses. */
export async function walkSeSparse(
  extent: SeSparseLayout,
  { owners, findings }: WalkListeners<SeSparseFindings>,
): Promise<SeSparseWalk> {
  const tables = await extent.slotTables();
  if (tables === null) return { unmapped: 0, isSlotZeroNamed: false };
  const directory = await extent.directory();
  const places = createSeSparsePlaces(extent, tables, directory);
  const kinds = createSeSparseKinds(extent, places);
  const listeners = { kinds, odd: new OddEntries(tables, places, findings), owners };
  owners.range(kinds.area, fileOffset(0), SECTOR_SIZE, -1);
  extent.areas.forEach(({ name, offset, length }, index) => {
    const isInside = offset + length <= extent.source.size;
    if (isInside && length > 0 && WHOLE_AREAS.includes(name))
      owners.range(kinds.area, fileOffset(offset), length, index);
  });
  walkDirectory(directory, tables, listeners);
  const { unmapped, reclaimable } = await walkSlots(tables, listeners);
  if (reclaimable > 0) await walkReclaimable(tables, listeners);
  return { unmapped, isSlotZeroNamed: unmapped > reclaimable };
}

/** Entries that name no table inside the area own nothing. */
function walkDirectory(directory: Uint32Array, tables: SlotTables, { kinds, odd, owners }: Listeners): void {
  const offsets = Float64Array.from(tables.offsets);
  for (let index = 0; index < offsets.length; index++) {
    const low = directory[2 * index] ?? 0;
    const high = directory[2 * index + 1] ?? 0;
    if ((offsets[index] ?? 0) < 0) odd.table(index, high, low);
  }
  walkTables(offsets, SLOT_TABLE_SIZE, kinds.table, owners);
}

/** What a walk over all entries met. */
interface SlotCounts {
  unmapped: number;
  /** Unmapped entries that still name a slot. */
  reclaimable: number;
}

async function walkSlots(tables: SlotTables, listeners: Listeners): Promise<SlotCounts> {
  const counts: SlotCounts = { unmapped: 0, reclaimable: 0 };
  for await (const { first, bytes } of distinctTables(tables))
    walkEntries(tables, asWords(bytes), first * tables.entriesPerTable, listeners, counts);
  return counts;
}

function distinctTables(tables: SlotTables) {
  return tableBatches(tables.source, {
    offsets: withoutRepeats(tables.offsets),
    tableBytes: SLOT_TABLE_SIZE,
  });
}

function walkEntries(
  { grains, grainSize, grainsOffset, grainSlots }: SlotTables,
  words: Uint32Array,
  firstGrain: number,
  { kinds, odd, owners }: Listeners,
  counts: SlotCounts,
): void {
  const run = new SlotRun(kinds.grain, grainsOffset, grainSize, owners);
  let data = 0;
  let zero = 0;
  for (let index = 0; 2 * index < words.length; index++) {
    const low = words[2 * index] ?? 0;
    const high = words[2 * index + 1] ?? 0;
    if (low === 0 && high === 0) continue;
    const grain = firstGrain + index;
    if (grain >= grains) {
      odd.beyond(grain, high, low);
      continue;
    }
    const type = high >>> 28;
    if (type === ENTRY_TYPE.allocated) {
      data++;
      const slot = slotOf(high, low);
      if (slot < grainSlots) run.add(slot, grain);
      else odd.grain(grain, high, low);
      continue;
    }
    const hasPayload = low !== 0 || (high & 0x0fff_ffff) !== 0;
    if (type === ENTRY_TYPE.unmapped) {
      counts.unmapped++;
      if (hasPayload) counts.reclaimable++;
    } else if (hasPayload || type > ENTRY_TYPE.allocated) odd.grain(grain, high, low);
    if (type === ENTRY_TYPE.unmapped || type === ENTRY_TYPE.zero) zero++;
  }
  run.flush();
  if (data > 0) owners.allocated('data', data);
  if (zero > 0) owners.allocated('zero', zero);
}

/** Slots of unmapped grains, told after all others so that they are the ones to blame. */
async function walkReclaimable(tables: SlotTables, { kinds, owners }: Listeners): Promise<void> {
  const { grainSize, grainsOffset, grainSlots, grains } = tables;
  for await (const { first, bytes } of distinctTables(tables)) {
    const words = asWords(bytes);
    for (let index = 0; 2 * index < words.length; index++) {
      const high = words[2 * index + 1] ?? 0;
      const slot = slotOf(high, words[2 * index] ?? 0);
      const grain = first * tables.entriesPerTable + index;
      const isNamed = high >>> 28 === ENTRY_TYPE.unmapped && slot > 0 && slot < grainSlots && grain < grains;
      if (isNamed)
        owners.range(kinds.reclaimable, fileOffset(grainsOffset + slot * grainSize), grainSize, grain);
    }
  }
}

/** Joins slots that follow one another both in the file and on the disk. */
class SlotRun {
  readonly #kind: RegionKind;
  readonly #origin: number;
  readonly #grainSize: number;
  readonly #owners: Owners;
  #slot = 0;
  #grain = 0;
  #count = 0;

  constructor(kind: RegionKind, origin: number, grainSize: number, owners: Owners) {
    this.#kind = kind;
    this.#origin = origin;
    this.#grainSize = grainSize;
    this.#owners = owners;
  }

  add(slot: number, grain: number): void {
    if (slot === this.#slot + this.#count && grain === this.#grain + this.#count) {
      this.#count++;
      return;
    }
    this.flush();
    this.#slot = slot;
    this.#grain = grain;
    this.#count = 1;
  }

  flush(): void {
    const start = fileOffset(this.#origin + this.#slot * this.#grainSize);
    if (this.#count > 0) this.#owners.run(this.#kind, start, this.#grainSize, this.#count, this.#grain);
    this.#count = 0;
  }
}
