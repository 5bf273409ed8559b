import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';

const L1 = 'QEMU docs/interop/qcow2, "Cluster mapping", L1 table entry';
const L2 = 'QEMU docs/interop/qcow2, "Cluster mapping", Standard Cluster Descriptor';
const COMPRESSED = 'QEMU docs/interop/qcow2, "Cluster mapping", Compressed Clusters Descriptor';
const EXTENDED = 'QEMU docs/interop/qcow2, "Extended L2 Entries"';

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
  { readonly entry: string; readonly target: number; readonly clusterSize: number }
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
  { readonly entry: string; readonly target: number; readonly clusterSize: number }
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

/** COPIED on a compressed cluster. */
export const compressedCopied = defineSpecRule({
  id: 'qcow2/compressed-copied',
  severity: 'error',
  depth: 'metadata',
  title: 'COPIED is set on a compressed cluster',
  spec: `${COMPRESSED}; bit 63 of the L2 entry`,
  repair: 'safe',
  message: ({ field }) => `${field} is set, but a compressed cluster never has COPIED`,
  explanation: {
    what: 'A compressed cluster is never written in place, so bit 63 of its entry is always clear.',
    why: 'A writer that trusts the flag would write over compressed data of other guest clusters too.',
    how: 'A damaged entry, or a writer that does not know the rule.',
    readers: 'qemu reads the cluster; qemu-img check counts an error.',
    repair: 'Clear the bit.',
  },
});

/** Compressed data that are not in the file. */
export const compressedOutOfFile = defineRegionRule({
  id: 'qcow2/compressed-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'Compressed data are not in the file',
  spec: COMPRESSED,
  repair: 'none',
  explanation: {
    what: 'The data of a compressed cluster begin behind the end of the file; or only their last sectors would, which is a warning, since they need not all be used.',
    why: 'What is missing cannot be decompressed, so the guest cluster cannot be read.',
    how: 'A file that was cut off by a broken copy or download, or a damaged entry.',
    readers:
      'qemu fails to read the cluster; qemu-img check counts an error where a whole cluster is missing.',
    repair: 'Copy the image again from its source.',
  },
});

/** A position of compressed data that is none. */
export const compressedHighBits = defineRule<unknown, { readonly entry: string }>({
  id: 'qcow2/compressed-high-bits',
  severity: 'error',
  depth: 'metadata',
  title: 'A compressed cluster has an impossible position',
  spec: COMPRESSED,
  repair: 'none',
  message: ({ entry }) => `${entry} gives a position of compressed data with bits above bit 55`,
  explanation: {
    what: 'Positions have 56 bits; with small clusters a compressed entry has room for more, which must be zero.',
    why: 'The data cannot be where the entry says, so the guest cluster cannot be read.',
    how: 'A damaged entry, or a standard entry that got the compressed bit.',
    readers: 'qemu fails to read the cluster.',
    repair: 'Restore the guest cluster from a backup.',
  },
});

/** Compressed data in the place of a structure. */
export const compressedInMetadata = defineRegionRule({
  id: 'qcow2/compressed-in-metadata',
  severity: 'error',
  depth: 'metadata',
  title: 'Compressed data lie in the metadata',
  spec: COMPRESSED,
  repair: 'none',
  message: ({ region, start, other }) =>
    `${region} at byte ${start} lies in ${other ?? 'a structure of the image'}`,
  explanation: {
    what: 'The data of a compressed cluster lie in a cluster of the header, a table, reference counts or another structure.',
    why: 'What is there is not what was compressed, so the guest cluster cannot be read.',
    how: 'Reference counts that were too low, so that the cluster was given out again; or a damaged entry.',
    readers: 'qemu fails to decompress the cluster; qemu-img check sees a wrong reference count.',
    repair: 'Restore the guest cluster from a backup.',
  },
});

