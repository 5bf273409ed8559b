import type { Explanations } from '../../../model/rule.ts';
import type { extentNumbersRules } from './extent-numbers.ts';

/** The same explained. */
export const extentNumbersExplanations: Explanations<typeof extentNumbersRules> = {
  'vmdk/extent-offset-invalid': {
    what: 'The word after the file name is the sector at which the extent begins; this one is negative or no number.',
    why: 'Where the data of this part of the disk is, is not known; vdcheck takes the start of the file.',
    how: 'A typing error.',
    readers: 'QEMU refuses it.',
    repair: 'Write the right number, mostly 0.',
  },
  'vmdk/extent-offset-missing': {
    what: 'The line of a FLAT extent ends with the sector of the file at which it begins; here it is missing.',
    why: 'Nothing is lost: it can only be 0. But some programs refuse the disk.',
    how: 'A descriptor written by hand. (VMFS extents have none, which is right.)',
    readers: 'QEMU refuses it; libvmdk and imago take 0.',
    repair: 'Write 0 after the file name.',
  },
  'vmdk/extent-offset-unexpected': {
    what: 'A VMFS or sparse extent begins at the start of its file, so its line has no offset; this one has.',
    why: 'Nothing is lost if it is 0, but some programs refuse the disk.',
    how: 'A descriptor written by hand.',
    readers: 'QEMU refuses it.',
    repair: 'Remove the number.',
  },
  'vmdk/extent-size-invalid': {
    what: 'The second word of an extent line is the number of sectors in decimal; this one is 0, no number, or so large that the disk has no exact size.',
    why: 'Where this extent ends and the next one begins is not known.',
    how: 'A typing error, a damaged descriptor, or one made to crash its reader.',
    readers: 'QEMU computes with what it makes of it, and may crash.',
    repair:
      'Sparse extents have the number in their header; for flat ones it is the size of the file in sectors.',
  },
  'vmdk/extent-size-limit': {
    what: 'Extents of a disk that is split into 2 GiB files have at most 4194304 sectors, and tables of 32-bit sectors reach 2 TiB.',
    why: 'The data is readable where programs do not mind; part of a sparse extent cannot be stored.',
    how: 'A descriptor edited by hand, or a split that was joined.',
    readers: 'VMware refuses it; QEMU does not mind.',
    repair: 'Convert the disk to another kind.',
  },
};
