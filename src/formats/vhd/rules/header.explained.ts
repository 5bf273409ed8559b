import type { Explanations } from '../../../model/rule.ts';
import type { headerRules } from './header.ts';

export const headerExplanations: Explanations<typeof headerRules> = {
  'vhd/data-offset-invalid': {
    what: 'The data offset of a dynamic or differencing disk is not a multiple of 512, is outside the file, or no "cxsparse" is there.',
    why: 'Without the header neither the table nor the size of the blocks is known, so no guest data can be found.',
    how: 'A damaged field, or a file that was cut off after its first sector.',
    readers: 'QEMU refuses the file, as do libvhdi and blktap; Xen Orchestra demands 512.',
    repair:
      'Writers put the header at byte 512. If it is there, the field is corrected and the checksums put right.',
  },
  'vhd/header-cookie': {
    what: 'The cookie of the dynamic disk header is wrong.',
    why: 'No reader opens the disk. If only the cookie is damaged the data can still be found.',
    how: 'A damaged sector, or something that wrote over the header.',
    readers: 'All readers refuse the file.',
    repair: 'If the checksum shows that all else is in order, the cookie can be put right by hand.',
  },
  'vhd/header-checksum': {
    what: "The checksum of the dynamic disk header is not the one's complement of the sum of its 1024 bytes.",
    why: 'At least one field is wrong, and nothing says which. If it is the place of the table or the size of the blocks, every read goes to a wrong place.',
    how: 'A damaged sector, or a program that changed a field, often the parent, and forgot the sum.',
    readers: 'vhd-util and Xen Orchestra refuse the file; QEMU and libvhdi do not look at this sum.',
    repair:
      'Where every field is plausible the sum is computed anew; there is no second copy to compare with.',
  },
  'vhd/header-version': {
    what: 'The version of the dynamic disk header is not 1.0.',
    why: 'No other version exists, so the meaning of the rest is not certain.',
    how: 'A damaged field, or a writer that put its own version here.',
    readers: 'libvhdi, vhd-util and Xen Orchestra refuse the file; QEMU opens it.',
    repair: 'If everything else is in order, the version is set to 0x00010000 and the checksum put right.',
  },
  'vhd/header-data-offset': {
    what: 'The data offset in the dynamic disk header would point to a further structure; none exists, so all its 64 bits are set. Here they are not.',
    why: 'Guest data are not affected, but strict readers refuse the file.',
    how: 'A writer that set only the 32 bits which the specification shows, or 0.',
    readers: 'vhd-util and Xen Orchestra refuse the file; QEMU and libvhdi do not look.',
    repair: 'The field is set to all ones and the checksum put right.',
  },
  'vhd/header-reserved': {
    what: 'A reserved field of the dynamic disk header or of one of its locator entries is not zero.',
    why: 'Guest data are not affected.',
    how: 'A writer that did not clear its buffer, or keeps marks of its own there.',
    readers: 'vhd-util refuses the file; the others do not look.',
    repair: 'The bytes are cleared and the checksum put right.',
  },
  'vhd/block-size-invalid': {
    what: 'The block size is not a power of two, or less than a sector.',
    why: 'Which table entry belongs to which guest bytes is not known, so nothing can be read.',
    how: 'A damaged header.',
    readers: 'QEMU, vhd-util and Xen Orchestra refuse the file.',
    repair:
      'Nearly all disks have blocks of 2 MiB; if the table has the right number of entries for that, correct it by hand.',
  },
  'vhd/block-size-unusual': {
    what: 'The block size is legal, but not the 2 MiB that nearly all disks have.',
    why: 'Guest data are not affected, but tools that take 2 MiB for granted cannot work with the disk.',
    how: 'Some Microsoft tools write blocks of 512 KiB.',
    readers: 'blktap refuses blocks above 2 MiB; QEMU, libvhdi and VirtualBox take any power of two.',
    repair: 'None needed; convert the disk if a tool refuses it.',
  },
  'vhd/table-offset-invalid': {
    what: 'The block allocation table would be inside the footer copy or the dynamic header, at no sector boundary, or outside the file.',
    why: 'Without the table no guest data can be found.',
    how: 'A damaged header, or a file that was cut off.',
    readers: 'QEMU refuses some of these files, vhd-util all of them.',
    repair: 'Most writers put the table at byte 1536. If it is there, correct the field by hand.',
  },
  'vhd/bat-out-of-file': {
    what: 'The table begins inside the file, but with the number of entries that the header gives it ends after it.',
    why: 'The guest data of the entries that are missing cannot be found.',
    how: 'A file that was cut off, or a damaged number of entries.',
    readers: 'QEMU refuses the file, as does vhd-util.',
    repair: 'Copy the file again; if only the number is wrong, it follows from size and block size.',
  },
  'vhd/max-entries-too-small': {
    what: 'There is no table entry for the last blocks of the disk.',
    why: 'The end of the disk can neither be read nor written.',
    how: 'A resize that changed the footer only, or a damaged field.',
    readers: 'QEMU and Xen Orchestra refuse the file; vhd-util lets a last partial block pass.',
    repair:
      'If the disk never was larger than the table, set the current size back; otherwise the table must be moved and made longer.',
  },
  'vhd/max-entries-excess': {
    what: 'The table has entries after the last block of the disk.',
    why: 'Entries that are never used cost a little space. More entries than the largest VHD can have, or so many that the table would reach into the first block, are certainly wrong.',
    how: 'QEMU before 2.6 wrote one entry too many for sizes that are whole blocks; XenServer keeps room to grow; a disk was made smaller.',
    readers: 'Readers use the entries that they need; QEMU refuses tables that no VHD can have.',
    repair: 'None needed.',
  },
  'vhd/parent-fields-on-dynamic': {
    what: 'Only a differencing disk (type 4) has a parent, but fields about a parent are filled in a dynamic one (type 3).',
    why: 'If the disk really is a child, all blocks that it does not store read as zeros instead of the data of its parent.',
    how: 'A merge into the child that left the fields as they were, or a wrong disk type.',
    readers: 'vhd-util refuses the file; the others go by the type.',
    repair: 'If the disk is complete without a parent the fields are cleared; otherwise the type must be 4.',
  },
};
