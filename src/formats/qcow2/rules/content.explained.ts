import type { Explanations } from '../../../model/rule.ts';
import type { contentRules } from './content.ts';

/** What `vdcheck rules ID` prints of these rules. */
export const contentExplanations: Explanations<typeof contentRules> = {
  'qcow2/compressed-corrupt': {
    what: 'A compressed cluster is a stream of raw deflate or of Zstandard. This one has impossible codes, does not end, or gives more than a cluster.',
    why: 'The cluster cannot be read.',
    how: 'Bits that changed on a disk or on the way, an entry that points to a wrong place, or clusters that were written over.',
    readers: 'QEMU fails with an I/O error when the cluster is read; `qemu-img check` does not look at it.',
    repair: 'Restore the image from its source; nothing in the file has the data a second time.',
  },
  'qcow2/compressed-too-short': {
    what: 'The entry says how many sectors the stream takes. The stream goes on after them and is sound if it is read to its end.',
    why: 'Readers that take no more than the entry says cannot read the cluster.',
    how: 'A writer that counts wrong, or a damaged entry.',
    readers: 'QEMU fails with an I/O error when the cluster is read; `qemu-img check` does not look at it.',
    repair: 'The number of sectors can be raised: no byte of the guest changes.',
  },
  'qcow2/compressed-short-output': {
    what: 'The stream is sound, but gives fewer bytes than a cluster has.',
    why: 'Readers do not agree on what the rest is.',
    how: 'A writer that compresses a shorter last cluster, or a wrong cluster size in the header.',
    readers: 'QEMU fails with an I/O error when the cluster is read.',
    repair: 'Convert the image with a reader that takes the rest for zeros, if that is what was meant.',
  },
  'qcow2/compressed-oversized-n': {
    what: 'The entry says how many sectors the stream takes, and it takes at least two fewer.',
    why: 'Nothing is lost; readers fetch more than they need, and what is after the stream may be anything.',
    how: 'A writer that counts wrong, or data hidden on purpose.',
    readers: 'All readers stop where the stream ends.',
    repair: 'The number of sectors can be lowered: no byte of the guest changes.',
  },
};
