import type { Explanations } from '../../../model/rule.ts';
import type { dataFileRules } from './data-file.ts';

/** The rules of `data-file.ts` explained. */
export const dataFileExplanations: Explanations<typeof dataFileRules> = {
  'qcow2/raw-external-without-data-file': {
    what: 'The bit that says the external data file can be read as a raw disk is set, but there is no such file.',
    why: 'It is not certain where guest data are: in this file, or in one that the header no longer names.',
    how: 'A feature bit that was changed by hand, or a damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Clear the bit if the L2 tables point into this file.',
  },
  'qcow2/raw-external-with-backing': {
    what: 'The external data file is said to be a raw disk by itself, and yet there is a backing file.',
    why: 'Read through this image, unallocated clusters come from the backing file; read as a raw disk they come from the data file. The guest sees different disks.',
    how: 'A backing file was set by a program that does not know the bit.',
    readers: 'qemu refuses to create such an image; what it does with one differs by version.',
    repair: 'Find out which of the two is meant, and clear the bit or remove the backing file.',
  },
  'qcow2/data-file-name-missing': {
    what: 'Incompatible feature bit 2 is set, but the extension with the name of the data file is missing.',
    why: 'The guest data are in a file that nothing names, so none can be read.',
    how: 'The image was made for use with a file given by hand, or a program rewrote the header without the extension.',
    readers: 'qemu opens the image only with a data file given by the user.',
    repair: 'Find the file (its size is that of the disk) and set its name (qemu-img amend).',
  },
  'qcow2/data-file-name-unexpected': {
    what: 'The extension with the name of an external data file is there, but the feature bit says that guest data are in this file.',
    why: 'If the bit is right, the name is only left over; if it is wrong, every position in the L2 tables is misread.',
    how: 'A feature bit that was cleared by hand, or a damaged header.',
    readers: 'qemu ignores the name.',
    repair: 'Remove the extension if the L2 tables point into this file.',
  },
  'qcow2/data-file-missing': {
    what: 'The external data file that the image names was looked for and does not exist.',
    why: 'All guest data are in that file; without it there is only the map.',
    how: 'The image was copied or moved without its data file, or names it by a path of another machine.',
    readers: 'qemu refuses to open the image.',
    repair: 'Put the data file where the image names it, or set the right name (qemu-img amend).',
  },
  'qcow2/data-file-not-opened': {
    what: 'The guest data are in a file that was not opened, for the reason that the message gives. Nothing is known of it, and nothing is wrong with that.',
    why: 'The map of the disk was checked, its data were not.',
    how: 'It is a device, is on another machine, or is outside the folder of the image, where files are opened only with --allow-outside.',
    readers: 'qemu opens data files wherever they are.',
    repair: 'Nothing has to be repaired. To have it checked as well, allow it with --allow-outside.',
  },
  'qcow2/data-file-short': {
    what: 'The L2 tables map guest clusters past the end of the external data file.',
    why: 'Guest data there are lost: they read as zeros or fail.',
    how: 'The data file was cut off by a broken copy or a full disk, or it is the wrong file.',
    readers: 'qemu reads zeros; qemu-img check does not look at the length.',
    repair: 'Copy the data file again from its source.',
  },
  'qcow2/data-file-offset-mismatch': {
    what: 'With an external data file each guest cluster is at its own position; an L2 entry says another one.',
    why: 'Reading the cluster fails, and read as a raw disk the file gives other data than through the image.',
    how: 'A damaged entry, or a feature bit that was set on an image with data of its own.',
    readers: 'qemu reports the cluster as corrupt when it is read; qemu-img check does not notice.',
    repair: 'Set the position to that of the guest cluster.',
  },
  'qcow2/data-file-copied': {
    what: 'Bit 63 of an L2 entry should be set on every allocated cluster of an external data file, which is never shared.',
    why: 'Guest data are right; a writer may refuse or copy the cluster needlessly.',
    how: 'A writer that does not know the rule, or a damaged entry.',
    readers: 'qemu reads the cluster; qemu-img check counts an error.',
    repair: 'Set the bit.',
  },
};
