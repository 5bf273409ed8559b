import type { BuiltLayer } from './layer.ts';
import { randomQcow2 } from './qcow2.ts';
import { Random } from './random.ts';
import { randomVdi } from './vdi.ts';
import { randomVhd } from './vhd.ts';
import { randomVmdk } from './vmdk.ts';

export type { BuiltLayer } from './layer.ts';
export { Random } from './random.ts';

const KINDS = [
  ['qcow2', randomQcow2],
  ['vhd', randomVhd],
  ['vmdk', randomVmdk],
] as const;

/** An image of up to `depth` layers of any formats, with what its guest sees. */
export function randomChain(seed: number, depth: number): BuiltLayer {
  const random = new Random(seed);
  let layer: BuiltLayer | null = random.chance(0.3) ? lowestLayer(random) : null;
  const layers = random.int(1, depth);
  for (let index = 0; index < layers || layer === null; index++) {
    const [ending, build] = random.pick(KINDS);
    const size = random.int(1, 1500) * 512;
    layer = build(random, `layer${index}.${ending}`, size, layer);
  }
  return layer;
}

/** A layer of a format that has no parents. */
function lowestLayer(random: Random): BuiltLayer {
  return random.chance(0.5) ? rawLayer(random) : randomVdi(random, 'base.vdi', random.int(1, 1500) * 512);
}

/** A raw disk, of any number of bytes. */
function rawLayer(random: Random): BuiltLayer {
  const guest = random.bytes(random.int(512, 400_000));
  return { name: 'base.raw', format: 'raw', files: { 'base.raw': guest }, guest };
}
