import type { Explanations } from '../../../model/rule.ts';
import type { chainRules } from './chain.ts';

/** The same explained. */
export const chainExplanations: Explanations<typeof chainRules> = {
  'vmdk/parent-capacity-mismatch': {
    what: 'A snapshot and the disk below it have the same number of sectors; these do not.',
    why: 'The parent was resized or is another disk. Part of it is out of reach, or part of this disk has nothing below it.',
    how: 'A disk was made larger while it had snapshots.',
    readers: 'VMware refuses it; QEMU shows zeros after the end of the parent.',
    repair: 'Bring the parent back to its old size, or restore it.',
  },
  'vmdk/parent-chain-depth': {
    what: 'More disks are below this one than VMware supports.',
    why: 'Nothing is wrong with the data; each read may have to ask every level.',
    how: 'Snapshots of a backup product that were never merged.',
    readers: 'vSphere refuses to take further snapshots; QEMU has no limit.',
    repair: 'Merge snapshots.',
  },
  'vmdk/parent-cid-mismatch': {
    what: 'The content id that the snapshot remembers of its parent is not the one that the parent has now.',
    why: 'The parent was written to after the snapshot, or is another disk: old and new data are mixed, and file systems break.',
    how: 'The parent was started by itself, resized or replaced; or the snapshot was put over another disk.',
    readers: 'QEMU opens the disk and fails as soon as data of the parent is read; VMware refuses it.',
    repair: 'Restore the parent. Only if it is certain that it was not changed may parentCID be corrected.',
  },
  'vmdk/parent-cycle': {
    what: 'Following the parents one comes back to a file that is already part of the chain.',
    why: 'There is no lowest disk, so what was not written since the snapshots cannot be known.',
    how: 'A name that was not changed after copying a descriptor, or a file made to trap readers.',
    readers: 'QEMU hangs.',
    repair: 'Write the name of the right parent.',
  },
  'vmdk/parent-flat-child': {
    what: 'The descriptor names a parent, and the extents are FLAT or VMFS, which store every sector.',
    why: 'The parent is never asked. If the extents contain differences only, the guest sees zeros for the rest.',
    how: 'A descriptor of a snapshot put over the extents of its base, or a tool that forgot to reset the id.',
    readers: 'QEMU opens the parent and never reads it; VMware refuses it.',
    repair: 'Write parentCID=ffffffff if the extents are complete.',
  },
  'vmdk/parent-missing': {
    what: 'The disk is a snapshot, and the file that it names as its parent was looked for and does not exist, or is no disk that can be read.',
    why: 'Everything that was not written since the snapshot is unavailable.',
    how: 'The snapshot was copied without the disk below it, or that one was renamed or moved.',
    readers: 'QEMU refuses the disk; tools that do not follow parents show zeros.',
    repair: 'Put the parent beside the snapshot, or correct parentFileNameHint.',
  },
  'vmdk/parent-not-opened': {
    what: 'The disk is a snapshot of a parent that was not opened, for the reason that the message gives. Nothing is known of it, and nothing is wrong with that.',
    why: 'What was not written since the snapshot comes from the parent; that part of the disk was not checked.',
    how: 'The parent is outside the folder of the snapshot, where files are opened only with --allow-outside, or is no file: a device, or an object of a datastore.',
    readers: 'QEMU opens parents wherever they are.',
    repair: 'Nothing has to be repaired. To have it checked as well, allow it with --allow-outside.',
  },
  'vmdk/parent-found-elsewhere': {
    what: 'There is no file of the name that parentFileNameHint has; one of that last part of the name, or with its backslashes read as folders, was taken.',
    why: 'Readers that take the name by its letters do not find the parent.',
    how: 'The disk was moved together with its parent, or comes from Windows.',
    readers: 'QEMU looks for the name as it is written, relative to the folder of the snapshot.',
    repair: 'Write the name of the parent beside the snapshot into parentFileNameHint.',
  },
  'vmdk/parent-not-vmdk': {
    what: 'The file that is named as parent is of another format.',
    why: 'It has no content id, so it is unknown whether it is the disk that the snapshot was taken of.',
    how: 'The parent was converted, or the name is that of another file.',
    readers: 'QEMU fails as soon as data of the parent is read.',
    repair: 'Convert the parent back to VMDK with the content id that the snapshot remembers.',
  },
};
