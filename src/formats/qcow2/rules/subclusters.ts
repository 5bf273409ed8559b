import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';

const EXTENDED = 'QEMU docs/interop/qcow2, "Extended L2 Entries"';

/** The rules on subcluster bitmaps. */
export const subclusterRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/subcluster-alloc-and-zero': {
    severity: 'error',
    depth: 'metadata',
    title: 'A subcluster is both allocated and zero',
    spec: EXTENDED,
    repair: 'lossy',
    message: ({ field }) => `${field}: a subcluster has both its allocation bit and its zero bit set`,
  },
  'qcow2/subcluster-no-offset': {
    severity: 'error',
    depth: 'metadata',
    title: 'Subclusters are allocated without a host cluster',
    spec: EXTENDED,
    repair: 'lossy',
    message: ({ entry, bits }) => `${entry} has allocated subclusters (${bits}) but no host cluster`,
  },
  'qcow2/subcluster-compressed-bitmap': {
    severity: 'error',
    depth: 'metadata',
    title: 'A compressed cluster has subcluster bits',
    spec: EXTENDED,
    repair: 'safe',
    message: ({ entry, bits }) => `${entry} is compressed, so its bitmap must be zero, but it is ${bits}`,
  },
});
