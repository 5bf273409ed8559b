import type { Explanations } from '../../../../../model/rule.ts';
import type { headerRules } from './header.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const headerExplanations: Explanations<typeof headerRules> = {
  'vmdk3/magic': {
    what: 'A copy-on-write extent of ESX begins with the letters COWD; this one does not, though other marks of it are there.',
    why: 'Readers do not recognise the snapshot, and what the guest wrote since it was taken cannot be read.',
    how: 'The first sector was overwritten.',
    readers: 'All readers refuse it.',
    repair: 'If the rest of the header is sound the four bytes can be written back.',
  },
  'vmdk3/header-truncated': {
    what: 'The header of a COWD extent has 2048 bytes, and the file ends before them.',
    why: 'Neither the size of the disk nor the place of its tables is known.',
    how: 'A copy that broke off at once.',
    readers: 'QEMU needs the first fields only, and opens a file that has them.',
    repair: 'Restore the file from its source.',
  },
  'vmdk3/version': {
    what: 'The version is not 1, the only one there is.',
    why: 'What the fields mean is not known for another one.',
    how: 'A damaged header.',
    readers: 'QEMU pays no attention to it.',
    repair: 'Restore the file from its source.',
  },
  'vmdk3/flags': {
    what: 'The flags are not 3, the only value that is documented.',
    why: "The guest's data is probably as usual; what another value means is not known.",
    how: 'A damaged header, or a version of ESX that is not documented.',
    readers: 'QEMU pays no attention to it.',
    repair: 'Nothing can be done without knowing what the value means.',
  },
  'vmdk3/capacity-zero': {
    what: 'numSectors is 0.',
    why: 'The guest sees no disk.',
    how: 'A damaged header.',
    readers: 'QEMU opens it as an empty extent.',
    repair: 'The extent line of the descriptor has the size.',
  },
  'vmdk3/grain-size-invalid': {
    what: 'The grain size is 0 or not a power of two. ESX uses 1 sector, and more than 128 is not known.',
    why: "Every position on the guest's disk is computed from it.",
    how: 'A damaged header.',
    readers: 'A grain size of 0 ends QEMU with a division by zero.',
    repair: 'Restore the header; 1 is the usual value.',
  },
  'vmdk3/gd-offset-invalid': {
    what: 'The grain directory would be inside the header or outside the file. It begins at sector 4 in all known files.',
    why: 'Without it no grain is found, and the snapshot looks empty.',
    how: 'A damaged header, or a file that was cut off.',
    readers: 'QEMU reads what is there, or zeros.',
    repair: 'If a directory is at sector 4 write that number.',
  },
  'vmdk3/gd-entries-mismatch': {
    what: 'The directory needs an entry for every 4096 grains of the disk, and the header gives it another number.',
    why: 'With fewer entries the end of the disk cannot be reached.',
    how: 'A damaged header, or a disk that was made larger by hand.',
    readers: 'QEMU fails for what is after the last entry.',
    repair: 'Write the number that the capacity asks for, if the directory has the room.',
  },
  'vmdk3/unclean-shutdown': {
    what: 'The header says that the extent is open for writing, or it was when its user died.',
    why: 'Tables may be after the data, so that what the guest wrote last may be missing.',
    how: 'A host that crashed, or a copy made while the machine was running.',
    readers: 'QEMU pays no attention to it; ESX checks the tables.',
    repair: 'Make sure that no program uses the disk, check its tables, and clear the field.',
  },
  'vmdk3/parent-name-mismatch': {
    what: "The header of a COWD extent has room for the parent's name. It is mostly empty; here it is not what the descriptor says.",
    why: "Readers go by the descriptor, so the guest's data is not concerned.",
    how: 'A disk that was renamed or moved.',
    readers: 'QEMU and ESX use the descriptor.',
    repair: 'Clear the name in the header.',
  },
  'vmdk3/no-parent': {
    what: 'ESX uses COWD extents for snapshots alone; the descriptor of this one says that there is no disk below it.',
    why: 'Everything that was not written since the snapshot reads as zeros.',
    how: 'A descriptor that was made anew after the old one was lost.',
    readers: 'All readers show zeros.',
    repair: 'Find the parent and write its content id and name into the descriptor.',
  },
  'vmdk3/gd-padding-nonzero': {
    what: "What is left of the directory's last sector after its last entry should be zeros.",
    why: 'The guest never sees it.',
    how: 'A writer that did not clear its buffer, or entries of a disk that was larger.',
    readers: 'All readers ignore it.',
    repair: 'Write zeros.',
  },
};
