import type { Explanations } from '../../../model/rule.ts';
import type { bitmapRules } from './bitmaps.ts';

export const bitmapExplanations: Explanations<typeof bitmapRules> = {
  'vhd/bitmap-padding': {
    what: 'Blocks below 2 MiB have fewer sectors than their bitmap has bits; the bits left over should be 0, but some are set.',
    why: 'Guest data are not affected.',
    how: 'A writer that fills the whole bitmap with ones.',
    readers: 'Readers do not look at these bits.',
    repair: 'The bits are cleared.',
  },
  'vhd/bitmap-empty-block': {
    what: 'A block takes up its place in the file, but all bits of its sector bitmap are 0.',
    why: 'By the specification nothing of it is used: a dynamic disk reads zeros, a differencing one the data of its parent. If the bitmap was lost, data are hidden.',
    how: 'A crash after the block was allocated and before the first write, or a bitmap that was overwritten with zeros.',
    readers: 'QEMU ignores bitmaps and shows what the block contains.',
    repair: 'If the block contains zeros only it can be given back.',
  },
  'vhd/bitmap-dynamic-partial': {
    what: 'In a dynamic disk, some bits of the bitmap of a block are 0. That is legal: these sectors read as zeros. Without a batmap the first 8192 stored blocks are looked at.',
    why: 'As long as the sectors contain zeros all readers agree. If they contain anything else the guest sees it with some readers only.',
    how: 'Writers that keep exact bitmaps (Virtual PC, blktap).',
    readers: 'QEMU and VirtualBox take every stored block of a dynamic disk as written.',
    repair: 'All bits are set, once the sectors are known to be zeros.',
  },
  'vhd/batmap-bitmap-mismatch': {
    what: 'The bit of a block in the batmap is set, which means that all its sectors are written, but some bits of its sector bitmap are 0.',
    why: 'Readers that trust the batmap take the sectors from the block, others from the parent.',
    how: 'A crash between the two writes, or a tool that does not know the batmap.',
    readers: 'blktap trusts the batmap; all others go by the bitmap, or ignore both (QEMU).',
    repair: 'The bit in the batmap is cleared, so that the bitmap counts.',
  },
};
