import type { Explanations } from '../../../../../model/rule.ts';
import type { spaceRules } from './space.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const spaceExplanations: Explanations<typeof spaceRules> = {
  'sesparse/free-gt-number': {
    what: 'free_gt_number is believed to be the number of the table that will be handed out next; tables of that number or above are in use, or there is no such table.',
    why: 'If that is what it means, the next table that is handed out overwrites one in use, and with it 16 MiB of the disk.',
    how: 'A crash whose journal was not replayed, or a damaged header.',
    readers: 'Readers ignore it.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/txn-seq': {
    what: 'next_txn_seq_number is 0, as in a fresh snapshot, and grain tables are in use.',
    why: 'Nothing is wrong with the data by this alone; what the number means is inferred.',
    how: 'A header that was set back, or a file put together from two.',
    readers: 'Readers ignore it.',
    repair: 'Nothing needs to be done.',
  },
  'sesparse/gde-beyond-capacity': {
    what: 'Entries of the grain directory after the last one that the disk needs are not 0.',
    why: 'The guest cannot reach them; their tables and grains only take space.',
    how: 'A capacity that was changed, or a damaged directory.',
    readers: 'Readers ignore them.',
    repair: "Nothing needs to be done for the guest's data.",
  },
  'sesparse/gte-unmapped-semantics': {
    what: 'Some grains were given up by the guest (kind 1), and the disk has a parent.',
    why: 'Whether such a grain shows zeros or the parent is not documented. The guest does not rely on it, but converted disks may differ.',
    how: 'A guest that tells its disk what it no longer needs (TRIM, UNMAP).',
    readers: 'QEMU and Xen Orchestra show zeros, dissect the parent; vdcheck shows zeros.',
    repair: 'Nothing needs to be done.',
  },
  'sesparse/slot-unreferenced': {
    what: 'Between slots in use there are some that no table entry names, not even as given up. Slots after the last one in use were never handed out and do not count.',
    why: 'The guest loses nothing by it now; the space is only reclaimed by ESXi.',
    how: 'A crash, or entries that were lost.',
    readers: 'Readers ignore them.',
    repair: 'ESXi reclaims them; merging the snapshot drops them.',
  },
  'sesparse/no-parent': {
    what: 'ESXi uses seSparse extents for snapshots alone; the descriptor of this one says that there is no disk below it.',
    why: 'Everything that was not written since the snapshot reads as zeros.',
    how: 'A descriptor that was made anew after the old one was lost.',
    readers: 'All readers show zeros.',
    repair: 'Find the parent and write its content id and name into the descriptor.',
  },
};
