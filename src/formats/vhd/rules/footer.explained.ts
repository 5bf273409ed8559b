import type { Explanations } from '../../../model/rule.ts';
import type { footerRules } from './footer.ts';

export const footerExplanations: Explanations<typeof footerRules> = {
  'vhd/footer-missing': {
    what: 'Neither the last 512 bytes of the file nor the last 511 begin with the cookie "conectix".',
    why: 'The footer says how large the disk is and how it is stored. A dynamic disk has a copy of it at the start, a fixed disk has none; and where the end was cut off, blocks may be gone with it.',
    how: 'A copy or download that ended early, bytes added to the end, a crash of QEMU while it moved the footer after a new block, or the first part of a split disk (.vhd, .v01 ...) without the others.',
    readers:
      'libvhdi, vhd-util and Hyper-V refuse the file; QEMU opens a dynamic disk by the copy at the start and notices nothing.',
    repair:
      'For a dynamic disk whose blocks are all there, append the copy from the start. Otherwise copy the file again.',
  },
  'vhd/footer-truncated': {
    what: 'The cookie of a footer is found in the last 512 bytes, but not at their start.',
    why: 'The fields after the cut are lost. The data before the footer are all there.',
    how: 'A writer that was interrupted while it wrote the footer, or a copy that ended a few bytes early.',
    readers:
      'Readers that look for the footer at the end find none; QEMU opens a dynamic disk by the copy at the start.',
    repair:
      'For a dynamic disk, write the copy from the start over it. For a fixed disk with all fields present, append zeros.',
  },
  'vhd/footer-short': {
    what: 'The footer begins 511 bytes before the end of the file; the last reserved byte was left out.',
    why: 'Nothing is lost: the missing byte is a reserved zero. The size of the file is no whole number of sectors.',
    how: 'Virtual PC before 2004 wrote footers like this.',
    readers:
      'vhd-util accepts it, QEMU opens dynamic disks by the copy at the start, libvhdi does not open them.',
    repair: 'Append a zero byte.',
  },
  'vhd/footer-poisoned': {
    what: 'In the place of "conectix" the footer has the cookie that blktap writes while it changes a disk as a whole.',
    why: 'The operation did not end, so blocks may be partly moved or merged: no byte of the disk is certain.',
    how: 'A host that went down while a disk was being resized or merged.',
    readers: 'blktap refuses the disk until its journal was replayed; the others do not know the cookie.',
    repair: 'Let blktap replay its journal (vhd-util revert or resize), or restore the disk.',
  },
  'vhd/footer-checksum': {
    what: "The checksum in the footer at the end is not the one's complement of the sum of its bytes.",
    why: 'At least one field of the footer is wrong, and nothing says which: size, type and place of the header cannot be relied on.',
    how: 'A damaged sector, a program that changed a field and forgot the sum, or a half-written footer.',
    readers:
      'QEMU, vhd-util and Xen Orchestra refuse the footer they read first if its sum is wrong; libvhdi does not look at sums.',
    repair:
      'Where the copy at the start has a right sum it is written over this one; otherwise compare the fields by hand before the sum is put right.',
  },
  'vhd/footer-copy-missing': {
    what: 'A dynamic or differencing disk begins with a copy of its footer, but the first sector is none.',
    why: 'The second copy is lost. The data are all there, as long as the footer at the end is sound.',
    how: 'Something wrote to the first sector: a boot loader or partition table meant for the disk in the image, or a damaged sector.',
    readers:
      'QEMU does not recognise such a file, Xen Orchestra refuses it; libvhdi and blktap open it by the footer at the end.',
    repair: 'The footer at the end is copied to the start.',
  },
  'vhd/footer-copy-checksum': {
    what: "The checksum in the copy of the footer at the start is not the one's complement of the sum of its bytes.",
    why: 'At least one field of the copy is wrong. The footer at the end counts, so nothing is lost while that one is sound.',
    how: 'A damaged sector, or a program that changed only one of the two footers.',
    readers:
      'QEMU reads the copy first and refuses the file, as does Xen Orchestra; libvhdi and blktap read the end first.',
    repair: 'The footer at the end is copied over it.',
  },
  'vhd/footer-copy-mismatch': {
    what: 'Both footers have right checksums, but not the same content.',
    why: 'Readers disagree about which disk this is: its size, its identity or its type depend on who reads.',
    how: 'A resize or a change of identity that reached only one of the two, or two files joined.',
    readers:
      'By the specification the end counts, and libvhdi and blktap go by it; QEMU goes by the copy; Xen Orchestra refuses the file.',
    repair:
      'Decide which one is right (the newer time stamp, the size that fits the table) and write it to both places.',
  },
  'vhd/disk-type-layout-mismatch': {
    what: 'A fixed disk has neither footer copy nor dynamic header, the other types have both; here the type says the opposite of what the file shows.',
    why: 'Read by its type the guest gets headers and tables in the place of its data, or nothing at all.',
    how: 'A changed type field, or a conversion that wrote the footer of another disk.',
    readers: 'libvhdi refuses it; QEMU goes by the first sector and not by the type.',
    repair: 'Find out which is right, then correct the type and the checksum.',
  },
};
