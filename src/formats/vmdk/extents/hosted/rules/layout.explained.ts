import type { Explanations } from '../../../../../model/rule.ts';
import type { layoutRules } from './layout.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const layoutExplanations: Explanations<typeof layoutRules> = {
  'vmdk4/capacity-zero': {
    what: 'capacity is 0. That is only right in a header that carries the text descriptor of a flat disk, and this one carries none.',
    why: 'The guest sees a disk without any sector, or no disk.',
    how: 'A damaged header, or a writer that stopped before it filled the header in.',
    readers: 'Where the text inside is sound QEMU shows an empty disk.',
    repair: 'The descriptor, if there is one, has the size in its extent line.',
  },
  'vmdk4/capacity-overflow': {
    what: 'Tables contain 32-bit sector numbers, so an uncompressed extent has at most 2^32 sectors, and no disk has 2^63 bytes.',
    why: 'Part of the disk cannot have a place in the file, and computing with such a number goes wrong in careless readers.',
    how: 'A damaged header, or a file made to crash readers.',
    readers: 'QEMU refuses some of these with "L1 size too big"; others run out of memory.',
    repair: 'Restore the header; the descriptor has the size in its extent line.',
  },
  'vmdk4/capacity-not-grain-multiple': {
    what: 'The documents ask for a capacity that is a multiple of the grain size; this one is not.',
    why: 'The guest sees the size that the header gives. What is stored after it in the last grain is invisible.',
    how: 'QEMU and Xen Orchestra write whatever size they are asked for.',
    readers: 'All readers accept it; they differ in how long the last compressed grain must be.',
    repair: 'Nothing needs to be done.',
  },
  'vmdk4/grain-size-invalid': {
    what: 'A grain has a power of two of sectors, 8 at least and 2097152 at most; 128 (64 KiB) is what all writers use.',
    why: "Every position on the guest's disk is computed from it: with a wrong one all data is in the wrong place.",
    how: 'A damaged header; other valid sizes come from tools that experiment.',
    readers:
      'libvmdk, VirtualBox and open-vmdk refuse invalid sizes; open-vmdk refuses those above 128, too.',
    repair: 'Restore the header from a copy, for one the footer of a streamOptimized extent.',
  },
  'vmdk4/gtes-per-gt-invalid': {
    what: 'A grain table has 512 entries. Smaller powers of two are possible by the layout; anything else is damage.',
    why: 'Which table answers for which part of the disk is computed from it: with a wrong one all data is in the wrong place.',
    how: 'A damaged header.',
    readers: 'QEMU refuses more than 512, libvmdk everything but 512, VirtualBox less than 128.',
    repair: 'Write 512 if the distance between grain tables is four sectors.',
  },
  'vmdk4/descriptor-bounds': {
    what: 'descriptorOffset names a place for the text descriptor that has no size, is larger than 10 MiB, or is not inside the file after the header.',
    why: 'Without its descriptor the disk has no identity and no link to its parent; readers refuse it.',
    how: 'A file that was cut off, or a damaged header.',
    readers: 'VirtualBox and libvmdk refuse it; QEMU reads what is there.',
    repair: 'A new descriptor can be made from the header; the content id and the link to a parent are lost.',
  },
  'vmdk4/gd-offset-missing': {
    what: "gdOffset is 0, so no table points to the guest's data.",
    why: 'The disk looks empty or cannot be opened, while its data may all be there.',
    how: 'A damaged header, or a writer that stopped before it wrote the directory.',
    readers: 'QEMU reads the header itself as a directory; others refuse it.',
    repair: 'Use the redundant directory, if the header names one; its tables contain the same entries.',
  },
  'vmdk4/gd-out-of-file': {
    what: 'The sectors that the grain directory takes, by its offset and the capacity, are not all inside the file.',
    why: 'All parts of the disk whose entries are missing cannot be found: they read as zeros in tools that do not notice.',
    how: 'A file that was cut off, or a damaged gdOffset.',
    readers: 'QEMU reads zeros for what is missing, and the disk looks empty.',
    repair: 'If the redundant directory is inside the file use that; else restore the file from its source.',
  },
  'vmdk4/rgd-out-of-file': {
    what: 'Flag bit 1 promises a second copy of directory and tables, but the place that rgdOffset names is not inside the file.',
    why: 'The copy that should help after damage is gone; readers that use it first show a wrong disk.',
    how: 'A file that was cut off, or a damaged rgdOffset.',
    readers:
      'QEMU uses the first directory and does not look at the copy; VirtualBox compares both and refuses.',
    repair: 'Clear the flag, or write the copy again from the directory.',
  },
  'vmdk4/rgd-flag-offset-mismatch': {
    what: 'Bit 1 of the flags is set and rgdOffset names nothing, or the other way round.',
    why: "The guest's data is not concerned as long as the first directory is sound; what is used in its place depends on the reader.",
    how: 'A tool that dropped the copy and left one of the two fields.',
    readers: 'Some go by the flag, some by the offset.',
    repair: 'Make both say what is really in the file.',
  },
  'vmdk4/gd-rgd-same': {
    what: 'gdOffset and rgdOffset name the same sectors, or areas that share some.',
    why: 'There is no second copy. A writer that keeps both damages one by writing the other.',
    how: 'A damaged header, or a tool that filled both fields with one number.',
    readers: 'QEMU reads the one and does not notice; VirtualBox refuses it.',
    repair: 'Clear flag bit 1 and rgdOffset after checking that the directory is sound.',
  },
  'vmdk4/overhead-invalid': {
    what: 'overHead counts the sectors before the first grain. It is 0, ends before the directories do, or is past the end of the file.',
    why: 'Reading does not need it, but a writer that puts the first grain there destroys tables.',
    how: 'A damaged header, or a file that was cut off.',
    readers:
      'QEMU refuses an extent whose overHead is past the end of the file, and does not look at it otherwise.',
    repair: 'Write the sector after the last table, rounded up to a whole grain.',
  },
  'vmdk4/overhead-alignment': {
    what: 'overHead is not a multiple of the grain size, so that no grain begins at a multiple of its size in the file.',
    why: 'The data is right; reading and writing whole grains costs more on disks with large sectors.',
    how: 'A writer that does not round up the end of its tables.',
    readers: 'All readers accept it.',
    repair: 'Nothing needs to be done; converting the image aligns the grains.',
  },
};
