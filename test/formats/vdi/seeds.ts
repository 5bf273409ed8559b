import type { SeedImage } from '../../support/seeds.ts';
import { buildVdi, type VdiPlan } from '../../support/vdi.ts';

const SMALL: VdiPlan = { blockSize: 4096, size: 16 * 4096 };

const seed = (name: string, plan: VdiPlan): SeedImage => ({ name, files: { [name]: buildVdi(plan).bytes } });

/** Sound images of every variant. */
export const seeds: readonly SeedImage[] = [
  seed('dynamic.vdi', { ...SMALL, blocks: [5, 0, 6, 7], zeros: [9, 10] }),
  seed('empty.vdi', { ...SMALL, headerSize: 384 }),
  seed('static.vdi', { ...SMALL, type: 'static', size: 4 * 4096 }),
  seed('odd.vdi', { ...SMALL, size: 16 * 4096 - 512, blocks: [15, 2] }),
  seed('differencing.vdi', { ...SMALL, type: 'differencing', blocks: [3, 4, 12], zeros: [0] }),
  seed('aligned.vdi', { ...SMALL, blocks: [1], mapOffset: 4096, dataOffset: 8192 }),
];
