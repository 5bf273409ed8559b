import type { Disk } from '../../../model/disk.ts';
import type { GuestRange } from '../../../model/offsets.ts';
import { UnitRuns } from './unit-runs.ts';

/** Which units of a new image are known from the map of the disk before anything is read. */
export interface StoredUnits {
  /** Units that are stored: whole or in part there is data in them. */
  readonly data: UnitRuns;
  /** Units of which a part or all reads as zeros by statement; those that have data as well are in `data` too. */
  readonly zeros: UnitRuns;
}

/**
 * Finds out which units of `unitSize` bytes a new image has to store. The work is that of the pieces of the disk, however large it is.
 *
 * @param isAll whether everything is stored, holes too
 */
export async function findStoredUnits(disk: Disk, unitSize: number, isAll = false): Promise<StoredUnits> {
  const found = { data: new UnitRuns(), zeros: new UnitRuns() };
  if (isAll) {
    found.data.add(0, Math.ceil(disk.size / unitSize));
    return found;
  }
  for await (const batch of disk.pieces())
    for (const piece of batch)
      if (piece.kind !== 'unallocated')
        addRange(piece.kind === 'zero' ? found.zeros : found.data, piece, unitSize);
  return found;
}

/**
 * The same for a delta over `backing`, all of whose zeros are stored. Zeros over what is a hole there are holes as well.
 */
export async function findDeltaUnits(disk: Disk, backing: Disk, unitSize: number): Promise<StoredUnits> {
  const found = { data: new UnitRuns(), zeros: new UnitRuns() };
  for await (const batch of disk.pieces())
    for (const piece of batch)
      if (piece.kind === 'zero') await addZeros(found.zeros, piece, backing, unitSize);
      else if (piece.kind !== 'unallocated') addRange(found.data, piece, unitSize);
  return found;
}

async function addZeros(zeros: UnitRuns, range: GuestRange, backing: Disk, unitSize: number): Promise<void> {
  for await (const batch of backing.pieces(range))
    for (const piece of batch)
      if (piece.kind !== 'unallocated' && piece.kind !== 'zero') addRange(zeros, piece, unitSize);
}

function addRange(units: UnitRuns, { start, length }: GuestRange, unitSize: number): void {
  units.add(Math.floor(start / unitSize), Math.ceil((start + length) / unitSize));
}

/** All units of both sets. */
export function joinUnits({ data, zeros }: StoredUnits): UnitRuns {
  if (zeros.count === 0) return data;
  const joined = new UnitRuns();
  const runs = [...data, ...zeros].sort((a, b) => a.from - b.from);
  for (const { from, to } of runs) joined.add(from, to);
  return joined;
}
