import type { Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { scanBitmaps, type BitmapScan } from '../bitmap-scan.ts';
import { bitmapPlace } from '../place.ts';
import type { VhdImage } from '../types.ts';

const DATA_BLOCKS = 'VHD 1.0, Data Blocks';

/** Damage to the table, after which bitmaps are read from wrong places. */
const WRONG_ENTRIES = [
  'vhd/bat-all-zero',
  'vhd/bat-entry-in-metadata',
  'vhd/bat-block-overlap',
  'vhd/bat-entry-duplicate',
];

/** What the messages about a bitmap need. */
interface BitmapData {
  readonly index: number;
}

/** A finding at the bitmap of each block of one list of the scan. */
async function findBlocks(image: VhdImage, list: keyof BitmapScan, tell: Tell<BitmapData>): Promise<void> {
  const { blocks } = image;
  if (blocks === null) return;
  for (const index of (await scanBitmaps(image))[list])
    tell({
      at: bitmapPlace(image.file, blocks, index),
      data: { index },
      guestOffset: index * blocks.blockSize,
    });
}

/** Bits for sectors that a block does not have. */
export const bitmapPadding: RaisableRule<VhdImage, BitmapData> = defineRule({
  id: 'vhd/bitmap-padding',
  severity: 'info',
  depth: 'metadata',
  title: 'Bits behind the end of a sector bitmap',
  spec: DATA_BLOCKS,
  repair: 'safe',
  derivedFrom: WRONG_ENTRIES,
  message: ({ index }) =>
    `the sector bitmap of block ${index} has bits set for sectors that the block does not have`,
  check: (image, tell) => findBlocks(image, 'padded', tell),
  explanation: {
    what: 'Blocks below 2 MiB have fewer sectors than their bitmap has bits; the bits left over should be 0, but some are set.',
    why: 'Guest data are not affected.',
    how: 'A writer that fills the whole bitmap with ones.',
    readers: 'Readers do not look at these bits.',
    repair: 'The bits are cleared.',
  },
});

/** A block that holds nothing. */
export const bitmapEmptyBlock: RaisableRule<VhdImage, BitmapData> = defineRule({
  id: 'vhd/bitmap-empty-block',
  severity: 'info',
  depth: 'metadata',
  title: 'A stored block without a written sector',
  spec: DATA_BLOCKS,
  repair: 'lossy',
  derivedFrom: WRONG_ENTRIES,
  message: ({ index }) => `block ${index} is stored, but its bitmap says that no sector of it is written`,
  check: (image, tell) => findBlocks(image, 'empty', tell),
  explanation: {
    what: 'A block takes up its place in the file, but all bits of its sector bitmap are 0.',
    why: 'By the specification nothing of it is used: a dynamic disk reads zeros, a differencing one the data of its parent. If the bitmap was lost, data are hidden.',
    how: 'A crash after the block was allocated and before the first write, or a bitmap that was overwritten with zeros.',
    readers: 'QEMU ignores bitmaps and shows what the block holds.',
    repair: 'If the block holds zeros only it can be given back.',
  },
});

/** A block of a dynamic disk that is written in part. */
export const bitmapDynamicPartial: RaisableRule<VhdImage, BitmapData> = defineRule({
  id: 'vhd/bitmap-dynamic-partial',
  severity: 'info',
  depth: 'metadata',
  title: 'A partly written block in a dynamic disk',
  spec: DATA_BLOCKS,
  repair: 'safe',
  derivedFrom: WRONG_ENTRIES,
  message: ({ index }) =>
    `the sector bitmap of block ${index} has sectors that are not written, in a dynamic disk`,
  async check(image, tell) {
    if (image.variant === 'dynamic') await findBlocks(image, 'partial', tell);
  },
  explanation: {
    what: 'In a dynamic disk, some bits of the bitmap of a block are 0. That is legal: these sectors read as zeros. Without a batmap the first 8192 stored blocks are looked at.',
    why: 'As long as the sectors hold zeros all readers agree. If they hold anything else the guest sees it with some readers only.',
    how: 'Writers that keep exact bitmaps (Virtual PC, blktap).',
    readers: 'QEMU and VirtualBox take every stored block of a dynamic disk as written.',
    repair: 'All bits are set, once the sectors are known to be zeros.',
  },
});

/** The batmap promises a full block that is not full. */
export const batmapBitmapMismatch: RaisableRule<VhdImage, BitmapData> = defineRule({
  id: 'vhd/batmap-bitmap-mismatch',
  severity: 'warning',
  depth: 'metadata',
  title: 'A block is not as full as the batmap says',
  spec: 'blktap, libvhd: batmap',
  repair: 'safe',
  derivedFrom: [...WRONG_ENTRIES, 'vhd/batmap-checksum', 'vhd/batmap-header'],
  message: ({ index }) => `the batmap says that block ${index} is written in full, its bitmap does not`,
  check: (image, tell) => findBlocks(image, 'notFull', tell),
  explanation: {
    what: 'The bit of a block in the batmap is set, which means that all its sectors are written, but some bits of its sector bitmap are 0.',
    why: 'Readers that trust the batmap take the sectors from the block, others from the parent.',
    how: 'A crash between the two writes, or a tool that does not know the batmap.',
    readers: 'blktap trusts the batmap; all others go by the bitmap, or ignore both (QEMU).',
    repair: 'The bit in the batmap is cleared, so that the bitmap counts.',
  },
});

/** The rules on sector bitmaps. */
export const bitmapRules: readonly RaisableRule<VhdImage, never>[] = [
  bitmapPadding,
  bitmapEmptyBlock,
  bitmapDynamicPartial,
  batmapBitmapMismatch,
];
