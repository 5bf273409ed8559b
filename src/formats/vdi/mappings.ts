import type { Mapping } from '../../model/image.ts';
import type { GuestRange } from '../../model/offsets.ts';
import { MappingRuns } from '../shared/mapping-runs.ts';
import { blockOffset, entryBatches, FREE, ZERO, type BlockMap } from './layout/block-map.ts';
import { hasParent, type VdiImage } from './layout/image.ts';

/** Guest to file, for `Image.mappings`. */
export async function* mapRange(image: VdiImage, range: GuestRange): AsyncIterable<readonly Mapping[]> {
  const { map, file } = image;
  const end = Math.min(range.start + range.length, image.size);
  if (range.start >= end) return;
  const runs = new MappingRuns();
  if (map === null) {
    const at = { file, offset: null, length: null, field: null };
    runs.unreadable(range.start, end - range.start, at, `the block map of ${file.path} cannot be found`);
  } else yield* mapBlocks(image, map, range.start, end, runs);
  yield runs.finish();
}

/** Maps the blocks of the guest bytes `start` to `end - 1`. */
async function* mapBlocks(
  image: VdiImage,
  map: BlockMap,
  start: number,
  end: number,
  runs: MappingRuns,
): AsyncIterable<readonly Mapping[]> {
  const { file, source } = image;
  const { blockSize, extra, present } = map;
  const free = hasParent(image) ? 'unallocated' : 'zero';
  const [firstBlock, endBlock] = [Math.floor(start / blockSize), Math.ceil(end / blockSize)];
  for await (const { first, entries } of entryBatches(source, map, firstBlock, endBlock)) {
    for (let at = 0; at < entries.length; at++) {
      const guest = (first + at) * blockSize;
      const from = Math.max(guest, start);
      const length = Math.min(guest + blockSize, end) - from;
      const entry = entries[at] ?? FREE;
      const offset = blockOffset(map, entry) + extra + from - guest;
      if (entry === FREE) runs.hole(free, from, length);
      else if (entry === ZERO) runs.hole('zero', from, length);
      else if (Number.isSafeInteger(offset + length)) runs.data(from, length, file, offset);
      else {
        const place = {
          file,
          offset: map.offset + 4 * (first + at),
          length: 4,
          field: `map[${first + at}]`,
        };
        runs.unreadable(from, length, place, `a block of ${file.path} would begin above 2^53`);
      }
      if (runs.isFull) yield runs.take();
    }
  }
  const missing = Math.max(start, present * blockSize);
  if (missing >= end) return;
  const at = { file, offset: null, length: null, field: `map[${present}]` };
  const reason = `the block map of ${file.path} has no entry for blocks from ${present} on`;
  runs.unreadable(missing, end - missing, at, reason);
}
