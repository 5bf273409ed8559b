import { defineRule, type RaisableRule } from '../../../model/rule.ts';

const TABLES = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, grain tables';
const STREAM = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents, grain marker';

/** A table entry that is not as it should be; sectors and bytes as the image counts them. */
export interface EntryFault {
  /** The entry's path: `gt[3][17]`. */
  readonly field: string;
  /** The entry's value, a sector. */
  readonly entry: number;
}

/** An entry of 1 that means nothing. */
export const gteOneWithoutFlag: RaisableRule<unknown, EntryFault> = defineRule({
  id: 'vmdk4/gte-one-without-flag',
  severity: 'error',
  depth: 'metadata',
  title: 'An entry of 1 where the header knows no zeroed grains',
  spec: `${TABLES}, zeroed grains`,
  repair: 'decision',
  message: ({ field }) =>
    `${field} is 1, which means a zeroed grain only where flag bit 2 is set, and it is clear`,
  explanation: {
    what: 'A grain table entry of 1 stands for a grain of zeros, but only in extents with flag bit 2; this one does not have it.',
    why: 'One reader shows the guest zeros, another the sectors from the descriptor on.',
    how: 'A writer that uses zeroed grains and did not set the flag, or a damaged entry.',
    readers: 'QEMU serves the bytes from sector 1 on, open-vmdk zeros.',
    repair: 'If zeros are what is meant, set the flag and version 2; if nothing is, write 0.',
  },
});

/** A grain that does not begin where grains begin. */
export const gteMisaligned: RaisableRule<
  unknown,
  EntryFault & { readonly first: number; readonly grain: number }
> = defineRule({
  id: 'vmdk4/gte-misaligned',
  severity: 'warning',
  depth: 'metadata',
  title: 'A grain does not begin where grains begin',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['vmdk4/overhead-invalid'],
  message: ({ field, entry, first, grain }) =>
    `${field} is sector ${entry}, not a multiple of ${grain} sectors behind the first grain at ${first}`,
  explanation: {
    what: 'Grains follow one another from overHead on; this one begins somewhere between two of these places.',
    why: 'The data may be right, but writers that allocate whole grains may put the next one over its end.',
    how: 'A damaged entry; no known writer does this.',
    readers: 'All readers follow the entry.',
    repair: 'Check the grain against the redundant table; converting the image makes everything aligned.',
  },
});

/** An entry for a grain behind the end of the disk. */
export const gteBeyondCapacity: RaisableRule<unknown, EntryFault & { readonly grains: number }> = defineRule({
  id: 'vmdk4/gte-beyond-capacity',
  severity: 'warning',
  depth: 'metadata',
  title: 'An entry for a grain behind the end of the disk',
  spec: TABLES,
  repair: 'safe',
  message: ({ field, entry, grains }) => `${field} is ${entry}, but the disk ends with grain ${grains - 1}`,
  explanation: {
    what: 'The last grain table has more entries than the disk has grains; those must be 0, and this one is not.',
    why: 'The guest cannot reach it. The grain takes space, and it would show up if the disk were made larger.',
    how: 'A disk that was made smaller, or a damaged table.',
    readers: 'All readers ignore it.',
    repair: 'Write 0.',
  },
});

/** A marker that belongs to another grain. */
export const grainLbaMismatch: RaisableRule<
  unknown,
  { readonly field: string; readonly expected: string; readonly actual: string }
> = defineRule({
  id: 'vmdk4/grain-lba-mismatch',
  severity: 'error',
  depth: 'metadata',
  title: "A table entry leads to another grain's data",
  spec: `${STREAM}, lba`,
  repair: 'decision',
  message: ({ field, expected, actual }) =>
    `${field} stands for guest sector ${expected}, but the grain that it leads to says that it is sector ${actual}`,
  explanation: {
    what: 'Every compressed grain carries its own address. The one that this entry leads to carries another.',
    why: 'The guest finds data in a place where it does not belong.',
    how: 'Entries that changed places, a table of another disk, or a damaged marker.',
    readers:
      'QEMU serves the data at the wrong address and reports nothing; readers that go through the file as a stream put it where the marker says.',
    repair: 'If all markers agree among themselves the tables can be made again from them.',
  },
});

/** A marker without data. */
export const grainSizeZero: RaisableRule<unknown, EntryFault> = defineRule({
  id: 'vmdk4/grain-size-zero',
  severity: 'error',
  depth: 'metadata',
  title: 'A table entry leads to a marker without data',
  spec: `${STREAM}, cmpSize`,
  repair: 'none',
  message: ({ field, entry }) =>
    `${field} leads to sector ${entry}, whose marker gives the grain 0 bytes of data`,
  explanation: {
    what: 'The marker in front of a compressed grain says that the stream has no bytes, which makes it a metadata marker.',
    why: 'There is no data for this part of the disk, though the table says so.',
    how: 'An entry that leads to a wrong sector, or a part of the file that was never written.',
    readers: 'QEMU fails when the grain is read.',
    repair:
      'Restore the file from its source; a scan for the marker with the right address may find the grain.',
  },
});

/** A marker with more data than a grain can have. */
export const grainSizeExcessive: RaisableRule<
  unknown,
  EntryFault & { readonly size: number; readonly grainSize: number }
> = defineRule({
  id: 'vmdk4/grain-size-excessive',
  severity: 'error',
  depth: 'metadata',
  title: 'A compressed grain is larger than what it holds could be',
  spec: `${STREAM}, cmpSize`,
  repair: 'none',
  message: ({ field, entry, size, grainSize }) =>
    `${field} leads to sector ${entry}, whose marker gives ${size} bytes of data for a grain of ${grainSize}`,
  explanation: {
    what: 'Data that cannot be compressed grows by a few bytes at most; this marker tells of far more than a grain.',
    why: 'The marker or the entry is wrong, and the stream is garbage or a trap for readers that allocate what they are told.',
    how: 'An entry that leads into the middle of data, a damaged marker, or a file made to exhaust its reader.',
    readers: 'QEMU refuses more than two grains when the grain is read.',
    repair:
      'Restore the file from its source; a scan for the marker with the right address may find the grain.',
  },
});
