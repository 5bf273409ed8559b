import type { Explanations } from '../../../../../model/rule.ts';
import type { entryRules } from './entries.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const entryExplanations: Explanations<typeof entryRules> = {
  'vmdk4/gte-one-without-flag': {
    what: 'A grain table entry of 1 means a grain of zeros, but only in extents with flag bit 2; this one does not have it.',
    why: 'One reader shows the guest zeros, another the sectors from the descriptor on.',
    how: 'A writer that uses zeroed grains and did not set the flag, or a damaged entry.',
    readers: 'QEMU serves the bytes from sector 1 on, open-vmdk zeros.',
    repair: 'If zeros are what is meant, set the flag and version 2; if nothing is, write 0.',
  },
  'vmdk4/gte-misaligned': {
    what: 'Grains follow one another from overHead on; this one begins somewhere between two of these places.',
    why: 'The data may be right, but writers that allocate whole grains may put the next one over its end.',
    how: 'A damaged entry; no known writer does this.',
    readers: 'All readers follow the entry.',
    repair: 'Check the grain against the redundant table; converting the image makes everything aligned.',
  },
  'vmdk4/gte-beyond-capacity': {
    what: 'The last grain table has more entries than the disk has grains; those must be 0, and this one is not.',
    why: 'The guest cannot reach it. The grain takes space, and it would show up if the disk were made larger.',
    how: 'A disk that was made smaller, or a damaged table.',
    readers: 'All readers ignore it.',
    repair: 'Write 0.',
  },
  'vmdk4/grain-lba-mismatch': {
    what: 'Every compressed grain carries its own address. The one that this entry points to carries another.',
    why: 'The guest finds data in a place where it does not belong.',
    how: 'Entries that changed places, a table of another disk, or a damaged marker.',
    readers:
      'QEMU serves the data at the wrong address and reports nothing; readers that go through the file as a stream put it where the marker says.',
    repair: 'If all markers agree among themselves the tables can be made again from them.',
  },
  'vmdk4/grain-size-zero': {
    what: 'The marker before a compressed grain says that the stream has no bytes, which makes it a metadata marker.',
    why: 'There is no data for this part of the disk, though the table says so.',
    how: 'An entry that points to a wrong sector, or a part of the file that was never written.',
    readers: 'QEMU fails when the grain is read.',
    repair:
      'Restore the file from its source; a scan for the marker with the right address may find the grain.',
  },
  'vmdk4/grain-size-excessive': {
    what: 'Data that cannot be compressed grows by a few bytes at most; this marker tells of far more than a grain.',
    why: 'The marker or the entry is wrong, and the stream is garbage or a trap for readers that allocate what they are told.',
    how: 'An entry that points into the middle of data, a damaged marker, or a file made to exhaust its reader.',
    readers: 'QEMU refuses more than two grains when the grain is read.',
    repair:
      'Restore the file from its source; a scan for the marker with the right address may find the grain.',
  },
};
