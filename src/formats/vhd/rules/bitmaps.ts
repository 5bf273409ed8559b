import type { Tell } from '../../../model/problem.ts';
import { defineRules, type Facts } from '../../../model/rule.ts';
import type { VhdFindings } from '../findings.ts';
import type { BitmapScan } from '../layout/bitmap-scan.ts';
import type { VhdImage } from '../layout/image.ts';
import { bitmapPlace } from '../layout/place.ts';
import type { VhdWalk } from '../walk.ts';

const DATA_BLOCKS = 'VHD 1.0, Data Blocks';

/** Damage to the table, after which bitmaps are read from wrong places. */
export const WRONG_ENTRIES = [
  'vhd/bat-all-zero',
  'vhd/bat-entry-in-metadata',
  'vhd/bat-block-overlap',
  'vhd/bat-entry-duplicate',
];

/** The rules on sector bitmaps. */
export const bitmapRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/bitmap-padding': {
    severity: 'info',
    depth: 'metadata',
    title: 'Bits past the end of a sector bitmap',
    spec: DATA_BLOCKS,
    repair: 'safe',
    derivedFrom: WRONG_ENTRIES,
    message: ({ index }) =>
      `the sector bitmap of block ${index} has bits set for sectors that the block does not have`,
    check: (image, tell, facts) => findBlocks(image, facts, 'padded', tell),
  },
  'vhd/bitmap-empty-block': {
    severity: 'info',
    depth: 'metadata',
    title: 'A stored block without a written sector',
    spec: DATA_BLOCKS,
    repair: 'lossy',
    derivedFrom: WRONG_ENTRIES,
    message: ({ index }) => `block ${index} is stored, but its bitmap says that no sector of it is written`,
    check: (image, tell, facts) => findBlocks(image, facts, 'empty', tell),
  },
  'vhd/bitmap-dynamic-partial': {
    severity: 'info',
    depth: 'metadata',
    title: 'A partly written block in a dynamic disk',
    spec: DATA_BLOCKS,
    repair: 'safe',
    derivedFrom: WRONG_ENTRIES,
    message: ({ index }) =>
      `the sector bitmap of block ${index} has sectors that are not written, in a dynamic disk`,
    async check(image, tell, facts) {
      if (image.variant === 'dynamic') await findBlocks(image, facts, 'partial', tell);
    },
  },
  'vhd/batmap-bitmap-mismatch': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A block is not as full as the batmap says',
    spec: 'blktap, libvhd: batmap',
    repair: 'safe',
    derivedFrom: [...WRONG_ENTRIES, 'vhd/batmap-checksum', 'vhd/batmap-header'],
    message: ({ index }) => `the batmap says that block ${index} is written in full, its bitmap does not`,
    check: (image, tell, facts) => findBlocks(image, facts, 'notFull', tell),
  },
});

/** A finding at the bitmap of each block of one list of the scan. */
async function findBlocks(
  { file, blocks }: VhdImage,
  facts: Facts<VhdWalk>,
  list: keyof BitmapScan,
  tell: Tell<{ readonly index: number }>,
): Promise<void> {
  const walk = facts.walk(file);
  if (blocks === null || walk === undefined) return;
  for (const index of (await walk.bitmaps())[list])
    tell({
      at: bitmapPlace(file, blocks, index),
      data: { index },
      guestOffset: index * blocks.blockSize,
    });
}
