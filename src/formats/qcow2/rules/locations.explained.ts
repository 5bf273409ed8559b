import type { Explanations } from '../../../model/rule.ts';
import type { locationRules } from './locations.ts';

/** The rules of `locations.ts` explained. */
export const locationExplanations: Explanations<typeof locationRules> = {
  'qcow2/l1-unaligned': {
    what: 'The position of the active L1 table is no multiple of the cluster size, or it is 0 although the table has entries.',
    why: 'Without the L1 table no guest data can be found.',
    how: 'A damaged header.',
    readers: 'Most of these images are refused by qemu.',
    repair: 'Find the table (it is the cluster whose entries point at L2 tables) and correct the header.',
  },
  'qcow2/l1-out-of-file': {
    what: 'The active L1 table begins at or past the end of the file, or runs past it. (A file may end inside its last cluster; the missing bytes are zeros.)',
    why: 'Guest data that the missing entries point to cannot be found; they read as zeros, without an error.',
    how: 'A file that was cut off by a broken copy or download, or a damaged header.',
    readers: 'qemu opens the image and reads zeros; qemu-img check counts an error.',
    repair: 'Copy the image again from its source.',
  },
  'qcow2/l1-too-small': {
    what: 'The L1 table has fewer entries than the disk needs with this cluster size.',
    why: 'The end of the disk has no place in the tables: nothing can be read or written there.',
    how: 'A resize that changed the size and not the table, or a damaged size or l1_size field.',
    readers: 'qemu refuses to open the image.',
    repair: 'Find out which of the two figures is right; the partition table of the guest tells the size.',
  },
  'qcow2/l1-excess': {
    what: 'The L1 table has more entries than the disk needs.',
    why: 'Nothing is wrong: the saved state of a virtual machine is stored past the end of the disk.',
    how: 'Snapshots with machine state, or a disk that was made smaller.',
    readers: 'All readers accept it.',
    repair: 'None is needed.',
  },
  'qcow2/l1-too-large': {
    what: 'The L1 table would be larger than 32 MiB.',
    why: 'No disk needs such a table; a reader that believes the figure runs out of memory. Only the first 32 MiB are looked at.',
    how: 'A damaged header, or an image made to exhaust a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Work out l1_size from the size of the disk and set it.',
  },
  'qcow2/reftable-missing': {
    what: 'The position or the size of the refcount table is 0.',
    why: 'Guest data can be read, but no cluster can be allocated safely, since it is not known which are free.',
    how: 'A damaged header.',
    readers: 'qemu opens the image for reading; qemu-img check reports every cluster.',
    repair: 'Rebuild the reference counts from the tables (qemu-img check -r all).',
  },
  'qcow2/reftable-unaligned': {
    what: 'The position of the refcount table is no multiple of the cluster size.',
    why: 'The reference counts cannot be found; guest data can.',
    how: 'A damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Rebuild the reference counts from the tables after setting a position that is aligned.',
  },
  'qcow2/reftable-out-of-file': {
    what: 'The refcount table is past the end of the file, or runs past it.',
    why: 'The reference counts are lost: a writer would take clusters that are in use for free ones. Guest data can be read.',
    how: 'A file that was cut off by a broken copy or download, or a damaged header.',
    readers: 'qemu opens the image; qemu-img check counts errors.',
    repair: 'Copy the image again; if its data are complete, rebuild the reference counts.',
  },
  'qcow2/reftable-too-large': {
    what: 'The refcount table would be larger than 8 MiB.',
    why: 'A reader that believes the figure runs out of memory. Only the first 8 MiB are looked at.',
    how: 'A damaged header, or an image made to exhaust a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Rebuild the reference counts from the tables.',
  },
  'qcow2/metadata-overlap': {
    what: 'Two of header, L1 and L2 tables, refcount table and blocks, snapshot table, bitmaps and encryption header are in the same cluster.',
    why: 'At most one of the two is intact; each write to one of them damages the other.',
    how: 'Reference counts that were too low, so that a cluster in use was given out again; or a damaged pointer.',
    readers: 'qemu-img check sees it as a wrong reference count; readers use the bytes for both.',
    repair: 'Look at the cluster to see whose it is, then restore the other structure from a copy.',
  },
};
