import { fileOffset, type Source } from '../../../io/source.ts';
import type { FileRange } from '../../../model/owners.ts';
import { giveScratchBack, takeScratch } from '../../shared/scratch.ts';
import type { Geometry } from './geometry.ts';
import { PointerTable, type PointerWidth } from './pointer-table.ts';

/** Reads a table of 64-bit entries, as far as it is in the file. */
export async function readPointerTable(
  { geometry, source }: { readonly geometry: Geometry; readonly source: Source },
  offset: number,
  entries: number,
  width: PointerWidth,
): Promise<PointerTable> {
  const available = Math.max(0, Math.min(8 * entries, geometry.limit - offset));
  const length = offset === 0 ? 0 : available - (available % 8);
  if (length === 0) return new PointerTable(new Uint8Array(0), offset, entries, width);
  const scratch = takeScratch(length);
  try {
    return new PointerTable(await source.read(fileOffset(offset), length, scratch), offset, entries, width);
  } finally {
    giveScratchBack(scratch);
  }
}

/** Bytes of tables that are worked through, for all snapshots together; a sound image stays far below. */
export const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Chooses the tables that are worth reading: at clusters of the file and apart from one another, so that their sum is
 * bounded by the file. Of two that overlap, which is reported elsewhere, the first in the file is taken.
 *
 * @returns indices into `regions`, ascending
 */
export function selectDisjoint(
  { clusterSize, limit }: Geometry,
  regions: readonly FileRange[],
): readonly number[] {
  const usable = regions.flatMap(({ start, length }, index) =>
    length > 0 && start > 0 && start % clusterSize === 0 && start < limit ? [index] : [],
  );
  const startOf = (index: number): number => regions[index]?.start ?? 0;
  usable.sort((a, b) => startOf(a) - startOf(b) || a - b);
  let end = 0;
  let total = 0;
  const chosen: number[] = [];
  for (const index of usable) {
    const { start, length } = regions[index] ?? { start: 0, length: 0 };
    total += length;
    if (start < end || total > MAX_BYTES) continue;
    end = start + length;
    chosen.push(index);
  }
  return chosen.sort((a, b) => a - b);
}
