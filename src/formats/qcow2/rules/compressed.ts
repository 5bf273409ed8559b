import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';

const COMPRESSED = 'QEMU docs/interop/qcow2, "Cluster mapping", Compressed Clusters Descriptor';

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

/** Two compressed clusters with the same bytes. */
export const compressedOverlap = defineRule<
  unknown,
  { readonly entry: string; readonly start: number; readonly end: number; readonly other: string }
>({
  id: 'qcow2/compressed-overlap',
  severity: 'error',
  depth: 'metadata',
  title: 'The data of two compressed clusters overlap',
  spec: COMPRESSED,
  repair: 'none',
  message: ({ entry, start, end, other }) =>
    `the compressed cluster of ${entry} at bytes ${start} to ${end - 1} begins inside that of ${other}`,
  explanation: {
    what: 'Two L2 entries of the active disk lead to compressed data with bytes in common, or to the same data. (Where one ends and the next begins they may share a sector of 512 bytes.)',
    why: 'At most one of the two positions is right: the other guest cluster cannot be decompressed, or shows data of another place of the disk.',
    how: 'A damaged entry, or reference counts that were too low, so that a cluster in use was given out again.',
    readers:
      'qemu decompresses whatever is there and fails or gives wrong data; qemu-img check sees only that a reference count is wrong, if it is.',
    repair: 'Find out which of the two decompresses; restore the other guest cluster from a backup.',
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
