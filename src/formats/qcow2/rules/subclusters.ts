import { defineRule, defineSpecRule } from '../../../model/rule.ts';

const EXTENDED = 'QEMU docs/interop/qcow2, "Extended L2 Entries"';

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
