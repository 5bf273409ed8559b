import type { Explanations } from '../../../model/rule.ts';
import type { sizeRules } from './sizes.ts';

export const sizeExplanations: Explanations<typeof sizeRules> = {
  'vdi/disk-size-zero': {
    what: 'The header gives the guest a disk of no bytes.',
    why: 'Nothing can be read, whatever the blocks of the file contain.',
    how: 'A header that was written before the size was known, or a damaged field.',
    readers: 'VirtualBox refuses the file; QEMU shows an empty disk.',
    repair: 'If the map is in order, the size is at most its entries times the block size.',
  },
  'vdi/disk-size-unaligned': {
    what: 'A disk consists of sectors of 512 bytes, but the disk size is not a multiple of that.',
    why: 'The last sector exists only in part: readers round up or down and show different disks.',
    how: 'A file that is not a whole number of sectors was converted, or a damaged field.',
    readers: 'QEMU rounds the size up; VirtualBox takes it as it is.',
    repair: 'Find out what the size should be; to round up is right where the last block is stored whole.',
  },
  'vdi/disk-size-limit': {
    what: 'The disk size is 2^53 bytes or more, 8 PiB.',
    why: 'No VDI can contain so much: with blocks of 1 MiB the map has at most 4 PiB.',
    how: 'A damaged field.',
    readers: 'VirtualBox and QEMU refuse the file, since its map has too few entries.',
    repair: 'If the map is in order, the size is at most its entries times the block size.',
  },
  'vdi/block-size-invalid': {
    what: 'The block size is not a power of two, or less than a sector.',
    why: 'Which entry of the map belongs to which guest bytes is not known, so nothing can be read.',
    how: 'A damaged header.',
    readers: 'VirtualBox and QEMU refuse the file.',
    repair:
      'Nearly all images have blocks of 1 MiB; if the map has the right number of entries for that, correct it by hand.',
  },
  'vdi/block-size-unusual': {
    what: 'The block size is legal, but not the 1 MiB that nearly all images have.',
    why: 'Guest data are not affected, but QEMU cannot read the image.',
    how: 'VirtualBox can be told to make blocks of 512 KiB to 8 MiB.',
    readers: 'VirtualBox takes any power of two; QEMU refuses all but 1 MiB.',
    repair: 'None needed; convert the image if a reader refuses it.',
  },
  'vdi/block-extra-invalid': {
    what: 'The bytes that each stored block has before its data are 1 or not a power of two.',
    why: 'Where blocks begin is not certain.',
    how: 'A damaged header: no known writer gives anything but 0.',
    readers: 'VirtualBox refuses the file; QEMU does not look.',
    repair: 'If the blocks of the file follow one another without room between them, the field is set to 0.',
  },
  'vdi/block-extra-used': {
    what: 'The header says that each stored block has bytes of its own before the data of the guest.',
    why: 'Readers that do not know the field read all blocks but the first from wrong places.',
    how: 'A damaged header, most likely: no known writer gives anything but 0.',
    readers: 'VirtualBox skips these bytes; QEMU does not look at the field and reads wrong data.',
    repair: 'If the blocks of the file follow one another without room between them, the field is set to 0.',
  },
  'vdi/blocks-too-few': {
    what: 'The entries of the map times the block size are less than the disk size.',
    why: 'The end of the disk can neither be read nor written.',
    how: 'A resize that changed the size only, or a damaged field.',
    readers: 'VirtualBox and QEMU refuse the file.',
    repair: 'If the disk never was larger than the map, set the size back.',
  },
  'vdi/blocks-excess': {
    what: 'The map has entries after the last block of the disk.',
    why: 'Entries that are never used cost a little space.',
    how: 'A disk that was made smaller, or a damaged field.',
    readers: 'All readers use the entries that they need.',
    repair: 'None needed.',
  },
  'vdi/sector-size': {
    what: 'One of the two geometries has another sector size than 512. Where a writer left the logical geometry out as a whole it is 0, which is only noted.',
    why: 'Guest data are not affected, but readers refuse the image.',
    how: 'A writer that left the geometry out, or a damaged field.',
    readers: 'VirtualBox demands 512 in the logical geometry, QEMU in the legacy one.',
    repair: 'The field is set to 512.',
  },
  'vdi/geometry-too-large': {
    what: 'Cylinders times heads times sectors of the logical geometry are more than the disk has.',
    why: 'A guest that goes by the geometry writes past the end of the disk and fails.',
    how: 'A disk that was made smaller, or a geometry that was rounded up.',
    readers: 'VirtualBox hands the geometry to the guest as it is; QEMU does not look.',
    repair: 'The geometry is set to zeros, after which VirtualBox works it out again.',
  },
};
