import type { Explanations } from '../../../model/rule.ts';
import type { sizeRules } from './sizes.ts';

export const sizeExplanations: Explanations<typeof sizeRules> = {
  'vhd/current-size-zero': {
    what: 'The footer gives the guest a disk of no bytes.',
    why: 'Nothing can be read, whatever the blocks of the file contain.',
    how: 'A footer that was written before the size was known, or a damaged field.',
    readers: 'QEMU goes by the geometry and may still show a disk; the others show none.',
    repair: 'Take the size from the original size or the geometry, if these are in order.',
  },
  'vhd/current-size-unaligned': {
    what: 'A disk consists of sectors of 512 bytes, but the current size is no multiple of 512.',
    why: 'The last sector exists only in part: readers round up or down and show different disks.',
    how: 'A file that is no disk was wrapped into a VHD, or a damaged field.',
    readers: 'Readers count in sectors and leave the partial one out, or refuse the disk.',
    repair: 'Find out what the size should be; to round up is right where the file contains the bytes.',
  },
  'vhd/current-size-limit': {
    what: 'The current size is above 2040 GiB, the largest disk that a VHD can contain.',
    why: 'Sector numbers in the table have 32 bits, so blocks after the limit cannot be found.',
    how: 'A damaged field, or a writer that does not know the limit.',
    readers: 'QEMU, Hyper-V and blktap refuse it.',
    repair: 'Convert the disk to VHDX or qcow2, if its size is right.',
  },
  'vhd/size-original-mismatch': {
    what: 'Original and current size of the footer differ, as they do after a resize.',
    why: 'Nothing is wrong with the data, but readers that take the original size show a disk of another length. An original size above the current one means that the disk was made smaller: what came after that is gone.',
    how: 'A resized disk.',
    readers:
      'libvhdi goes by the original size; QEMU, Hyper-V, blktap and VirtualBox do not. Xen Orchestra refuses an original size above the current one.',
    repair: 'The original size is set to the current one.',
  },
  'vhd/size-geometry-mismatch': {
    what: 'Cylinders times heads times sectors is not the current size, and the creator is one for which QEMU goes by the geometry.',
    why: 'The guest sees another size, depending on who reads: the last sectors are missing for some, a backup partition table at the end is not found. Where the geometry is the one that the specification gives for the size, the difference is the rounding that comes with it, which Virtual PC disks always have, and only noted.',
    how: 'Sizes that no geometry can express, written by VirtualBox, Xen Orchestra or Virtual PC; or a resize that forgot the geometry.',
    readers:
      'Virtual PC and QEMU take the geometry, Hyper-V, Azure, blktap, VirtualBox and vdcheck the current size.',
    repair: 'The geometry is set to its maximum 65535/16/255, which says that the current size is used.',
  },
  'vhd/geometry-invalid': {
    what: 'Cylinders, heads or sectors of the geometry are 0, or there are more than 16 heads.',
    why: 'Readers that go by the geometry see a disk of no bytes or of a wrong size.',
    how: 'A writer that left the geometry out. Old versions of QEMU wrote 255 heads for disks above 127 GiB, which is only noted.',
    readers: 'QEMU shows a disk of 0 bytes for most creators; readers that go by the size do not look.',
    repair: 'The geometry is computed from the current size.',
  },
  'vhd/geometry-too-large': {
    what: 'Cylinders times heads times sectors is more than the current size.',
    why: 'A reader that goes by the geometry lets the guest write past the end of the disk.',
    how: 'A geometry that was rounded up, or a disk that was made smaller. QEMU writes the largest geometry on purpose with exact sizes (force_size); that is only noted.',
    readers: 'vhd-util refuses the file; QEMU gives the guest the larger disk for most creators.',
    repair: 'The geometry is computed from the current size.',
  },
  'vhd/geometry-nonstandard': {
    what: 'The geometry is not the one that the algorithm of the specification gives for the current size.',
    why: 'Guest data are not affected. Very old guests that go by the geometry may not boot on another host.',
    how: 'Several writers have rules of their own: QEMU rounds sizes up to a geometry, Xen Orchestra rounds cylinders up.',
    readers: 'Nobody refuses such a disk for this alone.',
    repair: 'The geometry is computed from the current size.',
  },
  'vhd/fixed-size-mismatch': {
    what: 'A fixed disk is its data and then the footer, but there are fewer or more bytes before the footer than the current size says.',
    why: 'Where bytes are missing, the end of the disk is lost or, if the cut was elsewhere, everything after it has moved. Bytes too many are never seen by the guest.',
    how: 'A copy that skipped a part, a footer appended to the wrong file, or a resize of only the file.',
    readers: 'QEMU opens the file as if nothing were missing, and vhd-util says nothing either.',
    repair: 'Copy the file again. If only the size is wrong it can be set to what the file contains.',
  },
  'vhd/fixed-probe-hazard': {
    what: 'A fixed disk begins with the first sector of the guest, which begins with the mark of an image format.',
    why: 'A reader that probes the first bytes opens what the guest wrote as an image, which may name files of the host.',
    how: 'An image written to a disk without a partition table; or a guest that attacks the host.',
    readers: 'QEMU never recognises fixed VHDs by itself and would probe this one as the other format.',
    repair: 'Always name the format when the disk is opened (-f vpc).',
  },
};
