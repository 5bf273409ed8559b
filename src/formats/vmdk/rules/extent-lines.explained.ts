import type { Explanations } from '../../../model/rule.ts';
import type { extentLinesRules } from './extent-lines.ts';

/** The same explained. */
export const extentLinesExplanations: Explanations<typeof extentLinesRules> = {
  'vmdk/extent-access-not-rw': {
    what: 'An extent is read-only or without access, which is legal and rare.',
    why: 'It has its place on the disk. In a reader that leaves it out, everything after it moves forward.',
    how: 'Disks on partitions of a host, where some partitions are hidden or protected from the guest.',
    readers:
      'QEMU drops every line of a descriptor file that is not RW, without a word, and does not look at the one inside an extent; vdcheck, libvmdk and VMware keep its place.',
    repair: 'Before converting with QEMU, write RW into a copy of the descriptor.',
  },
  'vmdk/extent-access-unknown': {
    what: 'The first word of an extent line is RW, RDONLY or NOACCESS; this one is something else.',
    why: 'A reader that drops the line shows a smaller disk, with everything after it in the wrong place.',
    how: 'A typing error.',
    readers: 'QEMU ignores the line without a word; VirtualBox refuses the disk.',
    repair: 'Write RW.',
  },
  'vmdk/extent-line-malformed': {
    what: 'An extent line is ACCESS SECTORS TYPE "FILE" OFFSET; this one has something else in it, or lacks something.',
    why: 'A reader that drops the line shows a smaller disk, with everything after it in the wrong place.',
    how: 'A typing error, or a name with a quote in it, for which there is no way to write it.',
    readers: 'QEMU ignores some malformed lines without a word and refuses others.',
    repair: 'Correct the line.',
  },
  'vmdk/extent-none': {
    what: 'A disk consists of the extents that its descriptor lists, and there is none, or none with a usable size.',
    why: 'There is no disk to show to the guest.',
    how: 'A descriptor that was cut off or damaged, or a template.',
    readers:
      'QEMU ends with a failed assertion when nothing is left after dropping lines that it does not know.',
    repair: 'Write a line for each extent file; the sizes are in the headers of sparse extents.',
  },
  'vmdk/extent-type-unknown': {
    what: 'The third word of an extent line is none of FLAT, SPARSE, ZERO, VMFS, VMFSSPARSE, SESPARSE, VMFSRDM, VMFSRAW, VSANSPARSE, or is there with small letters.',
    why: 'How the data of this part of the disk is stored is not known.',
    how: 'A typing error, or a product without documentation.',
    readers:
      'QEMU, VirtualBox and libvmdk refuse an unknown type; QEMU minds capital letters, vdcheck does not.',
    repair: 'The first bytes of the file tell what it is: KDMV is SPARSE, COWD is VMFSSPARSE.',
  },
  'vmdk/extent-zero-present': {
    what: 'A ZERO extent has no file and reads as zeros, which is legal and rare.',
    why: 'It has its place on the disk. In a reader that leaves it out, everything after it moves forward.',
    how: 'Disks on partitions of a host, where gaps are filled with zeros.',
    readers: 'QEMU and dissect drop the line without a word; vdcheck, libvmdk and VMware keep its place.',
    repair: 'Before converting with QEMU, make it a FLAT extent of a sparse file.',
  },
  'vmdk/extent-zero-with-file': {
    what: 'A ZERO extent names a file, or an extent of another type names none.',
    why: 'It is not clear whether this part of the disk is zeros or is stored in a file.',
    how: 'A descriptor edited by hand.',
    readers: 'VirtualBox refuses it; QEMU drops ZERO lines whatever they name.',
    repair: 'Write the type that is meant.',
  },
};
