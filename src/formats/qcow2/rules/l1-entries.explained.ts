import type { Explanations } from '../../../model/rule.ts';
import type { l1EntryRules } from './l1-entries.ts';

/** The rules of `l1-entries.ts` explained. */
export const l1EntryExplanations: Explanations<typeof l1EntryRules> = {
  'qcow2/l1-entry-reserved': {
    what: 'Bits 0 to 8 or 56 to 62 of an L1 entry are set; they are reserved and zero.',
    why: 'The entry was not written like this, so its other bits cannot be trusted either: a whole L2 table of guest data depends on it.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu ignores the bits when it reads; qemu-img check counts an error.',
    repair: 'Clear the bits if the position is that of an L2 table.',
  },
  'qcow2/l1-entry-unaligned': {
    what: 'An L1 entry points into the middle of a cluster.',
    why: 'The L2 table cannot be read, so all guest data that it maps are out of reach.',
    how: 'A fault of memory or storage, or an overwritten L1 table.',
    readers: 'qemu fails every read in that range and marks the image corrupt on writing.',
    repair:
      'Look for the L2 table that nothing points at (it is among the leaked clusters) and restore the entry.',
  },
  'qcow2/l1-entry-out-of-file': {
    what: 'An L1 entry points at or past the end of the file.',
    why: 'All guest data that the L2 table maps are lost; they read as zeros, without an error.',
    how: 'A file that was cut off by a broken copy or download, or a damaged entry.',
    readers: 'qemu reads zeros; qemu-img check counts an error.',
    repair: 'Copy the image again from its source; clearing the entry makes the loss final.',
  },
  'qcow2/l1-entry-duplicate': {
    what: 'The same L2 table is in two entries of one L1 table.',
    why: 'Two regions of the disk show the same data, and a write to one changes the other.',
    how: 'Reference counts that were too low, so that the cluster of a table was given out again; or a damaged L1 table.',
    readers: 'qemu reads both regions from the same table; qemu-img check sees a wrong reference count.',
    repair: 'Restore the image; which of the two regions the data belong to, only their content tells.',
  },
  'qcow2/l1-copied-mismatch': {
    what: 'Bit 63 of an active L1 entry is set exactly where the reference count of its L2 table is 1.',
    why: 'Set wrongly, a write changes a table that a snapshot uses too, and damages the snapshot without a sign. Clear wrongly, it only costs a copy.',
    how: 'A crash between the two writes, or a wrong reference count.',
    readers: 'qemu trusts the flag when it writes; qemu-img check counts an error.',
    repair: 'Set the flag according to the reference count, once that is right.',
  },
};
