import type { MappingRuns } from '../../../shared/mapping-runs.ts';
import { resolveExtent } from '../table-mappings.ts';
import type { SeSparseLayout } from './layout/sesparse-layout.ts';
import { ENTRY_TYPE, slotOf, type SlotTables } from './layout/tables.ts';

/** Adds the runs of guest bytes `from` to `to - 1`; pauses between batches of tables. */
export function resolveSeSparse(
  extent: SeSparseLayout,
  runs: MappingRuns,
  from: number,
  to: number,
): AsyncGenerator<void, void, undefined> {
  return resolveExtent(extent, extent.slotTables(), resolveSlots, runs, from, to);
}

function resolveSlots(
  tables: SlotTables,
  words: Uint32Array,
  firstGrain: number,
  runs: MappingRuns,
  from: number,
  to: number,
): void {
  const { file, guestStart, grainSize, grainsOffset } = tables;
  const end = Math.min(firstGrain + words.length / 2, Math.ceil((to - guestStart) / grainSize));
  for (let grain = Math.max(firstGrain, Math.floor((from - guestStart) / grainSize)); grain < end; grain++) {
    const low = words[2 * (grain - firstGrain)] ?? 0;
    const high = words[2 * (grain - firstGrain) + 1] ?? 0;
    const grainStart = guestStart + grain * grainSize;
    const start = Math.max(from, grainStart);
    const length = Math.min(to, grainStart + grainSize) - start;
    const type = high >>> 28;
    if (type === ENTRY_TYPE.unallocated) runs.hole('unallocated', start, length);
    else if (type === ENTRY_TYPE.allocated)
      runs.data(start, length, file, grainsOffset + slotOf(high, low) * grainSize + start - grainStart);
    // Readers disagree about grains that the guest gave up; zeros are what QEMU and Xen Orchestra show.
    else if (type === ENTRY_TYPE.unmapped || type === ENTRY_TYPE.zero) runs.hole('zero', start, length);
    else addUnknown(tables, grain, type, runs, start, length);
  }
}

/** A grain whose entry is of an unknown kind. */
function addUnknown(
  { file, offsets, entriesPerTable }: SlotTables,
  grain: number,
  type: number,
  runs: MappingRuns,
  start: number,
  length: number,
): void {
  const table = Math.floor(grain / entriesPerTable);
  const index = grain % entriesPerTable;
  const at = { file, offset: (offsets[table] ?? 0) + 8 * index, length: 8, field: `gt[${table}][${index}]` };
  const reason = `the entry of grain ${grain} of ${file.path} is of unknown type ${type}`;
  runs.unreadable(start, length, at, reason);
}
