import { fileOffset } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Owners, RegionKind } from '../../../model/owners.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import { asWords } from '../words.ts';
import { claimTables, withoutRepeats } from './grain-tables.ts';
import type { SeSparseExtent } from './sesparse.ts';
import { SLOT_TABLE_SIZE } from './sesparse-geometry.ts';
import { createSeSparseKinds, type SeSparseKinds } from './sesparse-kinds.ts';
import { ENTRY_TYPE, slotOf, type SlotTables } from './sesparse-tables.ts';

/** Areas that are claimed as they are; tables and grains are told one by one. */
const WHOLE_AREAS: readonly string[] = [
  'volatile_header',
  'journal_header',
  'journal',
  'grain_dir',
  'free_bitmap',
  'backmap',
];

/** Tells every range of the file that a seSparse extent uses. Returns how many grains the guest gave up. */
export async function claimSeSparse(extent: SeSparseExtent, owners: Owners): Promise<number> {
  const tables = await extent.slotTables();
  if (tables === null) return 0;
  const directory = await extent.directory();
  const kinds = createSeSparseKinds(extent, tables, directory);
  owners.range(kinds.area, fileOffset(0), SECTOR_SIZE, -1);
  extent.areas.forEach(({ name, offset, length }, index) => {
    const isInside = offset + length <= extent.source.size;
    if (isInside && length > 0 && WHOLE_AREAS.includes(name))
      owners.range(kinds.area, fileOffset(offset), length, index);
  });
  claimDirectory(directory, tables, kinds, owners);
  const { unmapped, reclaimable } = await claimSlots(tables, kinds, owners);
  if (reclaimable > 0) await claimReclaimable(tables, kinds, owners);
  return unmapped;
}

/** Entries that lead to no table inside the area own nothing. */
function claimDirectory(
  directory: Uint32Array,
  tables: SlotTables,
  kinds: SeSparseKinds,
  owners: Owners,
): void {
  const offsets = Float64Array.from(tables.offsets);
  for (let index = 0; index < offsets.length; index++) {
    const low = directory[2 * index] ?? 0;
    const high = directory[2 * index + 1] ?? 0;
    if ((offsets[index] ?? 0) < 0) owners.odd(kinds.table, index, high, low);
  }
  claimTables(offsets, SLOT_TABLE_SIZE, kinds.table, owners);
}

/** What a walk over all entries met. */
interface SlotCounts {
  unmapped: number;
  /** Unmapped entries that still name a slot. */
  reclaimable: number;
}

async function claimSlots(tables: SlotTables, kinds: SeSparseKinds, owners: Owners): Promise<SlotCounts> {
  const counts: SlotCounts = { unmapped: 0, reclaimable: 0 };
  for await (const { first, bytes } of distinctTables(tables))
    claimEntries(tables, asWords(bytes), first * tables.entriesPerTable, kinds, owners, counts);
  return counts;
}

function distinctTables(tables: SlotTables) {
  return tableBatches(tables.source, {
    offsets: withoutRepeats(tables.offsets),
    tableBytes: SLOT_TABLE_SIZE,
  });
}

function claimEntries(
  { grains, grainSize, grainsOffset, grainSlots }: SlotTables,
  words: Uint32Array,
  firstGrain: number,
  kinds: SeSparseKinds,
  owners: Owners,
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
      owners.odd(kinds.beyond, grain, high, low);
      continue;
    }
    const type = high >>> 28;
    if (type === ENTRY_TYPE.allocated) {
      data++;
      const slot = slotOf(high, low);
      if (slot < grainSlots) run.add(slot, grain);
      else owners.odd(kinds.grain, grain, high, low);
      continue;
    }
    const hasPayload = low !== 0 || (high & 0x0fff_ffff) !== 0;
    if (type === ENTRY_TYPE.unmapped) {
      counts.unmapped++;
      if (hasPayload) counts.reclaimable++;
    } else if (hasPayload || type > ENTRY_TYPE.allocated) owners.odd(kinds.grain, grain, high, low);
    if (type === ENTRY_TYPE.unmapped || type === ENTRY_TYPE.zero) zero++;
  }
  run.flush();
  if (data > 0) owners.allocated('data', data);
  if (zero > 0) owners.allocated('zero', zero);
}

/** Slots of unmapped grains, told after all others so that they are the ones to blame. */
async function claimReclaimable(tables: SlotTables, kinds: SeSparseKinds, owners: Owners): Promise<void> {
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
