import type { Explanations } from '../../../model/rule.ts';
import type { layoutRules } from './layout.ts';

export const layoutExplanations: Explanations<typeof layoutRules> = {
  'vdi/blocks-offset-invalid': {
    what: 'The block map would begin inside the header or past the end of the file.',
    why: 'Without the map no guest data can be found.',
    how: 'A damaged header, or a file that was cut off.',
    readers: 'VirtualBox refuses a map inside the header; QEMU fails when it reads the map.',
    repair:
      'QEMU puts the map at byte 512, VirtualBox at 512 or 1 MiB. If it is there, correct the field by hand.',
  },
  'vdi/blocks-offset-unaligned': {
    what: 'The block map begins inside a sector.',
    why: 'Guest data are not affected, but QEMU cannot read the image.',
    how: 'A writer that puts the map right after the header, or a damaged field.',
    readers: 'VirtualBox takes any offset after the header; QEMU refuses the file.',
    repair: 'Convert the image with VirtualBox.',
  },
  'vdi/map-out-of-file': {
    what: 'The block map begins inside the file, but with the number of entries that the header gives it ends after it.',
    why: 'The guest data of the entries that are missing cannot be found.',
    how: 'A file that was cut off, or a damaged number of entries.',
    readers: 'VirtualBox and QEMU fail when they read the map.',
    repair: 'Copy the file again; if only the number is wrong, it follows from disk size and block size.',
  },
  'vdi/data-offset-invalid': {
    what: 'The first stored block would begin before the end of the block map.',
    why: 'The guest reads the map as its data, and a write to these blocks destroys it.',
    how: 'A damaged header, or a map that was made longer without moving the blocks.',
    readers: 'VirtualBox refuses the file; QEMU reads, and writes, whatever is there.',
    repair:
      'The blocks begin after the map, at the next multiple of 512 bytes or 1 MiB. If they do, correct the field by hand.',
  },
  'vdi/data-offset-unaligned': {
    what: 'Stored blocks begin inside sectors.',
    why: 'Guest data are not affected, but every write of the guest touches two sectors, and QEMU cannot read the image.',
    how: 'A writer that puts the blocks right after the map, or a damaged field.',
    readers: 'VirtualBox takes any offset after the map; QEMU refuses the file.',
    repair: 'Convert the image with VirtualBox.',
  },
};
