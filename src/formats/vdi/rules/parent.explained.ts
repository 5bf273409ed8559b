import type { Explanations } from '../../../model/rule.ts';
import type { parentRules } from './parent.ts';

export const parentExplanations: Explanations<typeof parentRules> = {
  'vdi/parent-uuid-null': {
    what: 'The image type is differencing or undo, but the UUID of the parent is all zeros.',
    why: 'The parent cannot be found, so everything that the image does not store itself is missing.',
    how: 'A dynamic image with a wrong type, or a tool that wiped identities.',
    readers: 'VirtualBox fails to attach the image; QEMU opens it alone and shows zeros.',
    repair: 'If the parent is known, its UUID is written here; if there is none, the type must be 1.',
  },
  'vdi/parent-uuid-on-base': {
    what: 'Only a differencing or undo image has a parent, but the UUID of one, or of its modification, is filled in.',
    why: 'If the image really is a child, all blocks that it does not store read as zeros instead of the data of its parent.',
    how: 'A merge that left the fields as they were, or a wrong image type.',
    readers: 'QEMU refuses the file; VirtualBox goes by the type.',
    repair: 'If the disk is complete without a parent, the fields are cleared; otherwise the type must be 4.',
  },
  'vdi/parent-modify-null': {
    what: 'The image remembers which parent it has, but not in which state the parent was.',
    why: 'A parent that was changed after the image was made gives a mixture of both, and nothing shows it.',
    how: 'A tool that sets the UUID of the parent only.',
    readers: 'VirtualBox compares this UUID with that of the parent and refuses a parent that does not fit.',
    repair: 'If the parent is known to be unchanged, its modification UUID is written here.',
  },
  'vdi/parent-is-itself': {
    what: 'The UUID of the parent is the UUID of the image itself.',
    why: 'The real parent is not known, so everything that the image does not store itself is missing.',
    how: 'A tool that gave image and parent the same identity, or copied one field into the other.',
    readers: 'VirtualBox fails to attach the image; QEMU refuses images that have a parent.',
    repair: 'Find the real parent and write its UUID.',
  },
  'vdi/parent-not-named': {
    what: 'A differencing VDI has the UUID of its parent and no name of a file; VirtualBox keeps the names in its registry of media.',
    why: 'Nothing is wrong with the image. What it does not store itself was not looked at, since its parent was not opened.',
    how: 'A snapshot or a linked clone of VirtualBox.',
    readers: 'VirtualBox finds the parent through its registry; QEMU refuses images that have a parent.',
    repair: 'None needed; check the parent by its own file.',
  },
};
