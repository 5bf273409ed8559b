import { defineFieldRule, type FieldRule } from './field-rule.ts';
import { findAreasOutside, seSparseExtents } from './sesparse-areas.ts';

const CONSTANT = 'QEMU 7.2, block/vmdk.c, seSparse constant header';
const VOLATILE = 'QEMU 7.2, block/vmdk.c, seSparse volatile header';

/** The first eight bytes are not the magic. */
export const seConstMagic: FieldRule = defineFieldRule({
  id: 'sesparse/const-magic',
  severity: 'error',
  depth: 'header',
  title: 'The extent does not begin with the magic of seSparse',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'A seSparse extent begins with 0xcafebabe as a 64-bit number; this one does not, though other marks of it are there.',
    why: 'Readers do not recognise the snapshot, and what the guest wrote since it was taken cannot be read.',
    how: 'The first sector was overwritten.',
    readers: 'QEMU refuses it.',
    repair: 'If the rest of the header is sound the eight bytes can be written back.',
  },
});

/** The header is cut short. */
export const seAreaOutOfFile: FieldRule = defineFieldRule({
  id: 'sesparse/area-out-of-file',
  severity: 'error',
  depth: 'header',
  title: 'An area is not inside the file',
  spec: CONSTANT,
  repair: 'none',
  message: ({ field, expected, actual }) => `${field} is ${actual}: ${expected}`,
  explanation: {
    what: 'The constant header places an area outside the file. Only the area of grains may be cut short: it grows with the data.',
    why: "Without directory and tables the guest's data cannot be found; without bitmap, backmap or journal ESXi cannot write to the disk.",
    how: 'A file that was cut off, or a damaged header.',
    readers: 'QEMU reads zeros for what is missing and reports no error.',
    repair: 'Restore the file from its source.',
  },
  check(image, tell) {
    for (const extent of seSparseExtents(image)) findAreasOutside(extent, tell);
  },
});

/** A version that nobody knows. */
export const seVersion: FieldRule = defineFieldRule({
  id: 'sesparse/version',
  severity: 'error',
  depth: 'header',
  title: 'Unknown version of seSparse',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'The version is not 2.1 (0x200000001), the only one that was ever seen.',
    why: 'What the fields mean is not known for another one.',
    how: 'A damaged header, or a version of ESXi that nobody described.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
});

/** A grain size that nobody knows. */
export const seGrainSize: FieldRule = defineFieldRule({
  id: 'sesparse/grain-size',
  severity: 'error',
  depth: 'header',
  title: 'Unknown grain size of seSparse',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'The grain size is not 8 sectors. vSphere has a setting for others, but no such file is known.',
    why: 'How entries are to be read with another size is not known for certain, so nothing is read.',
    how: 'A damaged header.',
    readers: 'QEMU refuses it; others assume 8 without looking.',
    repair: 'Open the disk on ESXi.',
  },
});

/** A table size that nobody knows. */
export const seGrainTableSize: FieldRule = defineFieldRule({
  id: 'sesparse/grain-table-size',
  severity: 'error',
  depth: 'header',
  title: 'Unknown size of grain tables of seSparse',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'The size of a grain table is not 64 sectors, the only one that was ever seen.',
    why: 'Which table answers for which part of the disk is computed from it.',
    how: 'A damaged header.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
});

/** Flags that nobody knows. */
export const seFlags: FieldRule = defineFieldRule({
  id: 'sesparse/flags',
  severity: 'error',
  depth: 'header',
  title: 'Unknown flags of seSparse',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'The flags are not 0; what their bits mean was never published.',
    why: 'The extent may use something that readers do not know.',
    how: 'A damaged header, or a version of ESXi that nobody described.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
});

