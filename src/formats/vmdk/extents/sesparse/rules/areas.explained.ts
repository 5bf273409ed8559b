import type { Explanations } from '../../../../../model/rule.ts';
import type { areaRules } from './areas.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const areaExplanations: Explanations<typeof areaRules> = {
  'sesparse/area-overlap': {
    what: 'By their offsets and sizes two areas of the extent, or an area and the header, share sectors.',
    why: 'One of them was or will be overwritten by the other, tables by grains for one.',
    how: 'A damaged header.',
    readers: 'QEMU does not check it.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/area-order': {
    what: 'In all known files each area begins where the one before it ends; from the journal on they begin at 2048 sectors.',
    why: 'The offsets are what counts, so nothing is wrong with the data by this alone.',
    how: 'A version of ESXi that is not documented, or a damaged header.',
    readers: 'Readers go by the offsets.',
    repair: 'Nothing needs to be done.',
  },
  'sesparse/area-alignment': {
    what: 'In all known files the areas after the journal begin at multiples of 2048 sectors, and have such sizes.',
    why: 'Nothing is wrong with the data by this alone.',
    how: 'A version of ESXi that is not documented, or a damaged header.',
    readers: 'Readers do not check it.',
    repair: 'Nothing needs to be done.',
  },
  'sesparse/capacity-alignment': {
    what: 'Grains have 8 sectors, and the capacity is not a multiple of that.',
    why: 'The guest sees the size that the header gives.',
    how: 'A disk that was made with an odd size.',
    readers: 'Readers accept it.',
    repair: 'Nothing needs to be done.',
  },
  'sesparse/grain-dir-too-small': {
    what: 'The directory has 64 entries in each sector, and fewer than the disk has parts of 16 MiB.',
    why: 'The end of the disk cannot be reached.',
    how: 'A damaged header, or a capacity that was changed by hand.',
    readers: 'QEMU fails for the end of the disk.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/grain-tables-too-small': {
    what: 'The area has room for fewer tables of 64 sectors than the disk has parts of 16 MiB.',
    why: 'When the guest writes to all of its disk, tables run into the bitmap after them.',
    how: 'A damaged header, or a capacity that was changed by hand.',
    readers: 'QEMU does not check it.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/bitmap-too-small': {
    what: 'The bitmap has one bit for each grain, by what is known, and fewer bits than the disk has grains.',
    why: 'Reading does not need it; ESXi does when it writes.',
    how: 'A damaged header.',
    readers: 'Readers ignore the bitmap.',
    repair: 'Open the disk on ESXi.',
  },
  'sesparse/backmap-too-small': {
    what: 'The backmap has 8 bytes for each grain in known files; this one has not even 4.',
    why: 'Reading does not need it; ESXi does when it reclaims space.',
    how: 'A damaged header.',
    readers: 'Readers ignore the backmap.',
    repair: 'Open the disk on ESXi.',
  },
};
