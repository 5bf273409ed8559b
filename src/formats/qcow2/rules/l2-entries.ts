import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';

const L2 = 'QEMU docs/interop/qcow2, "Cluster mapping", Standard Cluster Descriptor';
const EXTENDED = 'QEMU docs/interop/qcow2, "Extended L2 Entries"';

/** Reserved bits in an L2 entry. */
export const l2EntryReserved = defineSpecRule({
  id: 'qcow2/l2-entry-reserved',
  severity: 'error',
  depth: 'metadata',
  title: 'Reserved bits are set in an L2 entry',
  spec: L2,
  repair: 'safe',
  message: ({ field }) => `${field}: bits 1 to 8 and 56 to 61 of an L2 entry must be zero`,
  explanation: {
    what: 'Bits 1 to 8 or 56 to 61 of an L2 entry are set; they are reserved and zero.',
    why: 'The entry was not written like this, so the position of the guest cluster cannot be trusted either.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu ignores the bits when it reads; qemu-img check counts an error.',
    repair: 'Clear the bits if the position is plausible.',
  },
});

/** The zero flag in version 2. */
export const l2ZeroBitV2 = defineRule<unknown, { readonly entry: string }>({
  id: 'qcow2/l2-zero-bit-v2',
  severity: 'error',
  depth: 'metadata',
  title: 'The zero flag is set in a version 2 image',
  spec: `${L2}, bit 0`,
  repair: 'lossy',
  message: ({ entry }) => `${entry} has the zero flag (bit 0), which version 2 does not have`,
  explanation: {
    what: 'Bit 0 of an L2 entry means "reads as zeros" from version 3 on; in version 2 it is reserved.',
    why: 'It is not known whether the cluster is data or zeros; reading it fails.',
    how: 'A version field that was changed back by hand, or a damaged entry.',
    readers: 'qemu reports the cluster as corrupt when it is read; qemu-img check passes it.',
    repair: 'Set the version to 3 if the image was one, or clear the bit.',
  },
});

/** The zero flag in an extended entry. */
export const l2ZeroBitExtended = defineSpecRule({
  id: 'qcow2/l2-zero-bit-extended',
  severity: 'warning',
  depth: 'metadata',
  title: 'The zero flag is set in an extended L2 entry',
  spec: EXTENDED,
  repair: 'safe',
  message: ({ field }) => `${field} has bit 0 set, which is reserved in extended L2 entries`,
  explanation: {
    what: 'Extended L2 entries say in their bitmap what reads as zeros; bit 0 of the first word is reserved.',
    why: 'Readers that honour the bit see zeros, others see the data.',
    how: 'A writer that mixed up the two kinds of entries, or a damaged entry.',
    readers: 'qemu ignores the bit, and qemu-img check does not report it.',
    repair: 'Clear the bit.',
  },
});

/** A host cluster that does not begin at a cluster. */
export const l2EntryUnaligned = defineRule<
  unknown,
  { readonly entry: string; readonly target: string; readonly clusterSize: number }
>({
  id: 'qcow2/l2-entry-unaligned',
  severity: 'error',
  depth: 'metadata',
  title: 'A guest cluster does not begin at a host cluster',
  spec: L2,
  repair: 'lossy',
  message: ({ entry, target, clusterSize }) =>
    `${entry} points at byte ${target}, which is no multiple of the cluster size ${clusterSize}`,
  explanation: {
    what: 'An L2 entry points into the middle of a cluster.',
    why: 'The guest cluster cannot be read.',
    how: 'A fault of memory or storage, an overwritten table, or a wrong cluster size in the header.',
    readers:
      'qemu fails to read the cluster and marks the image corrupt on writing; qemu-img check counts an error.',
    repair: 'Restore the guest cluster from a backup; qemu-img check -r all replaces it with zeros.',
  },
});

/** A host cluster that is not in the file. */
export const l2EntryOutOfFile = defineRegionRule({
  id: 'qcow2/l2-entry-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'A guest cluster is not in the file',
  spec: L2,
  repair: 'lossy',
  explanation: {
    what: 'An L2 entry points at or behind the end of the file. (The last cluster may be cut; its missing bytes are zeros.)',
    why: 'The data of this guest cluster are lost; they read as zeros, without an error.',
    how: 'A file that was cut off by a broken copy, a download or a full disk, or a damaged entry.',
    readers: 'qemu reads zeros; qemu-img check counts an error where a whole cluster is missing.',
    repair: 'Copy the image again from its source; clearing the entry makes the loss final.',
  },
});

