import type { Explanations } from '../../../model/rule.ts';
import type { blockRules } from './blocks.ts';

export const blockExplanations: Explanations<typeof blockRules> = {
  'vhd/bat-entry-out-of-file': {
    what: 'A table entry points to a block that ends after the footer begins.',
    why: 'The guest data of this block are lost, or mixed with the footer.',
    how: 'A file that was cut off, a copy that ended early, or a damaged table entry.',
    readers:
      'Where a block ends past the end of the file QEMU refuses it, and takes one that only meets the footer; vhd-util reports both; libvhdi fails when the block is read.',
    repair:
      'Copy the file again. Without a source, the entry can be set to "not allocated": the guest then reads zeros.',
  },
  'vhd/bat-entry-in-metadata': {
    what: 'A table entry points to a block that takes up bytes of the footer copy, the header, the table, the batmap or a parent locator.',
    why: 'The guest reads headers as its data, and the next write to this block destroys the disk.',
    how: 'A damaged table entry; 0 where zeros were written over the table.',
    readers: 'vhd-util reports it; QEMU and libvhdi read, and write, whatever is there.',
    repair: 'The entry can be set to "not allocated"; the data that it meant are somewhere else, or lost.',
  },
  'vhd/bat-entry-duplicate': {
    what: 'Two entries of the table have the same sector number.',
    why: 'Two ranges of the disk are one: what the guest writes to one of them appears in the other. At least one of them shows wrong data already.',
    how: 'A crash while a block was allocated, two writers at once, or a damaged table.',
    readers: 'vhd-util reports it; QEMU, libvhdi and Hyper-V notice nothing.',
    repair:
      'Which entry owns the block cannot be told from the image. Restore it, or compare both ranges with a backup.',
  },
  'vhd/bat-block-overlap': {
    what: 'Two entries of the table point to blocks that share a part of their bytes.',
    why: 'Writes to one block destroy data, or the sector bitmap, of the other.',
    how: 'A damaged table entry, or a writer that computed the end of the file wrongly.',
    readers: 'vhd-util reports it; QEMU, libvhdi and Hyper-V notice nothing.',
    repair:
      'Which block is whole cannot be told from the image. Restore it, or compare both ranges with a backup.',
  },
  'vhd/bat-entry-beyond-size': {
    what: 'A table entry after the last block of the disk is in use.',
    why: 'The guest cannot reach this block: it is lost space, or a sign that the size is wrong.',
    how: 'A disk that was made smaller in the footer only.',
    readers: 'All readers ignore such entries.',
    repair: 'The entry can be set to "not allocated"; if the size is what is wrong, correct that.',
  },
  'vhd/bat-padding': {
    what: 'The table is padded to whole sectors, with ff by most writers and 00 by some; here the padding is something else.',
    why: 'Guest data are not affected. Readers that take whole sectors of entries see blocks that do not exist.',
    how: 'A table whose number of entries was made smaller, or leftovers in the buffer of the writer.',
    readers: 'Some readers expect ff there; most do not look.',
    repair: 'The padding is set to ff.',
  },
  'vhd/bat-all-zero': {
    what: 'Every entry of the table is 0, which would put all blocks on the first sector of the file.',
    why: 'The table is lost: where the blocks belong is not known any more, though their data may still be in the file.',
    how: 'A file system that lost the sectors in a crash, a sparse copy that skipped them, or a writer that thinks 0 means "not allocated".',
    readers: 'QEMU and libvhdi show headers as guest data; vhd-util reports it.',
    repair: 'Restore the image. Blocks that were written in order may be put back by hand.',
  },
  'vhd/block-alignment': {
    what: 'The sector bitmap before each block shifts its data by a sector, unless the writer leaves a gap.',
    why: 'Guest data are not affected. On storage with 4 KiB sectors every write of the guest becomes a read and two writes.',
    how: 'QEMU, VirtualBox and Xen Orchestra put blocks one after the other; blktap and Windows since version 8 leave gaps.',
    readers: 'All readers accept it.',
    repair: 'None needed; a conversion with alignment makes the disk faster.',
  },
  'vhd/space-unreferenced': {
    what: 'Bytes between the headers and the footer that no table entry and no header field refers to. Gaps below 4 KiB (8 KiB before the first block) that put what follows at a multiple of 4 KiB are left by writers on purpose and are not counted.',
    why: 'Nothing is lost, the file is only larger than it needs to be; it may contain old data of the guest. Importers that compute the size of a VHD stream from its table (XenServer) stumble over it.',
    how: 'A crash between the writing of a block and of its table entry, or a tool that freed blocks and left them in the file.',
    readers: 'All readers ignore it.',
    repair: 'Convert the disk, or move the blocks together and the footer after them.',
  },
  'vhd/footer-position': {
    what: 'There is room between the end of the last block and the footer that is no whole number of blocks.',
    why: 'Guest data are not affected. Writers that append at the footer and writers that append after the last block will put the next block in different places.',
    how: 'A file that was made larger by hand, or blocks moved without the footer. On a block device the footer is at the end of the device.',
    readers:
      'QEMU puts the next block after the last one, blktap aligned after it; all readers accept the gap.',
    repair: 'The footer is written again after the last block and the file cut off there.',
  },
  'vhd/metadata-overlap': {
    what: 'Two of footer copy, dynamic header, block allocation table, batmap and parent locators share bytes.',
    why: 'They cannot both be right, and a write to one damages the other.',
    how: 'A damaged offset in one of the headers, or a table that grew over what follows it.',
    readers: 'vhd-util finds some of the cases; the others read whatever is there.',
    repair: 'Find out which of the two is damaged; what is in its usual place mostly is not.',
  },
};
