import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';

const L1 = 'QEMU docs/interop/qcow2, "Cluster mapping", L1 table entry';

/** Reserved bits in an L1 entry. */
export const l1EntryReserved = defineSpecRule({
  id: 'qcow2/l1-entry-reserved',
  severity: 'error',
  depth: 'metadata',
  title: 'Reserved bits are set in an L1 entry',
  spec: L1,
  repair: 'safe',
  message: ({ field }) => `${field}: bits 0 to 8 and 56 to 62 of an L1 entry must be zero`,
  explanation: {
    what: 'Bits 0 to 8 or 56 to 62 of an L1 entry are set; they are reserved and zero.',
    why: 'The entry was not written like this, so its other bits cannot be trusted either: a whole L2 table of guest data hangs on it.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu ignores the bits when it reads; qemu-img check counts an error.',
    repair: 'Clear the bits if the position is that of an L2 table.',
  },
});

/** An L2 table that does not begin at a cluster. */
export const l1EntryUnaligned = defineRule<
  unknown,
  { readonly entry: string; readonly target: string; readonly clusterSize: number }
>({
  id: 'qcow2/l1-entry-unaligned',
  severity: 'error',
  depth: 'metadata',
  title: 'An L2 table does not begin at a cluster',
  spec: L1,
  repair: 'none',
  message: ({ entry, target, clusterSize }) =>
    `${entry} points at byte ${target}, which is no multiple of the cluster size ${clusterSize}`,
  explanation: {
    what: 'An L1 entry points into the middle of a cluster.',
    why: 'The L2 table cannot be read, so all guest data that it maps are out of reach.',
    how: 'A fault of memory or storage, or an overwritten L1 table.',
    readers: 'qemu fails every read in that range and marks the image corrupt on writing.',
    repair:
      'Look for the L2 table that nothing points at (it is among the leaked clusters) and restore the entry.',
  },
});

/** An L2 table that is not in the file. */
export const l1EntryOutOfFile = defineRegionRule({
  id: 'qcow2/l1-entry-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'An L2 table is not in the file',
  spec: L1,
  repair: 'lossy',
  explanation: {
    what: 'An L1 entry points at or behind the end of the file.',
    why: 'All guest data that the L2 table maps are lost; they read as zeros, without an error.',
    how: 'A file that was cut off by a broken copy or download, or a damaged entry.',
    readers: 'qemu reads zeros; qemu-img check counts an error.',
    repair: 'Copy the image again from its source; clearing the entry makes the loss final.',
  },
});

/** One L2 table for two regions. */
export const l1EntryDuplicate = defineRegionRule({
  id: 'qcow2/l1-entry-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two L1 entries point at the same L2 table',
  spec: L1,
  repair: 'none',
  message: ({ region, start, other }) =>
    `${region} at byte ${start} is also ${other ?? 'that of another entry'}`,
  explanation: {
    what: 'The same L2 table stands in two entries of one L1 table.',
    why: 'Two regions of the disk show the same data, and a write to one changes the other.',
    how: 'Reference counts that were too low, so that the cluster of a table was given out again; or a damaged L1 table.',
    readers: 'qemu reads both regions from the same table; qemu-img check sees a wrong reference count.',
    repair: 'Restore the image; which of the two regions the data belong to, only their content tells.',
  },
});

/** COPIED in the active L1 table. */
export const l1CopiedMismatch = defineRule<
  unknown,
  { readonly entry: string; readonly isCopied: boolean; readonly refcount: string }
>({
  id: 'qcow2/l1-copied-mismatch',
  severity: 'error',
  depth: 'metadata',
  title: 'The COPIED flag of an L1 entry is wrong',
  spec: `${L1}, bit 63`,
  repair: 'safe',
  derivedFrom: [
    'qcow2/reftable-missing',
    'qcow2/reftable-unaligned',
    'qcow2/reftable-out-of-file',
    'qcow2/refcount-order',
  ],
  message: ({ entry, isCopied, refcount }) =>
    `${entry} has COPIED ${isCopied ? 'set' : 'clear'}, but the refcount of its L2 table is ${refcount}`,
  explanation: {
    what: 'Bit 63 of an active L1 entry is set exactly where the reference count of its L2 table is 1.',
    why: 'Set wrongly, a write changes a table that a snapshot uses too, and damages the snapshot without a sign. Clear wrongly, it only costs a copy.',
    how: 'A crash between the two writes, or a wrong reference count.',
    readers: 'qemu trusts the flag when it writes; qemu-img check counts an error.',
    repair: 'Set the flag according to the reference count, once that is right.',
  },
});

/** An L2 table that maps nothing. */
export const l2UnallocatedTable = defineRule<unknown, { readonly entry: string }>({
  id: 'qcow2/l2-unallocated-table',
  severity: 'info',
  depth: 'metadata',
  title: 'An L2 table maps nothing',
  spec: L1,
  repair: 'lossy',
  message: ({ entry }) => `the L2 table of ${entry} has no entry in use`,
  explanation: {
    what: 'All entries of an L2 table are zero.',
    why: 'Nothing is wrong; the table only takes up a cluster.',
    how: 'The guest discarded all data of that region, or the writer makes all tables in advance.',
    readers: 'All readers accept it.',
    repair: 'None is needed; converting the image frees the table.',
  },
});
