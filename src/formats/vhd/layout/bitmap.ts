import { fileOffset, type Source } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { BlockTable } from './image.ts';

/** Sectors that follow one another and are all written, or all not. */
export interface SectorRun {
  /** First sector, counted in the block. */
  readonly start: number;
  /** One more than the last. */
  readonly end: number;
  readonly isWritten: boolean;
}

/**
 * Reads the sector bitmap of the block whose table entry is `sector`, highest bit first.
 *
 * @param scratch `bitmapBytes` bytes, into which the bitmap may be read
 * @returns `null` where the file ends before it
 */
export function readBitmap(
  source: Source,
  { bitmapBytes, lowBitFirst }: BlockTable,
  sector: number,
  scratch: Uint8Array,
): Uint8Array | null | Promise<Uint8Array> {
  const offset = sector * SECTOR_SIZE;
  if (offset + bitmapBytes > source.size) return null;
  const read = source.read(fileOffset(offset), bitmapBytes, scratch);
  if (!lowBitFirst) return read;
  return read instanceof Promise ? read.then(reverseBits) : reverseBits(read);
}

/** A bitmap as it is in the file, highest bit first. */
export function bitmapOf({ lowBitFirst }: BlockTable, bytes: Uint8Array): Uint8Array {
  return lowBitFirst ? reverseBits(bytes) : bytes;
}

/** The same bits, each byte from the other end: blktap 0.1 began with the lowest. */
function reverseBits(bitmap: Uint8Array): Uint8Array {
  return bitmap.map((byte) => {
    let reversed = 0;
    for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit);
    return reversed;
  });
}

/** Whether the first `sectors` bits are all `bit`, 0 or 1. */
export function isUniform(bitmap: Uint8Array, sectors: number, bit: 0 | 1): boolean {
  const byte = bit === 1 ? 0xff : 0;
  const whole = sectors >> 3;
  for (let index = 0; index < whole; index++) if (bitmap[index] !== byte) return false;
  const rest = sectors & 7;
  return rest === 0 || (bitmap[whole] ?? 0) >> (8 - rest) === byte >> (8 - rest);
}

/** Whether a bit after the first `sectors` is set. */
export function hasBitsBehind(bitmap: Uint8Array, sectors: number): boolean {
  const whole = sectors >> 3;
  const rest = sectors & 7;
  if (rest !== 0 && ((bitmap[whole] ?? 0) & (0xff >> rest)) !== 0) return true;
  return bitmap.subarray(rest === 0 ? whole : whole + 1).some((byte) => byte !== 0);
}

/** The runs of sectors `from` to `to - 1`, ascending and without gaps. */
export function* sectorRuns(bitmap: Uint8Array, from: number, to: number): Iterable<SectorRun> {
  for (let start = from; start < to;) {
    const isWritten = isSet(bitmap, start);
    const end = findChange(bitmap, start + 1, to, isWritten);
    yield { start, end, isWritten };
    start = end;
  }
}

function isSet(bitmap: Uint8Array, sector: number): boolean {
  return ((bitmap[sector >> 3] ?? 0) & (0x80 >> (sector & 7))) !== 0;
}

/** The first sector from `from` on whose bit is not `isWritten`; `to` where there is none. */
function findChange(bitmap: Uint8Array, from: number, to: number, isWritten: boolean): number {
  const same = isWritten ? 0xff : 0;
  let sector = from;
  while (sector < to) {
    if ((sector & 7) === 0 && bitmap[sector >> 3] === same) sector += 8;
    else if (isSet(bitmap, sector) !== isWritten) return sector;
    else sector++;
  }
  return to;
}
