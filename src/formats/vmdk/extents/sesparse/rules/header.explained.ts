import type { Explanations } from '../../../../../model/rule.ts';
import type { headerRules } from './header.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const headerExplanations: Explanations<typeof headerRules> = {
  'sesparse/const-magic': {
    what: 'A seSparse extent begins with 0xcafebabe as a 64-bit number; this one does not, though other marks of it are there.',
    why: 'Readers do not recognise the snapshot, and what the guest wrote since it was taken cannot be read.',
    how: 'The first sector was overwritten.',
    readers: 'QEMU refuses it.',
    repair: 'If the rest of the header is sound the eight bytes can be written back.',
  },
  'sesparse/area-out-of-file': {
    what: 'The constant header places an area outside the file. Only the area of grains may be cut short: it grows with the data.',
    why: "Without directory and tables the guest's data cannot be found; without bitmap, backmap or journal ESXi cannot write to the disk.",
    how: 'A file that was cut off, or a damaged header.',
    readers: 'QEMU reads zeros for what is missing and reports no error.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/version': {
    what: 'The version is not 2.1 (0x200000001), the only one that was ever seen.',
    why: 'What the fields mean is not known for another one.',
    how: 'A damaged header, or a version of ESXi that is not documented.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/grain-size': {
    what: 'The grain size is not 8 sectors. vSphere has a setting for others, but no such file is known.',
    why: 'How entries are to be read with another size is not known for certain, so nothing is read.',
    how: 'A damaged header.',
    readers: 'QEMU refuses it; others assume 8 without looking.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/grain-table-size': {
    what: 'The size of a grain table is not 64 sectors, the only one that was ever seen.',
    why: 'Which table answers for which part of the disk is computed from it.',
    how: 'A damaged header.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/flags': {
    what: 'The flags are not 0; what their bits mean was never published.',
    why: 'The extent may use something that readers do not know.',
    how: 'A damaged header, or a version of ESXi that is not documented.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/reserved-nonzero': {
    what: 'Reserved fields, or the bytes after the last field, are not zero.',
    why: "The guest's data is probably as usual; what the bytes mean is not known.",
    how: 'A damaged header, or a version of ESXi that is not documented.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/capacity-zero': {
    what: 'The capacity is 0, or 64 TiB or more, the limit of disks on ESXi.',
    why: 'The guest sees no disk, or one that its tables cannot describe.',
    how: 'A damaged header.',
    readers: 'No test of QEMU is about it; a disk that is larger than the system can address is refused.',
    repair: 'The extent line of the descriptor has the size.',
  },
  'sesparse/grains-too-small': {
    what: 'The sectors that the header sets aside for grains are fewer than the capacity.',
    why: 'When the guest has written to all of its disk, there is no room left.',
    how: 'A damaged header; in known files both are equal.',
    readers: 'QEMU does not check it.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/volatile-magic': {
    what: 'Where the constant header places the volatile one, the first eight bytes are not 0xcafecafe.',
    why: 'Whether the tables are up to date, or a journal must be replayed, is not known.',
    how: 'A damaged sector, or a damaged offset in the constant header.',
    readers: 'QEMU refuses it.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/volatile-pad-nonzero': {
    what: 'The bytes after the last known field of the volatile header are not zero.',
    why: "The guest's data is probably as usual; what the bytes mean is not known.",
    how: 'A damaged header, or a version of ESXi that is not documented.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/replay-journal': {
    what: 'The volatile header says that the journal contains changes that are not in the tables yet.',
    why: 'What the guest wrote last is missing from the tables, or they are half changed.',
    how: 'A host that crashed, or a copy made while the machine was running.',
    readers: 'QEMU refuses it; Xen Orchestra does not look at it and reads stale tables.',
    repair: 'Open the disk on ESXi once; the layout of the journal is not published.',
  },
};
