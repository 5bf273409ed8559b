import type { Explanations } from '../../../model/rule.ts';
import type { batmapRules } from './batmap.ts';

export const batmapExplanations: Explanations<typeof batmapRules> = {
  'vhd/batmap-cookie': {
    what: 'blktap from version 1.2 on puts a batmap right after the block allocation table; here none begins there.',
    why: 'Guest data are not affected, but blktap refuses the disk.',
    how: 'A tool that does not know the batmap: QEMU puts its first new block in this place.',
    readers: 'vhd-util calls the disk invalid; all other readers do not know the batmap.',
    repair: 'The batmap is built again from the sector bitmaps, if its place is free.',
  },
  'vhd/batmap-header': {
    what: 'Version, place or size of the batmap are impossible, or it is too small for the table.',
    why: 'blktap refuses the disk; with a map from a wrong place it would take sectors from the wrong layer.',
    how: 'A damaged sector, or a resize that was not finished.',
    readers: 'vhd-util refuses the file; all others do not know the batmap.',
    repair: 'The batmap is built again from the sector bitmaps.',
  },
  'vhd/batmap-checksum': {
    what: 'The sum of the bytes of the map is not the one in its header.',
    why: 'At least one bit is wrong: blktap would take a block as written in full that is not, and show old data.',
    how: 'A damaged sector, a crash while the map was written, or a tool that changed it.',
    readers: 'vhd-util refuses the file; all others do not know the batmap.',
    repair: 'The batmap is built again from the sector bitmaps.',
  },
  'vhd/batmap-unallocated-full': {
    what: 'The bit of a block in the batmap is set, but the block has no place in the file.',
    why: 'Either the map is wrong or the table lost an entry, and with it 2 MiB of guest data.',
    how: 'A crash while a block was allocated or given back, or a damaged table.',
    readers: 'blktap reads garbage instead of asking the parent; all others do not know the batmap.',
    repair: 'The bit is cleared, if the entry is known to be right.',
  },
};
