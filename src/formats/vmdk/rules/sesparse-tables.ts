import type { RegionRule } from '../../../model/owners.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';

const TABLES = 'QEMU 7.2, block/vmdk.c, seSparse grain directory and grain tables';

/** An entry and its 64 bits in hex. */
interface SlotFault {
  readonly field: string;
  readonly actual: string;
}

/** A directory entry of unknown kind. */
export const seGdeType: RaisableRule<unknown, SlotFault> = defineRule({
  id: 'sesparse/gde-type',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain directory entry of unknown kind',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap'],
  message: ({ field, actual }) =>
    `${field} is ${actual}: the top four bits must be 1 and the next 28 zero, or the whole entry`,
  explanation: {
    what: 'A directory entry is either 0 or the number of a table with a 1 in its top four bits; this one is neither.',
    why: "16 MiB of the guest's disk cannot be found.",
    how: 'A damaged directory.',
    readers: 'QEMU fails for this part of the disk; Xen Orchestra takes more of the bits for the number.',
    repair: 'There is no second directory; restore the file from its source.',
  },
});

/** A table outside the area of tables. */
export const seGdeOutOfArea: RaisableRule<
  unknown,
  { readonly field: string; readonly index: number; readonly tables: number }
> = defineRule({
  id: 'sesparse/gde-out-of-area',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain table outside the area of tables',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap', 'sesparse/area-out-of-file', 'sesparse/grain-tables-too-small'],
  message: ({ field, index, tables }) =>
    `${field} leads to table ${index}, but the area inside the file has room for ${tables}`,
  explanation: {
    what: 'A directory entry has the number of a table for which the area of tables, as far as it is inside the file, has no room.',
    why: 'What is read as a table is bitmap, backmap or nothing, so 16 MiB of the disk show random parts of the file.',
    how: 'A damaged directory, or a file that was cut off.',
    readers: 'QEMU reads whatever lies there.',
    repair: 'There is no second directory; restore the file from its source.',
  },
});

/** Two directory entries share a table. */
export const seGdeDuplicate: RegionRule = defineRegionRule({
  id: 'sesparse/gde-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two entries of the grain directory share a table',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap'],
  explanation: {
    what: 'Two entries of the grain directory have the number of one table.',
    why: "Two regions of 16 MiB of the guest's disk are one: what is written to one appears in the other.",
    how: 'A damaged directory, or a journal that was not replayed.',
    readers: 'QEMU does not notice.',
    repair: 'Nobody can tell from the tables which region owns this one; the backmap may.',
  },
});

/** An entry of unknown kind. */
export const seGteType: RaisableRule<unknown, SlotFault> = defineRule({
  id: 'sesparse/gte-type',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain table entry of unknown kind',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap'],
  message: ({ field, actual }) =>
    `${field} is ${actual}, of a kind above 3 in its top four bits, which nobody knows`,
  explanation: {
    what: 'The top four bits of an entry say what the guest sees: 0 to 3 are known, this one has another value.',
    why: 'What the guest should see in these 4096 bytes is not known.',
    how: 'A damaged table.',
    readers: 'QEMU fails when the grain is read.',
    repair: 'Restore the file from its source.',
  },
});

/** An unallocated entry with a payload. */
export const seGteUnallocatedPayload: RaisableRule<unknown, SlotFault> = defineRule({
  id: 'sesparse/gte-unallocated-payload',
  severity: 'error',
  depth: 'metadata',
  title: 'An entry of an unallocated grain holds something',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap'],
  message: ({ field, actual }) =>
    `${field} is ${actual}: unallocated by its top four bits, but the rest is not zero`,
  explanation: {
    what: 'An entry of kind 0 stands for a grain of the parent and is zero as a whole; this one is not.',
    why: "The entry was damaged: most likely its kind was lost, and with it the guest's data.",
    how: 'A damaged table.',
    readers: 'QEMU fails when the grain is read; others show the parent.',
    repair: 'If the rest is the number of a slot that nobody else uses, the kind was 3.',
  },
});

