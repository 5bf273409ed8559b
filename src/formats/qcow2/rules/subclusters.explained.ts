import type { Explanations } from '../../../model/rule.ts';
import type { subclusterRules } from './subclusters.ts';

/** The rules of `subclusters.ts` explained. */
export const subclusterExplanations: Explanations<typeof subclusterRules> = {
  'qcow2/subcluster-alloc-and-zero': {
    what: 'In the bitmap of an extended L2 entry a subcluster has the bit for "allocated" and the bit for "reads as zeros".',
    why: 'It is not known whether the guest reads the stored bytes or zeros.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu fails to read the subcluster; qemu-img check counts an error.',
    repair: 'Decide by content which of the two is meant, and clear the other bit.',
  },
  'qcow2/subcluster-no-offset': {
    what: 'The bitmap of an extended L2 entry says that subclusters are stored, but the entry has no host cluster.',
    why: 'The data of these subclusters cannot be found.',
    how: 'A fault of memory or storage, or an entry of which only half was written.',
    readers: 'qemu fails to read the subclusters; qemu-img check counts an error.',
    repair:
      'Look for the host cluster among the leaked ones; otherwise clear the bits, which loses the data.',
  },
  'qcow2/subcluster-compressed-bitmap': {
    what: 'A compressed cluster is compressed as a whole; the bitmap in its extended L2 entry is reserved and zero.',
    why: 'A reader may take the bits for subclusters that are not compressed.',
    how: 'A fault of memory or storage, or a writer that did not clear the bitmap.',
    readers: 'qemu reads the compressed cluster; qemu-img check counts an error.',
    repair: 'Clear the bitmap.',
  },
};
