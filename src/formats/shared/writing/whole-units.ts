import type { Disk } from '../../../model/disk.ts';
import { isZero } from '../zero-runs.ts';
import { guestData, type GuestDataOptions } from './guest-data.ts';

/** A unit with all of its bytes. */
export interface WholeUnit {
  readonly unit: number;
  /** As long as a unit, with zeros past the end of the disk. The receiver owns them. */
  readonly bytes: Uint8Array;
}

/** The units of a disk in ascending order, those left out that read as zeros; all of them for a `sparse` of 0. */
export async function* wholeUnits(
  disk: Disk,
  unitSize: number,
  options: GuestDataOptions,
): AsyncGenerator<WholeUnit, void, undefined> {
  let current: WholeUnit | null = null;
  const keepsZeros = options.sparse === 0;
  // Zeros are looked for in whole units only.
  for await (const { start, bytes } of guestData(disk, { ...options, sparse: keepsZeros ? 0 : unitSize })) {
    if (bytes === null) continue;
    for (let done = 0; done < bytes.length;) {
      const at = start + done;
      const unit = Math.floor(at / unitSize);
      if (current !== null && current.unit !== unit) {
        if (keepsZeros || !isZero(current.bytes)) yield current;
        current = null;
      }
      current ??= { unit, bytes: new Uint8Array(unitSize) };
      const length = Math.min(bytes.length - done, (unit + 1) * unitSize - at);
      current.bytes.set(bytes.subarray(done, done + length), at % unitSize);
      done += length;
    }
  }
  if (current !== null && (keepsZeros || !isZero(current.bytes))) yield current;
}