/** Guest data in the place of a structure. */
export const l2EntryInMetadata = defineRegionRule({
  id: 'qcow2/l2-entry-in-metadata',
  severity: 'error',
  depth: 'metadata',
  title: 'A guest cluster lies in the metadata',
  spec: L2,
  repair: 'lossy',
  message: ({ region, start, other }) =>
    `${region} at byte ${start} lies in ${other ?? 'a structure of the image'}`,
  explanation: {
    what: 'An L2 entry points at a cluster that holds the header, a table, reference counts or another structure.',
    why: 'The guest reads tables as its data, and a write of the guest destroys the image. A hostile guest gains control over the tables.',
    how: 'Reference counts that were too low, so that the cluster was given out again; a damaged entry; or an attack.',
    readers:
      'qemu stops writing when it notices, and marks the image corrupt; qemu-img check sees a wrong reference count.',
    repair:
      'Do not run a guest from the image. Clear the entry, and restore the guest cluster from a backup.',
  },
});

/** One host cluster for two guest clusters. */
export const l2EntryDuplicate = defineRegionRule({
  id: 'qcow2/l2-entry-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two guest clusters share a host cluster',
  spec: L2,
  repair: 'none',
  message: ({ region, start, other }) =>
    `${region} at byte ${start} is also ${other ?? 'that of another entry'}`,
  explanation: {
    what: 'The same host cluster stands in two L2 entries of the active disk.',
    why: 'Two places of the disk show the same data; at least one of them is wrong, and a write to one changes the other.',
    how: 'Reference counts that were too low, so that the cluster was given out again, often after a crash or two programs writing at once.',
    readers:
      'qemu reads both places from the cluster; qemu-img check sees only that the reference count is wrong, if it is.',
    repair: 'Find out by content whose data they are, and restore the other guest cluster from a backup.',
  },
});

/** COPIED in an active L2 table. */
export const l2CopiedMismatch = defineRule<
  unknown,
  { readonly entry: string; readonly isCopied: boolean; readonly refcount: string }
>({
  id: 'qcow2/l2-copied-mismatch',
  severity: 'error',
  depth: 'metadata',
  title: 'The COPIED flag of an L2 entry is wrong',
  spec: `${L2}, bit 63`,
  repair: 'safe',
  derivedFrom: [
    'qcow2/reftable-missing',
    'qcow2/reftable-unaligned',
    'qcow2/reftable-out-of-file',
    'qcow2/refcount-order',
  ],
  message: ({ entry, isCopied, refcount }) =>
    `${entry} has COPIED ${isCopied ? 'set' : 'clear'}, but the refcount of its cluster is ${refcount}`,
  explanation: {
    what: 'Bit 63 of an active L2 entry is set exactly where the reference count of its host cluster is 1.',
    why: 'Set wrongly, a write changes a cluster that a snapshot uses too, and damages the snapshot without a sign. Clear wrongly, it only costs a copy.',
    how: 'A crash between the two writes, or a wrong reference count.',
    readers: 'qemu trusts the flag when it writes; qemu-img check counts an error.',
    repair: 'Set the flag according to the reference count, once that is right.',
  },
});

/** COPIED without a host cluster. */
export const l2CopiedWithoutOffset = defineRule<unknown, { readonly entry: string }>({
  id: 'qcow2/l2-copied-without-offset',
  severity: 'warning',
  depth: 'metadata',
  title: 'COPIED is set on an entry without a cluster',
  spec: `${L2}, bit 63`,
  repair: 'safe',
  message: ({ entry }) => `${entry} has COPIED set but no host cluster`,
  explanation: {
    what: 'Bit 63 is set in an L2 entry whose position is 0. Only an external data file has guest data at position 0.',
    why: 'The guest cluster reads as unallocated; an entry like this may be what is left of one that was damaged.',
    how: 'A damaged entry, or an image whose data file was merged by hand.',
    readers: 'qemu takes the cluster as unallocated; qemu-img check does not mention it.',
    repair: 'Clear the bit, after a look at whether a leaked cluster belongs here.',
  },
});

/** Entries behind the end of the disk. */
export const l2BeyondSize = defineRule<
  unknown,
  { readonly clusters: number; readonly entry: string; readonly size: number }
>({
  id: 'qcow2/l2-beyond-size',
  severity: 'info',
  depth: 'metadata',
  title: 'Clusters are allocated behind the end of the disk',
  spec: 'QEMU docs/interop/qcow2, "Snapshots": VM state lies behind the end of the disk',
  repair: 'lossy',
  message: ({ clusters, entry, size }) =>
    `${clusters} clusters are allocated behind the end of the disk at byte ${size}, the first by ${entry}`,
  explanation: {
    what: 'The active tables map clusters behind the end of the guest disk.',
    why: 'The guest cannot see them. They hold the saved state of a virtual machine, or are remains of a larger disk.',
    how: 'A snapshot with machine state was loaded, or the disk was made smaller by a program that left them.',
    readers: 'All readers ignore them; they count as used.',
    repair: 'None is needed; qemu frees them when a snapshot is loaded or the disk is resized.',
  },
});