/** A zero entry with a payload. */
export const seGteZeroPayload: RaisableRule<unknown, SlotFault> = defineRule({
  id: 'sesparse/gte-zero-payload',
  severity: 'info',
  depth: 'metadata',
  title: 'An entry of a grain of zeros holds something',
  spec: `${TABLES}; what belongs into the rest is inferred`,
  repair: 'none',
  message: ({ field, actual }) =>
    `${field} is ${actual}: a grain of zeros by its top four bits, but the rest is not zero`,
  explanation: {
    what: 'An entry of kind 2 stands for a grain of zeros; the other bits are expected to be zero and are not.',
    why: 'The guest sees zeros. The slot in the other bits may be one to give back.',
    how: 'Not known: nobody has documented these bits.',
    readers: 'All readers ignore them.',
    repair: 'Nothing needs to be done.',
  },
});

/** A grain outside the file. */
export const seGteOutOfFile: RegionRule = defineRegionRule({
  id: 'sesparse/gte-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain lies outside the file',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap'],
  explanation: {
    what: 'An entry has a slot whose 4096 bytes are not, or not all, inside the file.',
    why: 'What the guest wrote there is lost.',
    how: 'A file that was cut off, or a damaged table.',
    readers: 'QEMU reports those that begin behind the end, and reads zeros for them.',
    repair: 'Restore the file from its source.',
  },
});

/** A slot outside the area of grains. */
export const seGteOutOfArea: RaisableRule<
  unknown,
  { readonly field: string; readonly slot: number; readonly slots: number }
> = defineRule({
  id: 'sesparse/gte-out-of-area',
  severity: 'error',
  depth: 'metadata',
  title: 'A grain lies outside the area of grains',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap'],
  message: ({ field, slot, slots }) =>
    `${field} has slot ${slot}, but the area of grains ends with slot ${slots - 1}`,
  explanation: {
    what: 'An entry has the number of a slot for which the area of grains has no room.',
    why: "There is nothing of the guest's at that place.",
    how: 'A damaged table or header.',
    readers: 'QEMU reads zeros or whatever lies there.',
    repair: 'Restore the file from its source.',
  },
});

/** Two entries share a slot. */
export const seGteDuplicate: RegionRule = defineRegionRule({
  id: 'sesparse/gte-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two entries have one slot',
  spec: TABLES,
  repair: 'none',
  derivedFrom: ['sesparse/gde-duplicate', 'sesparse/area-overlap'],
  explanation: {
    what: 'Two entries of kind 3 have the number of one slot.',
    why: 'At least one of them shows data that belongs to the other, and what the guest writes to one changes the other.',
    how: 'A crash whose journal was not replayed, or two hosts that had the disk open at once.',
    readers: 'QEMU does not notice.',
    repair: 'Nobody can tell from the tables which entry is right; the backmap may.',
  },
});

/** A slot that was given up and is in use. */
export const seGteUnmappedReuse: RegionRule = defineRegionRule({
  id: 'sesparse/gte-unmapped-reuse',
  severity: 'error',
  depth: 'metadata',
  title: 'A slot to be reclaimed is in use',
  spec: `${TABLES}; the payload of kind 1 is known from one source`,
  repair: 'none',
  derivedFrom: ['sesparse/area-overlap'],
  explanation: {
    what: 'An entry of kind 1 (given up by the guest) names a slot to be reclaimed, and another entry uses that slot.',
    why: 'When the slot is reclaimed and handed out again, the data of the other entry is overwritten.',
    how: 'A crash whose journal was not replayed, or a damaged table.',
    readers: 'QEMU ignores the payload of such entries.',
    repair: 'Clear the payload of the entry of kind 1 after a backup.',
  },
});

/** An entry for a grain behind the end of the disk. */
export const seGteBeyondCapacity: RaisableRule<unknown, SlotFault & { readonly grains: number }> = defineRule(
  {
    id: 'sesparse/gte-beyond-capacity',
    severity: 'warning',
    depth: 'metadata',
    title: 'An entry for a grain behind the end of the disk',
    spec: TABLES,
    repair: 'none',
    message: ({ field, actual, grains }) =>
      `${field} is ${actual}, but the disk ends with grain ${grains - 1}`,
    explanation: {
      what: 'The last grain table has more entries than the disk has grains; those should be 0, and this one is not.',
      why: 'The guest cannot reach it; its slot only takes space.',
      how: 'A damaged table or capacity.',
      readers: 'All readers ignore it.',
      repair: "Nothing needs to be done for the guest's data.",
    },
  },
);