/** Reserved bytes hold something. */
export const seReserved: FieldRule = defineFieldRule({
  id: 'sesparse/reserved-nonzero',
  severity: 'warning',
  depth: 'header',
  title: 'Reserved bytes of the constant header are not zero',
  spec: CONSTANT,
  repair: 'none',
  message: ({ field }) => `${field} must be zero and is not`,
  explanation: {
    what: 'Reserved fields, or the bytes behind the last field, are not zero.',
    why: "The guest's data is probably as usual; what the bytes mean is not known.",
    how: 'A damaged header, or a version of ESXi that nobody described.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
});

/** No sectors, or too many. */
export const seCapacityZero: FieldRule = defineFieldRule({
  id: 'sesparse/capacity-zero',
  severity: 'error',
  depth: 'header',
  title: 'The capacity of a seSparse extent cannot be',
  spec: CONSTANT,
  repair: 'none',
  explanation: {
    what: 'The capacity is 0, or 64 TiB or more, the limit of disks on ESXi.',
    why: 'The guest sees no disk, or one that its tables cannot describe.',
    how: 'A damaged header.',
    readers: 'QEMU does not check it.',
    repair: 'The extent line of the descriptor has the size.',
  },
});

/** The area of grains is smaller than the disk. */
export const seGrainsTooSmall: FieldRule = defineFieldRule({
  id: 'sesparse/grains-too-small',
  severity: 'warning',
  depth: 'header',
  title: 'The area of grains is smaller than the disk',
  spec: `${CONSTANT}; known from one source`,
  repair: 'none',
  derivedFrom: ['sesparse/capacity-zero'],
  explanation: {
    what: 'The sectors that the header sets aside for grains are fewer than the capacity.',
    why: 'When the guest has written to all of its disk, there is no room left.',
    how: 'A damaged header; in known files both are equal.',
    readers: 'QEMU does not check it.',
    repair: 'Open the disk on ESXi.',
  },
});

/** The magic of the volatile header is wrong. */
export const seVolatileMagic: FieldRule = defineFieldRule({
  id: 'sesparse/volatile-magic',
  severity: 'error',
  depth: 'header',
  title: 'The volatile header does not begin with its magic',
  spec: VOLATILE,
  repair: 'none',
  explanation: {
    what: 'Where the constant header places the volatile one, the first eight bytes are not 0xcafecafe.',
    why: 'Whether the tables are up to date, or a journal must be replayed, is not known.',
    how: 'A damaged sector, or a damaged offset in the constant header.',
    readers: 'QEMU refuses it.',
    repair: 'Restore the file from its source.',
  },
});

/** The pad of the volatile header holds something. */
export const seVolatilePad: FieldRule = defineFieldRule({
  id: 'sesparse/volatile-pad-nonzero',
  severity: 'warning',
  depth: 'header',
  title: 'The rest of the volatile header is not zero',
  spec: VOLATILE,
  repair: 'none',
  message: ({ field }) => `${field} must be zeros and is not`,
  explanation: {
    what: 'The bytes behind the last known field of the volatile header are not zero.',
    why: "The guest's data is probably as usual; what the bytes mean is not known.",
    how: 'A damaged header, or a version of ESXi that nobody described.',
    readers: 'QEMU refuses it.',
    repair: 'Open the disk on ESXi.',
  },
});

/** A journal waits to be replayed. */
export const seReplayJournal: FieldRule = defineFieldRule({
  id: 'sesparse/replay-journal',
  severity: 'error',
  depth: 'header',
  title: 'A journal waits to be replayed',
  spec: VOLATILE,
  repair: 'none',
  message: ({ field, actual }) =>
    `${field} is ${actual}: the disk was not closed, and its tables are stale until ESXi has replayed the journal`,
  explanation: {
    what: 'The volatile header says that the journal holds changes that are not in the tables yet.',
    why: 'What the guest wrote last is missing from the tables, or they are half changed.',
    how: 'A host that crashed, or a copy made while the machine was running.',
    readers: 'QEMU refuses it; Xen Orchestra does not look at it and reads stale tables.',
    repair: 'Open the disk on ESXi once; the layout of the journal is not published.',
  },
});

/** The rules that the specs of both headers name. */
export const sesparseSpecRules: readonly FieldRule[] = [
  seConstMagic,
  seAreaOutOfFile,
  seVersion,
  seGrainSize,
  seGrainTableSize,
  seFlags,
  seReserved,
  seCapacityZero,
  seGrainsTooSmall,
  seVolatileMagic,
  seVolatilePad,
  seReplayJournal,
];
