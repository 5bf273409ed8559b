import type { Explanations } from '../../../model/rule.ts';
import type { compressedRules } from './compressed.ts';

/** The rules of `compressed.ts` explained. */
export const compressedExplanations: Explanations<typeof compressedRules> = {
  'qcow2/compressed-copied': {
    what: 'A compressed cluster is never written in place, so bit 63 of its entry is always clear.',
    why: 'A writer that trusts the flag would write over compressed data of other guest clusters too.',
    how: 'A damaged entry, or a writer that does not know the rule.',
    readers: 'qemu reads the cluster; qemu-img check counts an error.',
    repair: 'Clear the bit.',
  },
  'qcow2/compressed-out-of-file': {
    what: 'The data of a compressed cluster begins past the end of the file; or only its last sectors would be there, which is a warning, since they need not all be used.',
    why: 'What is missing cannot be decompressed, so the guest cluster cannot be read.',
    how: 'A file that was cut off by a broken copy or download, or a damaged entry.',
    readers:
      'qemu fails to read the cluster; qemu-img check counts an error where a whole cluster is missing.',
    repair: 'Copy the image again from its source.',
  },
  'qcow2/compressed-high-bits': {
    what: 'Positions have 56 bits; with small clusters a compressed entry has room for more, which must be zero.',
    why: 'The data cannot be where the entry says, so the guest cluster cannot be read.',
    how: 'A damaged entry, or a standard entry that got the compressed bit.',
    readers: 'qemu fails to read the cluster.',
    repair: 'Restore the guest cluster from a backup.',
  },
  'qcow2/compressed-in-metadata': {
    what: 'The data of a compressed cluster overlaps the header, a table, reference counts or another structure.',
    why: 'What is there is not what was compressed, so the guest cluster cannot be read.',
    how: 'Reference counts that were too low, so that the cluster was given out again; or a damaged entry.',
    readers: 'qemu fails to decompress the cluster; qemu-img check sees a wrong reference count.',
    repair: 'Restore the guest cluster from a backup.',
  },
  'qcow2/compressed-overlap': {
    what: 'Two L2 entries of the active disk point to compressed data with bytes in common, or to the same data. (Where one ends and the next begins they may share a sector of 512 bytes.)',
    why: 'At most one of the two positions is right: the other guest cluster cannot be decompressed, or shows data of another place of the disk.',
    how: 'A damaged entry, or reference counts that were too low, so that a cluster in use was given out again.',
    readers:
      'qemu decompresses whatever is there and fails or gives wrong data; qemu-img check sees only that a reference count is wrong, if it is.',
    repair: 'Find out which of the two decompresses; restore the other guest cluster from a backup.',
  },
  'qcow2/compressed-with-data-file': {
    what: 'With an external data file every guest cluster is at its own position in that file, so none can be compressed.',
    why: 'It is not known what the guest cluster contains.',
    how: 'A damaged entry, or a feature bit that was set by hand.',
    readers: 'qemu fails to read the cluster; qemu-img check counts an error.',
    repair: 'Restore the guest cluster from a backup.',
  },
  'qcow2/compressed-with-encryption': {
    what: 'An encrypted image has no compressed clusters, but an L2 entry has the compressed bit.',
    why: 'No writer makes this, so the entry is damaged, or guest data are in the image unencrypted.',
    how: 'A damaged entry, or an encryption method that was set by hand.',
    readers: 'qemu tries to decompress the cluster and fails or gives plain data.',
    repair: 'Restore the guest cluster from a backup.',
  },
};
