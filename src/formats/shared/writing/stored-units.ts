import type { Disk } from '../../../model/disk.ts';
import type { GuestRange } from '../../../model/offsets.ts';
import { UnitRuns } from './unit-runs.ts';

/**
 * Finds out from the map of the disk, before anything is read, which units of `unitSize` bytes a new image stores.
 * The work is that of the pieces of the disk, however large it is.
 *
 * @param isAll whether everything is stored, holes too
 */
export async function findStoredUnits(disk: Disk, unitSize: number, isAll: boolean): Promise<UnitRuns> {
  const stored = new UnitRuns();
  if (isAll) stored.add(0, Math.ceil(disk.size / unitSize));
  else
    for await (const batch of disk.pieces())
      for (const piece of batch)
        if (piece.kind !== 'unallocated' && piece.kind !== 'zero') addRange(stored, piece, unitSize);
  return stored;
}

/** Which units a delta stores. */
export interface DeltaUnits {
  /** With their bytes: units that the delta has a part of. */
  readonly stored: UnitRuns;
  /** As zeros, where the format can say so: units that are zeros as a whole. */
  readonly zeros: UnitRuns;
}

/**
 * The same for a delta over `below`. Zeros over what is a hole there are no part of the delta.
 *
 * @param canSayZero whether the format can say that a unit is zeros; else zeros are stored
 */
export async function findDeltaUnits(
  delta: Disk,
  below: Disk,
  unitSize: number,
  canSayZero = false,
): Promise<DeltaUnits> {
  const found = { stored: new UnitRuns(), zeros: new UnitRuns() };
  for await (const batch of delta.pieces())
    for (const piece of batch) {
      if (piece.kind === 'unallocated') continue;
      if (piece.kind !== 'zero') addRange(found.stored, piece, unitSize);
      else
        for await (const parts of below.pieces(piece))
          for (const part of parts)
            if (part.kind === 'unallocated' || part.kind === 'zero') continue;
            else if (canSayZero) addZeroUnits(found, part, unitSize, delta.size);
            else addRange(found.stored, part, unitSize);
    }
  return found;
}

function addRange(units: UnitRuns, { start, length }: GuestRange, unitSize: number): void {
  units.add(Math.floor(start / unitSize), Math.ceil((start + length) / unitSize));
}

/** Adds a run of zeros to units that a format can say that of; those of which only a part is zeros are stored. */
export function addZeroUnits(
  { stored, zeros }: DeltaUnits,
  { start, length }: { readonly start: number; readonly length: number },
  unitSize: number,
  size: number,
): void {
  const first = Math.floor(start / unitSize);
  const last = Math.ceil((start + length) / unitSize);
  const from = Math.max(Math.ceil(start / unitSize), stored.end);
  const to = start + length === size ? last : Math.floor((start + length) / unitSize);
  if (from >= to) {
    stored.add(first, last);
    return;
  }
  stored.add(first, from);
  zeros.add(from, to);
  stored.add(to, last);
}

/** Numbers of the tables of `entries` units each that have something to say. */
export function tablesInUse(
  { stored, zeros }: { readonly stored: UnitRuns; readonly zeros: UnitRuns | null },
  entries: number,
): Iterable<number> {
  if (zeros === null || zeros.count === 0) return stored.groups(entries);
  return [...new Set([...stored.groups(entries), ...zeros.groups(entries)])].sort((a, b) => a - b);
}
