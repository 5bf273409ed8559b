import type { Piece } from '../model/disk.ts';
import type { Image } from '../model/image.ts';
import type { MapRun } from '../model/map-run.ts';
import { pieces, unreadable } from './pieces.ts';
import type { MappingOptions } from './salvage.ts';

/**
 * Where each byte of a disk is stored, over all layers that are open: runs in ascending order without gaps,
 * coalesced as `qemu-img map` does it, in batches.
 *
 * @throws UnreadableImageError where a table that is needed cannot be read, unless `options` ask for what can be
 *   saved
 */
export async function* mapImage(
  image: Image,
  options: MappingOptions = {},
): AsyncGenerator<readonly MapRun[], void, undefined> {
  let last = null as MapRun | null;
  for await (const batch of pieces(image, undefined, options)) {
    const merged: MapRun[] = [];
    for (const piece of batch) {
      const run = toRun(piece, options);
      if (last !== null && follows(last, run)) {
        last = { ...last, length: last.length + run.length };
        continue;
      }
      if (last !== null) merged.push(last);
      last = run;
    }
    yield merged;
  }
  if (last !== null) yield [last];
}

/** Whether `run` only continues `last`. */
function follows(last: MapRun, run: MapRun): boolean {
  if (last.kind !== run.kind || last.depth !== run.depth) return false;
  return last.kind !== 'data' || (last.file === run.file && last.offset + last.length === run.offset);
}

function toRun(piece: Piece, { salvage = false, onLoss }: MappingOptions): MapRun {
  const { start, length, kind, layer: depth } = piece;
  if (kind === 'data') return { start, length, depth, kind, file: piece.at.file, offset: piece.at.offset };
  if (kind === 'unreadable' && !salvage) throw unreadable(start, length, piece.reason);
  if (kind === 'unreadable' || kind === 'unknown') onLoss?.({ start, length, reason: piece.reason });
  return { start, length, depth, kind: kind === 'unreadable' ? 'unknown' : kind, file: null, offset: 0 };
}
