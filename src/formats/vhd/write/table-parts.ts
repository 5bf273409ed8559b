import { UNALLOCATED } from '../layout/image.ts';
import { tableBytes } from '../layout/table.ts';
import type { FilePart } from '../../shared/writing/unit-writer.ts';
import type { UnitRuns } from '../../shared/writing/unit-runs.ts';

/** Entries of the table that are written at once. */
const STEP = 16_384;

/**
 * The block allocation table, with its padding to a whole sector.
 *
 * @param sectorOf sector of the bitmap of the block that so many stored ones come before
 */
export function* tableParts(
  tableOffset: number,
  entries: number,
  stored: UnitRuns,
  sectorOf: (ordinal: number) => number,
): Iterable<FilePart> {
  const all = tableBytes(entries) / 4;
  for (let first = 0; first < all; first += STEP) {
    const bytes = new Uint8Array(4 * Math.min(STEP, all - first)).fill(UNALLOCATED & 0xff);
    const view = new DataView(bytes.buffer);
    for (const { from, to, ordinal } of stored.between(first, first + STEP))
      for (let block = from; block < to; block++)
        view.setUint32(4 * (block - first), sectorOf(ordinal + block - from));
    yield { at: tableOffset + 4 * first, bytes };
  }
}