/** Compressed clusters with an external data file. */
export const compressedWithDataFile = defineRule<unknown, { readonly entry: string }>({
  id: 'qcow2/compressed-with-data-file',
  severity: 'error',
  depth: 'metadata',
  title: 'A cluster is compressed although there is an external data file',
  spec: 'QEMU docs/interop/qcow2, "External data file"',
  repair: 'none',
  message: ({ entry }) => `${entry} is compressed, which an image with an external data file forbids`,
  explanation: {
    what: 'With an external data file every guest cluster lies at its own position in that file, so none can be compressed.',
    why: 'It is not known what the guest cluster holds.',
    how: 'A damaged entry, or a feature bit that was set by hand.',
    readers: 'qemu fails to read the cluster; qemu-img check counts an error.',
    repair: 'Restore the guest cluster from a backup.',
  },
});

/** Compressed clusters in an encrypted image. */
export const compressedWithEncryption = defineRule<unknown, { readonly entry: string }>({
  id: 'qcow2/compressed-with-encryption',
  severity: 'error',
  depth: 'metadata',
  title: 'A cluster is compressed although the image is encrypted',
  spec: 'QEMU block/qcow2: compression and encryption exclude each other',
  repair: 'none',
  message: ({ entry }) => `${entry} is compressed, which cannot be in an encrypted image`,
  explanation: {
    what: 'An encrypted image has no compressed clusters, but an L2 entry has the compressed bit.',
    why: 'No writer makes this, so the entry is damaged, or guest data lie in the image unencrypted.',
    how: 'A damaged entry, or an encryption method that was set by hand.',
    readers: 'qemu tries to decompress the cluster and fails or gives plain data.',
    repair: 'Restore the guest cluster from a backup.',
  },
});

/** Subclusters that are both. */
export const subclusterAllocAndZero = defineSpecRule({
  id: 'qcow2/subcluster-alloc-and-zero',
  severity: 'error',
  depth: 'metadata',
  title: 'A subcluster is both allocated and zero',
  spec: EXTENDED,
  repair: 'lossy',
  message: ({ field }) => `${field}: a subcluster has both its allocation bit and its zero bit set`,
  explanation: {
    what: 'In the bitmap of an extended L2 entry a subcluster has the bit for "allocated" and the bit for "reads as zeros".',
    why: 'It is not known whether the guest reads the stored bytes or zeros.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu fails to read the subcluster; qemu-img check counts an error.',
    repair: 'Decide by content which of the two is meant, and clear the other bit.',
  },
});

/** Subclusters without a place. */
export const subclusterNoOffset = defineRule<unknown, { readonly entry: string; readonly bits: string }>({
  id: 'qcow2/subcluster-no-offset',
  severity: 'error',
  depth: 'metadata',
  title: 'Subclusters are allocated without a host cluster',
  spec: EXTENDED,
  repair: 'lossy',
  message: ({ entry, bits }) => `${entry} has allocated subclusters (${bits}) but no host cluster`,
  explanation: {
    what: 'The bitmap of an extended L2 entry says that subclusters are stored, but the entry has no host cluster.',
    why: 'The data of these subclusters cannot be found.',
    how: 'A fault of memory or storage, or an entry of which only half was written.',
    readers: 'qemu fails to read the subclusters; qemu-img check counts an error.',
    repair:
      'Look for the host cluster among the leaked ones; otherwise clear the bits, which loses the data.',
  },
});

/** A bitmap on a compressed cluster. */
export const subclusterCompressedBitmap = defineRule<
  unknown,
  { readonly entry: string; readonly bits: string }
>({
  id: 'qcow2/subcluster-compressed-bitmap',
  severity: 'error',
  depth: 'metadata',
  title: 'A compressed cluster has subcluster bits',
  spec: EXTENDED,
  repair: 'safe',
  message: ({ entry, bits }) => `${entry} is compressed, so its bitmap must be zero, but it is ${bits}`,
  explanation: {
    what: 'A compressed cluster is compressed as a whole; the bitmap in its extended L2 entry is reserved and zero.',
    why: 'A reader may take the bits for subclusters that are not compressed.',
    how: 'A fault of memory or storage, or a writer that did not clear the bitmap.',
    readers: 'qemu reads the compressed cluster; qemu-img check counts an error.',
    repair: 'Clear the bitmap.',
  },
});
