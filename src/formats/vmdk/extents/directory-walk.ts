import { fileOffset } from '../../../io/source.ts';
import type { Owners, RegionKind } from '../../../model/owners.ts';

/** Tells the tables that a directory names, neighbours at once. */
export function walkTables(
  offsets: ArrayLike<number>,
  tableBytes: number,
  kind: RegionKind,
  owners: Owners,
): void {
  for (let first = 0; first < offsets.length;) {
    const start = offsets[first] ?? 0;
    let count = 1;
    if (start > 0) {
      while (first + count < offsets.length && offsets[first + count] === start + count * tableBytes) count++;
      owners.run(kind, fileOffset(start), tableBytes, count, first);
    }
    first += count;
  }
}

/** Table positions with every repeat after the first made absent, so that a directory of equal entries is no work. */
export function withoutRepeats(offsets: ArrayLike<number>): ArrayLike<number> {
  if (isAscending(offsets)) return offsets;
  const sorted = Float64Array.from(offsets).sort();
  const repeated = new Map<number, boolean>();
  for (let index = 1; index < sorted.length; index++) {
    const offset = sorted[index] ?? 0;
    if (offset > 0 && offset === sorted[index - 1]) repeated.set(offset, false);
  }
  if (repeated.size === 0) return offsets;
  return Float64Array.from(offsets, (offset) => {
    const wasSeen = repeated.get(offset);
    if (wasSeen === false) repeated.set(offset, true);
    return wasSeen === true ? 0 : offset;
  });
}

/**
 * Times the bytes of a file that tables may have together before they must be apart: without overlaps they have
 * fewer than the file.
 */
const MAX_AGAIN = 1;

/**
 * Table positions to walk: each once, however many entries name it. Where tables overlap so much that they have
 * several times the bytes of the file, only those are kept that are apart: the overlap is told, and what the others
 * contain is in those.
 */
export function tablesToWalk(
  offsets: ArrayLike<number>,
  tableBytes: number,
  fileSize: number,
): ArrayLike<number> {
  const once = withoutRepeats(offsets);
  let count = 0;
  for (let index = 0; index < once.length; index++) if ((once[index] ?? 0) > 0) count++;
  if (count * tableBytes <= MAX_AGAIN * fileSize) return once;
  const order = Uint32Array.from({ length: once.length }, (_, index) => index);
  order.sort((a, b) => (once[a] ?? 0) - (once[b] ?? 0));
  const apart = new Float64Array(once.length);
  let end = 0;
  for (const index of order) {
    const offset = once[index] ?? 0;
    if (offset <= 0 || offset < end || offset + tableBytes > fileSize) continue;
    apart[index] = offset;
    end = offset + tableBytes;
  }
  return apart;
}

function isAscending(offsets: ArrayLike<number>): boolean {
  let highest = 0;
  for (let index = 0; index < offsets.length; index++) {
    const offset = offsets[index] ?? 0;
    if (offset <= 0) continue;
    if (offset <= highest) return false;
    highest = offset;
  }
  return true;
}
