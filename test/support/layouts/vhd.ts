import { buildVhd, utf16, uuid } from '../vhd.ts';
import { inherit, put, type BuiltLayer } from './layer.ts';
import type { Random } from './random.ts';

const SECTOR = 512;

/** A VHD of random blocks and sector bitmaps; one with a parent is differencing. */
export function randomVhd(random: Random, name: string, size: number, parent: BuiltLayer | null): BuiltLayer {
  if (parent === null && random.chance(0.2)) return fixedVhd(random, name, size);
  const blockSize = random.pick([4096, 16_384, 65_536, 524_288]);
  const sectors = blockSize / SECTOR;
  const blocks = random
    .shuffle([...Array(Math.ceil(size / blockSize)).keys()])
    .filter(() => random.chance(0.6))
    .map((index) => [index, random.chance(0.3) ? ('full' as const) : randomRanges(random, sectors)] as const);
  const built = buildVhd({
    type: parent === null ? 'dynamic' : 'differencing',
    ...{ size, blockSize, blocks, uniqueId: uuid(random.int(1, 1e6)), geometry: [1, 1, 1] },
    ...(parent === null
      ? {}
      : {
          parent: {
            uniqueId: uuid(1),
            name: parent.name,
            locators: [{ code: 'W2ru', data: utf16(`.\\${parent.name}`, 'le') }],
          },
        }),
  });
  // What is not written in a dynamic disk reads as zeros; in a differencing one it is the parent's.
  const guest = inherit(parent, size);
  const bitmapBytes = Math.ceil(sectors / 8 / SECTOR) * SECTOR;
  for (const [index, ranges] of blocks) {
    const data = (built.at.blocks.get(index) ?? 0) + bitmapBytes;
    for (const [from, to] of ranges === 'full' ? [[0, sectors] as const] : ranges) {
      const bytes = random.bytes((to - from) * SECTOR);
      built.bytes.set(bytes, data + from * SECTOR);
      put(guest, index * blockSize + from * SECTOR, bytes);
    }
  }
  return { name, format: 'vpc', files: { [name]: built.bytes, ...parent?.files }, guest };
}

function fixedVhd(random: Random, name: string, size: number): BuiltLayer {
  const built = buildVhd({ type: 'fixed', size, geometry: [1, 1, 1] });
  const guest = random.bytes(size);
  built.bytes.set(guest);
  return { name, format: 'vpc', files: { [name]: built.bytes }, guest };
}

function randomRanges(random: Random, sectors: number): (readonly [number, number])[] {
  const ranges: (readonly [number, number])[] = [];
  for (let at = random.int(0, 3); at < sectors;) {
    const to = Math.min(sectors, at + random.int(1, Math.ceil(sectors / 3)));
    ranges.push([at, to]);
    at = to + random.int(1, Math.ceil(sectors / 3));
  }
  return ranges;
}
