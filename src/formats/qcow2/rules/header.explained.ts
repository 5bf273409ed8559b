import type { Explanations } from '../../../model/rule.ts';
import type { headerRules } from './header.ts';

/** The rules of `header.ts` explained. */
export const headerExplanations: Explanations<typeof headerRules> = {
  'qcow2/magic': {
    what: 'The first four bytes are not "QFI" and 0xfb, although the rest of the header is one of qcow2.',
    why: 'The guest data are still there, but nothing finds them: a program that probes takes the file for a raw disk, and a guest would see the tables instead of its disk.',
    how: 'The first sector was overwritten, often by a boot loader or partition tool that was run on the file itself, or by a guest that had the image attached as raw.',
    readers: 'qemu refuses it as qcow2 and opens it as raw when it may probe; libqcow refuses it.',
    repair:
      'Write the four bytes back if the rest of the header is sound, and find out what else was overwritten.',
  },
  'qcow2/version': {
    what: 'The version is neither 2 nor 3. Version 1 is the older format qcow, which shares the magic but not the layout.',
    why: 'Without a known version no other field has a known meaning, so nothing can be said of the disk.',
    how: 'An image of the old format, or a damaged header.',
    readers: 'qemu opens version 1 with its qcow driver and refuses all other unknown versions.',
    repair: 'Convert a version 1 image with qemu-img; otherwise restore the header from a copy.',
  },
  'qcow2/header-truncated': {
    what: 'The file ends inside the header, or inside the first cluster, which belongs to the header. (Behind header, extensions and backing file name only zeros are missing, and this is a warning.)',
    why: 'Where fields or extensions are missing nothing can be relied on; where only zeros after them are missing, the tables that should follow are missing with them.',
    how: 'An interrupted download or copy, a full disk, or a header that was cut out for inspection.',
    readers: 'qemu refuses a file shorter than the header; it reads missing bytes after it as zeros.',
    repair: 'Copy the image again from its source.',
  },
  'qcow2/header-length': {
    what: 'A version 3 header must be at least 104 bytes, a multiple of 8, and end inside the first cluster.',
    why: 'The extensions begin where the header ends, so the backing format, the data file and the bitmaps cannot be found.',
    how: 'A damaged header or a writer that confused versions.',
    readers: 'Most of these images are refused by qemu.',
    repair:
      'Set 104 or 112 by hand if it is known which fields the writer wrote; otherwise restore the header.',
  },
  'qcow2/header-unknown-fields': {
    what: 'The header says that it is longer than 112 bytes, and the bytes after the known fields are not all zero.',
    why: 'Nothing is wrong: fields that must be understood come with an incompatible feature bit.',
    how: 'A writer newer than the specification that vdcheck knows.',
    readers: 'All readers ignore these fields.',
    repair: 'Leave them as they are; a program that rewrites the header has to keep them.',
  },
  'qcow2/header-padding': {
    what: 'Bytes 105 to 111 of the header, which fill it up to a multiple of 8, are not zero.',
    why: 'A later version of the format may give these bytes a meaning and would then misread the image.',
    how: 'A writer that did not clear its buffer, or a damaged header.',
    readers: 'qemu ignores them.',
    repair: 'Set them to zero.',
  },
  'qcow2/cluster-bits': {
    what: 'Clusters are 512 bytes (9) to 2 MiB (21), and at least 16 KiB (14) with extended L2 entries.',
    why: 'Every position in the image counts in clusters, so with a wrong size not a single table can be found.',
    how: 'A damaged header, or an image made to crash or exhaust a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the header; 16 is what nearly all images have.',
  },
  'qcow2/size-unaligned': {
    what: 'The virtual size is not a multiple of 512.',
    why: 'A guest sees whole sectors. Depending on the reader the last, partial sector exists or not.',
    how: 'A conversion from a raw file of odd length, or a writer that takes sizes in bytes as they come.',
    readers: 'qemu accepts the size and rounds it up to a sector for the guest; others round down or refuse.',
    repair: 'Resize the disk to the next multiple of 512.',
  },
  'qcow2/size-limit': {
    what: 'The virtual size is above 2^61 bytes, or needs an L1 table of more than 32 MiB with this cluster size.',
    why: 'Such a disk cannot be mapped; a reader that believes the figure computes with overflowing numbers.',
    how: 'A damaged header, or an image made to crash a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Restore the size from a copy, or from the partition table inside the disk.',
  },
};
