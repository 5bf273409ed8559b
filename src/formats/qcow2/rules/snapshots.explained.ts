import type { Explanations } from '../../../model/rule.ts';
import type { snapshotRules } from './snapshots.ts';

/** The rules of `snapshots.ts` explained. */
export const snapshotExplanations: Explanations<ReturnType<typeof snapshotRules>> = {
  'qcow2/snapshot-table-bounds': {
    what: 'The snapshot table does not begin at a cluster, is not in the file, has an entry that runs past it, or is larger than qemu takes (65536 entries, 64 MiB).',
    why: 'The internal snapshots cannot be found. The current state of the disk can still be read.',
    how: 'A damaged header, a file that was cut off, or an image made to exhaust a reader.',
    readers: 'Most of these images are refused by qemu.',
    repair: 'Copy the image again; or set the number of snapshots to 0, which gives them up.',
  },
  'qcow2/snapshot-l1-bounds': {
    what: "A snapshot's L1 table does not begin at a cluster, is not in the file, or is larger than 32 MiB.",
    why: 'The snapshot cannot be read. The current state of the disk can.',
    how: 'A damaged snapshot table, or a file that was cut off.',
    readers: 'qemu opens the image but not the snapshot; qemu-img check counts an error.',
    repair: 'Copy the image again; or delete the snapshot.',
  },
  'qcow2/snapshot-extra-size': {
    what: 'Version 3 demands at least 16 bytes of extra data for each snapshot (sizes of machine state and disk); more than 1024 no reader takes.',
    why: 'Without them the size of the disk in the snapshot is not known, and large machine states are cut.',
    how: 'An image of version 2 whose version was raised by hand, or a damaged table.',
    readers:
      'qemu-img check counts an error for too short ones and can repair it; qemu refuses too long ones.',
    repair: 'Rewrite the snapshot table with the current disk size (qemu-img check -r all).',
  },
  'qcow2/snapshot-id': {
    what: 'The id of a snapshot is empty, repeats that of another, or contains a zero byte. (A repeated name is only an info.)',
    why: 'Commands that take an id work on the wrong snapshot, or find none.',
    how: 'A writer other than qemu, or a damaged snapshot table.',
    readers: 'qemu takes the first snapshot that fits; qemu-img check does not look at ids.',
    repair: 'Rewrite the table with new ids.',
  },
  'qcow2/snapshot-disk-size': {
    what: 'The disk size in a snapshot is 0, no multiple of 512, or more than its L1 table covers.',
    why: 'Going back to the snapshot would change the size of the disk, or fail.',
    how: 'A damaged snapshot table, or a writer that did not fill in the field.',
    readers:
      'qemu resizes the disk when it goes back to such a snapshot; qemu-img check does not look at it.',
    repair: 'Set the size that the disk had.',
  },
  'qcow2/snapshot-date': {
    what: 'The date of a snapshot has a fraction of a second of 10^9 nanoseconds or more, or is in the future.',
    why: 'Data are not affected; tools that sort or expire snapshots by date are misled.',
    how: 'A wrong clock when the snapshot was taken, or a damaged table.',
    readers: 'qemu shows the date as it is.',
    repair: 'None is needed.',
  },
  'qcow2/snapshot-vmstate': {
    what: 'The 64-bit and the 32-bit size of the saved machine state disagree, or the snapshot has too few L1 entries for the state after its disk.',
    why: 'The disk of the snapshot can be read; the machine cannot be resumed from it, or not by every reader.',
    how: 'A damaged snapshot table, or a writer that filled in one of the two fields only.',
    readers: 'qemu uses the 64-bit size where it is present.',
    repair: 'None; take the disk of the snapshot without the machine state.',
  },
  'qcow2/snapshot-entry-errors': {
    what: 'An L1 or L2 entry that belongs to an internal snapshot breaks a rule that also applies to the active tables: reserved bits, misaligned, outside the file, in the metadata.',
    why: 'Data of the snapshot are lost. The current state of the disk is not affected unless another finding says so.',
    how: 'As for the active tables: a fault of memory or storage, a file that was cut off, or reference counts that were too low.',
    readers: 'qemu fails when the snapshot is used; qemu-img check counts an error.',
    repair: 'Restore the image, or delete the snapshot.',
  },
  'qcow2/snapshot-with-data-file': {
    what: 'Guest data are in an external file, and there are internal snapshots.',
    why: 'A snapshot keeps old clusters beside new ones, which a file with every cluster at its own position cannot; the snapshots are wrong.',
    how: 'A feature bit that was set by hand, or a damaged header.',
    readers: 'qemu refuses to use the snapshots, some versions the image.',
    repair: 'Delete the snapshots if the data file is the right one.',
  },
};
