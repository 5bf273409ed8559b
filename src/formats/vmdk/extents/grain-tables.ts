import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import type { TableShape } from './table-mappings.ts';

/** Directory entries that are looked at: twice a 32-bit-addressable disk of the smallest grains. */
export const MAX_TABLES = 1 << 24;

/** The grain tables of a hosted sparse or COWD extent, both of which are 32-bit sector numbers. */
export interface GrainTables extends TableShape {
  /** Whether an entry of 1 is a grain of zeros. */
  readonly hasZeroedGrains: boolean;
  /**
   * Where grains are zlib streams: bytes of the marker before each; `null` where they are stored as they
   * are.
   */
  readonly markerSize: number | null;
}

/** Adds the runs of guest bytes `from` to `to - 1` that the entries of some tables are for. */
export function resolveGrains(
  tables: GrainTables,
  entries: Uint32Array,
  firstGrain: number,
  runs: MappingRuns,
  from: number,
  to: number,
): void {
  const { guestStart, grainSize, hasZeroedGrains, markerSize } = tables;
  const end = Math.min(firstGrain + entries.length, Math.ceil((to - guestStart) / grainSize));
  for (let grain = Math.max(firstGrain, Math.floor((from - guestStart) / grainSize)); grain < end;) {
    const entry = entries[grain - firstGrain] ?? 0;
    const grainStart = guestStart + grain * grainSize;
    grain++;
    const isHole = entry === 0 || (entry === 1 && hasZeroedGrains);
    if (isHole) while (grain < end && entries[grain - firstGrain] === entry) grain++;
    const start = Math.max(from, grainStart);
    const length = Math.min(to, guestStart + grain * grainSize) - start;
    if (isHole) runs.hole(entry === 0 ? 'unallocated' : 'zero', start, length);
    else if (markerSize === null)
      runs.data(start, length, tables.file, entry * SECTOR_SIZE + start - grainStart);
    else addCompressed(tables, runs, { start, length, grainStart, offset: entry * SECTOR_SIZE + markerSize });
  }
}

function addCompressed(
  { file, source, grainSize, guestStart, size }: GrainTables,
  runs: MappingRuns,
  part: {
    readonly start: number;
    readonly length: number;
    readonly grainStart: number;
    readonly offset: number;
  },
): void {
  const { start, length, grainStart, offset } = part;
  // The stream's own length is in its marker, which a map does not need: a stream ends by itself. QEMU
  // allows two grains.
  const available = Math.max(0, source.size - offset);
  const storedLength = Math.min(2 * grainSize, available);
  runs.compressed(start, length, {
    ...{ file, offset, storedLength, method: 'zlib' },
    unit: { start: grainStart, length: grainSize },
    // The last grain may be stored as far as the disk goes only.
    least: Math.min(grainSize, guestStart + size - grainStart),
  });
}
