import { buildVdi } from '../vdi.ts';
import { put, type BuiltLayer } from './layer.ts';
import type { Random } from './random.ts';

/** A VDI of random blocks: stored, zeros, or free. It names no parent, so it is always the lowest layer. */
export function randomVdi(random: Random, name: string, size: number): BuiltLayer {
  const blockSize = random.pick([4096, 16_384, 65_536, 1_048_576]);
  const extra = random.pick([0, 512]);
  const chosen = random
    .shuffle([...Array(Math.ceil(size / blockSize)).keys()])
    .filter(() => random.chance(0.7));
  const cut = random.int(0, chosen.length);
  const [blocks, zeros] = [chosen.slice(0, cut), chosen.slice(cut)];
  const built = buildVdi({ size, blockSize, extra, blocks, zeros });
  const guest = new Uint8Array(size);
  for (const [position, block] of blocks.entries()) {
    const bytes = random.bytes(blockSize);
    built.bytes.set(bytes, built.data + position * (blockSize + extra) + extra);
    put(guest, block * blockSize, bytes);
  }
  return { name, format: 'vdi', files: { [name]: built.bytes }, guest };
}
