import type { Explanations } from '../../../model/rule.ts';
import type { l2EntryRules } from './l2-entries.ts';

/** The rules of `l2-entries.ts` explained. */
export const l2EntryExplanations: Explanations<typeof l2EntryRules> = {
  'qcow2/l2-entry-reserved': {
    what: 'Bits 1 to 8 or 56 to 61 of an L2 entry are set; they are reserved and zero.',
    why: 'The entry was not written like this, so the position of the guest cluster cannot be trusted either.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu ignores the bits when it reads; qemu-img check counts an error.',
    repair: 'Clear the bits if the position is plausible.',
  },
  'qcow2/l2-zero-bit-v2': {
    what: 'Bit 0 of an L2 entry means "reads as zeros" from version 3 on; in version 2 it is reserved.',
    why: 'It is not known whether the cluster is data or zeros; reading it fails.',
    how: 'A version field that was changed back by hand, or a damaged entry.',
    readers: 'qemu reports the cluster as corrupt when it is read; qemu-img check passes it.',
    repair: 'Set the version to 3 if the image was one, or clear the bit.',
  },
  'qcow2/l2-zero-bit-extended': {
    what: 'Extended L2 entries say in their bitmap what reads as zeros; bit 0 of the first word is reserved.',
    why: 'Readers that honour the bit see zeros, others see the data.',
    how: 'A writer that mixed up the two kinds of entries, or a damaged entry.',
    readers: 'qemu ignores the bit, and qemu-img check does not report it.',
    repair: 'Clear the bit.',
  },
  'qcow2/l2-entry-unaligned': {
    what: 'An L2 entry points into the middle of a cluster.',
    why: 'The guest cluster cannot be read.',
    how: 'A fault of memory or storage, an overwritten table, or a wrong cluster size in the header.',
    readers:
      'qemu fails to read the cluster and marks the image corrupt on writing; qemu-img check counts an error.',
    repair: 'Restore the guest cluster from a backup; qemu-img check -r all replaces it with zeros.',
  },
  'qcow2/l2-entry-out-of-file': {
    what: 'An L2 entry points at or past the end of the file. (The last cluster may be cut; its missing bytes are zeros.)',
    why: 'The data of this guest cluster are lost; they read as zeros, without an error.',
    how: 'A file that was cut off by a broken copy, a download or a full disk, or a damaged entry.',
    readers: 'qemu reads zeros; qemu-img check counts an error where a whole cluster is missing.',
    repair: 'Copy the image again from its source; clearing the entry makes the loss final.',
  },
  'qcow2/l2-entry-in-metadata': {
    what: 'An L2 entry points at a cluster that contains the header, a table, reference counts or another structure.',
    why: 'The guest reads tables as its data, and a write of the guest destroys the image. A hostile guest gains control over the tables.',
    how: 'Reference counts that were too low, so that the cluster was given out again; a damaged entry; or an attack.',
    readers:
      'qemu stops writing when it notices, and marks the image corrupt; qemu-img check sees a wrong reference count.',
    repair:
      'Do not run a guest from the image. Clear the entry, and restore the guest cluster from a backup.',
  },
  'qcow2/l2-entry-duplicate': {
    what: 'The same host cluster is in two L2 entries of the active disk.',
    why: 'Two places of the disk show the same data; at least one of them is wrong, and a write to one changes the other.',
    how: 'Reference counts that were too low, so that the cluster was given out again, often after a crash or two programs writing at once.',
    readers:
      'qemu reads both places from the cluster; qemu-img check sees only that the reference count is wrong, if it is.',
    repair: 'Find out by content whose data they are, and restore the other guest cluster from a backup.',
  },
  'qcow2/l2-copied-mismatch': {
    what: 'Bit 63 of an active L2 entry is set exactly where the reference count of its host cluster is 1.',
    why: 'Set wrongly, a write changes a cluster that a snapshot uses too, and damages the snapshot without a sign. Clear wrongly, it only costs a copy.',
    how: 'A crash between the two writes, or a wrong reference count.',
    readers: 'qemu trusts the flag when it writes; qemu-img check counts an error.',
    repair: 'Set the flag according to the reference count, once that is right.',
  },
  'qcow2/l2-copied-without-offset': {
    what: 'Bit 63 is set in an L2 entry whose position is 0. Only an external data file has guest data at position 0.',
    why: 'The guest cluster reads as unallocated; an entry like this may be what is left of one that was damaged.',
    how: 'A damaged entry, or an image whose data file was merged by hand.',
    readers: 'qemu takes the cluster as unallocated; qemu-img check does not mention it.',
    repair: 'Clear the bit, after a look at whether a leaked cluster belongs here.',
  },
  'qcow2/l2-beyond-size': {
    what: 'The active tables map clusters past the end of the guest disk.',
    why: 'The guest cannot see them. They contain the saved state of a virtual machine, or are left over from a larger disk.',
    how: 'A snapshot with machine state was loaded, or the disk was made smaller by a program that left them.',
    readers: 'All readers ignore them; they count as used.',
    repair: 'None is needed; qemu frees them when a snapshot is loaded or the disk is resized.',
  },
  'qcow2/l2-unallocated-table': {
    what: 'All entries of an L2 table are zero.',
    why: 'Nothing is wrong; the table only takes up a cluster.',
    how: 'The guest discarded all data of that region, or the writer makes all tables in advance.',
    readers: 'All readers accept it.',
    repair: 'None is needed; converting the image frees the table.',
  },
};
