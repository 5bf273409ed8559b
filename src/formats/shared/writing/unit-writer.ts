import type { Disk } from '../../../model/disk.ts';
import { guestData, type GuestData, type GuestDataOptions } from './guest-data.ts';
import { addZeroUnits } from './stored-units.ts';
import type { UnitRuns } from './unit-runs.ts';

/** Bytes of a file that is written. */
export interface FilePart {
  /** Byte position in the file. */
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Where units are stored. Units are stored in ascending order. */
export interface UnitLayout {
  /** Guest bytes of a unit. */
  readonly unitSize: number;
  /** Byte position of a stored unit's guest bytes; `ordinal` stored units come before it. */
  place(unit: number, ordinal: number): number;
  /**
   * How many units from `unit` on follow one another in the file as they do on the disk, if all of them are stored.
   */
  joined(unit: number): number;
  /** What is before a unit's guest bytes. */
  head?(unit: number, ordinal: number): FilePart;
  /** Is told of every run of guest bytes that is stored, where that was not planned. */
  note?(start: number, length: number): void;
}

/** The units that a new image knows of; they become more while it is written, unless all were planned. */
export interface Units {
  readonly stored: UnitRuns;
  /** Units that are zeros as a whole; `null` where the format cannot say so, and zeros are stored. */
  readonly zeros: UnitRuns | null;
}

/** How units are written. */
export interface UnitOptions extends GuestDataOptions {
  readonly isPlanned: boolean;
}

/**
 * Writes the guest bytes of a disk unit by unit. A unit of which nothing has to be written is not stored, unless
 * that was planned. Parts ascend.
 *
 * @returns byte position after the last part
 */
export async function* writeUnits(
  disk: Disk,
  layout: UnitLayout,
  units: Units,
  options: UnitOptions,
): AsyncGenerator<FilePart, number, undefined> {
  const { stored } = units;
  let heads = 0;
  let written = 0;
  // Whether a unit is stored is up to its own bytes alone, however the disk is cut into chunks.
  const sparse = Math.min(options.sparse, layout.unitSize);
  for await (const run of guestData(disk, { ...options, sparse })) {
    if (!options.isPlanned) note(run, layout, units, disk.size);
    const { start, bytes } = run;
    if (bytes === null) continue;
    for (let done = 0; done < bytes.length;) {
      const at = start + done;
      const unit = Math.floor(at / layout.unitSize);
      const end = Math.min(Math.ceil((start + bytes.length) / layout.unitSize), unit + layout.joined(unit));
      const ordinal = stored.ordinalOf(unit);
      if (ordinal < 0) throw new Error(`unit ${unit} has data that the map of the disk does not show`);
      yield* headsOf(layout, stored, heads, ordinal + 1);
      heads = Math.max(heads, ordinal + 1);
      const length = Math.min(bytes.length - done, end * layout.unitSize - at);
      const place = layout.place(unit, ordinal) + (at % layout.unitSize);
      yield { at: place, bytes: bytes.subarray(done, done + length) };
      written = place + length;
      done += length;
    }
  }
  for (const part of headsOf(layout, stored, heads, stored.count)) {
    yield part;
    written = part.at + part.bytes.length;
  }
  return written;
}

function note(run: GuestData, layout: UnitLayout, { stored, zeros }: Units, size: number): void {
  const { start, length, bytes } = run;
  layout.note?.(start, length);
  if (bytes === null && zeros !== null) addZeroUnits({ stored, zeros }, run, layout.unitSize, size);
  else stored.add(Math.floor(start / layout.unitSize), Math.ceil((start + length) / layout.unitSize));
}

/** What is before the stored units number `from` to `to - 1`. */
function* headsOf(layout: UnitLayout, stored: UnitRuns, from: number, to: number): Iterable<FilePart> {
  if (layout.head === undefined) return;
  for (const run of stored.ordinals(from, to))
    for (let unit = run.from; unit < run.to; unit++) yield layout.head(unit, run.ordinal + unit - run.from);
}
