import type { MemoryFiles } from '../../support/open.ts';
import type { SeedImage } from '../../support/seeds.ts';
import { buildVhd, utf16, uuid, type VhdPlan } from '../../support/vhd.ts';

const SMALL: VhdPlan = { size: 1024 * 1024, blockSize: 256 * 1024 };
const PARENT_ID = uuid(9);

const seed = (name: string, plan: VhdPlan, others: MemoryFiles = {}): SeedImage => ({
  name,
  files: { [name]: buildVhd(plan).bytes, ...others },
});

/** Sound images of every variant. */
export const seeds: readonly SeedImage[] = [
  seed('fixed.vhd', { type: 'fixed', size: 65536 }),
  seed('dynamic.vhd', { ...SMALL, blocks: [[2], [0]] }),
  seed('batmap.vhd', { ...SMALL, blocks: [[1]], batmap: true, creator: 'tap\0', creatorVersion: 0x10003 }),
  seed(
    'differencing.vhd',
    {
      ...SMALL,
      type: 'differencing',
      blocks: [[1, [[3, 17]]]],
      parent: {
        uniqueId: PARENT_ID,
        name: 'parent.vhd',
        locators: [{ code: 'W2ru', data: utf16('.\\parent.vhd', 'le') }],
      },
    },
    { 'parent.vhd': buildVhd({ ...SMALL, uniqueId: PARENT_ID }).bytes },
  ),
];
