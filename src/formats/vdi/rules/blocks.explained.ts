import type { Explanations } from '../../../model/rule.ts';
import type { blockRules } from './blocks.ts';

export const blockExplanations: Explanations<typeof blockRules> = {
  'vdi/map-all-zero': {
    what: 'Every entry of the block map is 0, which would put all blocks of the disk into the first stored one.',
    why: 'The map is lost: which block belongs where is not known any more, though the data may still be in the file.',
    how: 'A file system that lost the sectors in a crash, or a sparse copy that skipped them.',
    readers: 'VirtualBox and QEMU show the first stored block over and over.',
    repair: 'Restore the image. Blocks that were written in order may be put back by hand.',
  },
  'vdi/entry-out-of-file': {
    what: 'An entry of the map points to a stored block of which at least the end is past the end of the file.',
    why: 'The guest data of this block are lost.',
    how: 'A file that was cut off, a copy that ended early, or a damaged entry.',
    readers: 'QEMU reads zeros there; VirtualBox fails when the block is read.',
    repair:
      'Copy the file again. Without a source the entry can be set to "not stored": the guest then reads zeros.',
  },
  'vdi/entry-duplicate': {
    what: 'Two entries of the map have the same number of a stored block.',
    why: 'Two ranges of the disk are one: what the guest writes to one of them appears in the other. At least one of them shows wrong data already.',
    how: 'A crash while a block was stored, two writers at once, a wrong count of stored blocks, or a damaged map.',
    readers:
      'qemu-img check counts it as corruption; VirtualBox refuses such an image only when it is to discard blocks.',
    repair:
      'Which entry owns the block cannot be told from the image. Restore it, or compare both ranges with a backup.',
  },
  'vdi/entry-out-of-range': {
    what: 'An entry of the map has a number that is not below the number of blocks of the image, though the file has bytes there.',
    why: 'Blocks are stored one after the other, so that no image has so many: the entry is damaged, and the guest reads wrong data.',
    how: 'A damaged entry, or bytes that were added to the end of the file.',
    readers: 'qemu-img check counts it as corruption; when reading, all take the bytes that are there.',
    repair: 'Find out which block is meant, or set the entry to "not stored".',
  },
  'vdi/entry-beyond-disk': {
    what: 'An entry of the map after the last block of the disk has a stored block.',
    why: 'The guest cannot reach this block: it is lost space, or a sign that the disk size is wrong.',
    how: 'A disk that was made smaller in the header only.',
    readers: 'All readers ignore such entries.',
    repair: 'The entry can be set to "not stored"; if the size is what is wrong, correct that.',
  },
  'vdi/static-block-missing': {
    what: 'In a static image every block is stored, but the map says of some that they are not.',
    why: 'They read as zeros. If they were stored once, their data are lost.',
    how: 'A damaged map, a wrong image type, or a tool that gave blocks back.',
    readers: 'VirtualBox and QEMU read zeros.',
    repair: 'If nothing is lost, the type can be set to dynamic.',
  },
  'vdi/allocated-exceeds-blocks': {
    what: 'The header counts more stored blocks than the disk has.',
    why: 'Guest data are not affected as long as nothing is written; the next block would be stored far past the end.',
    how: 'A damaged field.',
    readers: 'VirtualBox refuses the file; qemu-img check reports a wrong count.',
    repair: 'The count is set to the number of stored blocks that the map has.',
  },
  'vdi/allocated-too-small': {
    what: 'A new block is stored after as many as the header counts, but the map already has a stored block there.',
    why: 'The next write of the guest to a fresh block destroys the data of another one.',
    how: 'A crash between the writing of the map and of the header, or a damaged field.',
    readers: 'VirtualBox and QEMU notice nothing; qemu-img check reports a wrong count.',
    repair: 'The count is set to one more than the last stored block.',
  },
  'vdi/allocated-too-large': {
    what: 'The header counts more stored blocks than the map has, and they are not in the file either.',
    why: 'Guest data are not affected; the next block is stored after a gap that nothing will use.',
    how: 'A crash between the writing of the header and of the map, or a damaged field.',
    readers: 'VirtualBox and QEMU notice nothing; qemu-img check reports a wrong count.',
    repair: 'The count is set to the number of stored blocks that the map has.',
  },
  'vdi/space-unreferenced': {
    what: 'The file has room for whole blocks that no entry of the map points to.',
    why: 'Nothing is lost, the file is only larger than it needs to be; it may contain old data of the guest.',
    how: 'A crash between the writing of a block and of its entry, or a tool that gave blocks back and left them in the file.',
    readers: 'All readers ignore it.',
    repair: 'VBoxManage modifymedium --compact, or convert the image.',
  },
  'vdi/trailing-data': {
    what: 'The file has bytes after its last block that are less than a whole one.',
    why: 'Guest data are not affected; the next block is written over them.',
    how: 'A crash while a block was added, or bytes that were added to the file.',
    readers: 'All readers ignore it.',
    repair: 'The bytes can be cut off.',
  },
};
