import type { Explanations } from '../../../model/rule.ts';
import type { headerRules } from './header.ts';

export const headerExplanations: Explanations<typeof headerRules> = {
  'vdi/header-truncated': {
    what: 'The file has fewer bytes than the header, which are 456, or 472 with the logical geometry.',
    why: 'Neither the size of the disk nor the place of its blocks is known, so nothing can be read.',
    how: 'A copy or download that ended at once.',
    readers: 'All readers refuse the file.',
    repair: 'Copy the file again.',
  },
  'vdi/signature': {
    what: 'Bytes 64 to 67 are not 7f 10 da be, though the text before them, or the user, says that this is a VDI.',
    why: 'No reader recognises the image. If nothing else is damaged, all its data are there.',
    how: 'A damaged first sector, or something that wrote over it.',
    readers: 'VirtualBox and QEMU refuse the file.',
    repair: 'The four bytes are put right, once the rest of the header is known to be in order.',
  },
  'vdi/version': {
    what: 'The version is not 1.1. Its major number is the upper half of the 32 bits, its minor number the lower.',
    why: 'Only version 1.1 is documented and in use. The image is read as such where the rest of its header looks like that.',
    how: 'A damaged field, or an image of a version that is not known here.',
    readers: 'QEMU refuses all versions but 1.1; VirtualBox takes every 1.x as 1.1 and knows 0.2 too.',
    repair: 'If the rest of the header is in order, the version is set to 1.1.',
  },
  'vdi/header-size': {
    what: 'The header says that it is smaller than 384 bytes, the fields that every image of version 1.1 has.',
    why: 'Guest data are not affected, but the fields after that size would not count.',
    how: 'A damaged field, or a writer with an idea of its own.',
    readers: 'VirtualBox refuses the file; QEMU does not look.',
    repair: 'The field is set to 384, or to 400 where the logical geometry is filled in.',
  },
  'vdi/header-size-unusual': {
    what: 'The header is larger than the fields that are known, or has a size between those that writers give.',
    why: 'Guest data are not affected; further fields, if there are any, are not looked at.',
    how: 'A newer writer, or a damaged field.',
    readers: 'VirtualBox takes every size from 384 on; QEMU does not look.',
    repair: 'None needed.',
  },
  'vdi/image-type': {
    what: 'The image type is neither 1 (dynamic) nor 2 (static), 3 (undo) or 4 (differencing).',
    why: 'Whether blocks that are not stored are zeros or the data of a parent is not said. They are taken as zeros here.',
    how: 'A damaged field.',
    readers: 'VirtualBox refuses the file, QEMU does not look at the type.',
    repair: 'If the UUID of a parent is given, the type is 4; otherwise 1, or 2 where all blocks are stored.',
  },
  'vdi/image-type-undo': {
    what: 'The image type is 3: changes on top of a parent that may be undone.',
    why: 'The type was planned and never used. Blocks that are not stored are taken as those of a parent.',
    how: 'A damaged field, most likely: the type of the image is another one.',
    readers: 'VirtualBox opens it as a dynamic image; QEMU does not look at the type.',
    repair: 'Find out which type the image has, and write that.',
  },
  'vdi/flags-unknown': {
    what: 'Bits of the flags other than 0 (new blocks are filled with zeros), 8 (static) and 9 (differencing) are set.',
    why: 'No meaning is defined for them, so VirtualBox refuses the image.',
    how: 'A damaged field, or a newer writer.',
    readers: 'VirtualBox refuses the file; QEMU does not look.',
    repair: 'The bits are cleared.',
  },
  'vdi/comment-malformed': {
    what: 'The comment is UTF-8 with zeros up to the end of its 256 bytes. Here it is not.',
    why: 'Guest data are not affected.',
    how: 'A tool that wrote a longer text than fits, or did not clear its buffer.',
    readers: 'VirtualBox shows the text up to the first zero; QEMU does not look.',
    repair: 'The bytes after the text are cleared.',
  },
  'vdi/uuid-create-null': {
    what: 'All 16 bytes of the UUID that identifies the image are zero.',
    why: 'VirtualBox registers images by this UUID and refuses one without it.',
    how: 'A writer that did not care, or a tool that wiped identities.',
    readers: 'VirtualBox refuses the file; QEMU opens it.',
    repair: 'A new UUID can be written as long as no differencing image depends on this one.',
  },
  'vdi/uuid-modify-null': {
    what: 'All 16 bytes of the UUID that changes with every change of the image are zero.',
    why: 'A child that remembers this UUID notices by it that its parent was changed.',
    how: 'A writer that did not care, or one that was interrupted before it closed the image.',
    readers: 'VirtualBox refuses the file; QEMU opens it.',
    repair: 'A new UUID can be written as long as no differencing image depends on this one.',
  },
  'vdi/uuids-equal': {
    what: 'The UUID of the image and that of its last modification are the same, though each is random.',
    why: 'Guest data are not affected.',
    how: 'A tool that copies one into the other.',
    readers: 'All readers accept it.',
    repair: 'None needed.',
  },
};
