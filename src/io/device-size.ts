import { readFileSync, readSync } from 'node:fs';
import { SourceError } from '../errors.ts';

/** Bytes that a device's driver reads at least: those of the coarsest sectors in use. */
const SECTOR_BYTES = 4096;

/**
 * The size of an open block device in bytes. `stat` says 0 of it, and Node has no call that asks the driver, so Linux
 * is asked through `/sys`, and anything else by reading where there still is something.
 *
 * @param device number of the device (`rdev`)
 * @throws SourceError `not-regular` where it is without end
 */
export function deviceSize(path: string, descriptor: number, device: number): number {
  return sizeFromSys(device) ?? probeSize(path, (start) => countBytes(descriptor, start));
}

function sizeFromSys(device: number): number | null {
  // Linux's dev_t as Node gives it: 12 bits of the major number above 8 of the minor, whose further bits are above
  // both.
  const major = (device >>> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >>> 12) & 0xfff00);
  try {
    const sectors = readFileSync(`/sys/dev/block/${major}:${minor}/size`, 'latin1').trim();
    return /^\d{1,13}$/.test(sectors) ? Number(sectors) * 512 : null;
  } catch {
    return null;
  }
}

/**
 * Looks for the end of something that only reading tells the size of: about 100 reads.
 *
 * @param countAt how many of the 4096 bytes at this position can be read
 * @throws SourceError `not-regular` where there is no end below 2^53
 */
export function probeSize(path: string, countAt: (start: number) => number): number {
  const isFull = (index: number): boolean => countAt(index * SECTOR_BYTES) === SECTOR_BYTES;
  let [low, high] = [0, 1];
  for (; isFull(high - 1); high *= 2) {
    low = high;
    if (high * 2 * SECTOR_BYTES > Number.MAX_SAFE_INTEGER)
      throw new SourceError('not-regular', `${path}: has no end`, { source: path });
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isFull(middle - 1)) low = middle;
    else high = middle;
  }
  return low * SECTOR_BYTES + countAt(low * SECTOR_BYTES);
}

function countBytes(descriptor: number, start: number): number {
  try {
    return readSync(descriptor, new Uint8Array(SECTOR_BYTES), 0, SECTOR_BYTES, start);
  } catch {
    return 0;
  }
}
