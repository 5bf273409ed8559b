import type { Explanations } from '../../../../../model/rule.ts';
import type { tableRules } from './tables.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const tableExplanations: Explanations<typeof tableRules> = {
  'sesparse/gde-type': {
    what: 'A directory entry is either 0 or the number of a table with a 1 in its top four bits; this one is neither.',
    why: "16 MiB of the guest's disk cannot be found.",
    how: 'A damaged directory.',
    readers: 'QEMU fails for this part of the disk; Xen Orchestra takes more of the bits for the number.',
    repair: 'There is no second directory; restore the file from its source.',
  },
  'sesparse/gde-out-of-area': {
    what: 'A directory entry has the number of a table for which the area of tables, as far as it is inside the file, has no room.',
    why: 'What is read as a table is bitmap, backmap or nothing, so 16 MiB of the disk show random parts of the file.',
    how: 'A damaged directory, or a file that was cut off.',
    readers: 'QEMU reads whatever is there.',
    repair: 'There is no second directory; restore the file from its source.',
  },
  'sesparse/gde-duplicate': {
    what: 'Two entries of the grain directory have the number of one table.',
    why: "Two regions of 16 MiB of the guest's disk are one: what is written to one appears in the other.",
    how: 'A damaged directory, or a journal that was not replayed.',
    readers: 'QEMU does not notice.',
    repair: 'The tables do not say which region owns this one; the backmap may.',
  },
  'sesparse/gte-type': {
    what: 'The top four bits of an entry say what the guest sees: 0 to 3 are known, this one has another value.',
    why: 'What the guest should see in these 4096 bytes is not known.',
    how: 'A damaged table.',
    readers: 'QEMU fails when the grain is read.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/gte-unallocated-payload': {
    what: 'An entry of kind 0 means a grain of the parent and is zero as a whole; this one is not.',
    why: "The entry was damaged: most likely its kind was lost, and with it the guest's data.",
    how: 'A damaged table.',
    readers: 'QEMU fails when the grain is read; others show the parent.',
    repair: 'If the rest is the number of a slot that no other entry uses, the kind was 3.',
  },
  'sesparse/gte-zero-payload': {
    what: 'An entry of kind 2 means a grain of zeros; the other bits are expected to be zero and are not.',
    why: 'The guest sees zeros. The slot in the other bits may be one to give back.',
    how: 'Not known: these bits are not documented.',
    readers: 'All readers ignore them.',
    repair: 'Nothing needs to be done.',
  },
  'sesparse/gte-out-of-file': {
    what: 'An entry has a slot whose 4096 bytes are not, or not all, inside the file.',
    why: 'What the guest wrote there is lost.',
    how: 'A file that was cut off, or a damaged table.',
    readers: 'QEMU reports those that begin past the end, and reads zeros for them.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/gte-out-of-area': {
    what: 'An entry has the number of a slot for which the area of grains has no room.',
    why: "There is nothing of the guest's at that place.",
    how: 'A damaged table or header.',
    readers: 'QEMU reads zeros or whatever is there.',
    repair: 'Restore the file from its source.',
  },
  'sesparse/gte-duplicate': {
    what: 'Two entries of kind 3 have the number of one slot.',
    why: 'At least one of them shows data that belongs to the other, and what the guest writes to one changes the other.',
    how: 'A crash whose journal was not replayed, or two hosts that had the disk open at once.',
    readers: 'QEMU does not notice.',
    repair: 'The tables do not say which entry is right; the backmap may.',
  },
  'sesparse/gte-unmapped-reuse': {
    what: 'An entry of kind 1 (given up by the guest) names a slot to be reclaimed, and another entry uses that slot.',
    why: 'When the slot is reclaimed and handed out again, the data of the other entry is overwritten.',
    how: 'A crash whose journal was not replayed, or a damaged table.',
    readers: 'QEMU ignores the payload of such entries.',
    repair: 'Clear the payload of the entry of kind 1 after a backup.',
  },
  'sesparse/gte-beyond-capacity': {
    what: 'The last grain table has more entries than the disk has grains; those should be 0, and this one is not.',
    why: 'The guest cannot reach it; its slot only takes space.',
    how: 'A damaged table or capacity.',
    readers: 'All readers ignore it.',
    repair: "Nothing needs to be done for the guest's data.",
  },
};
