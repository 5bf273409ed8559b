import { defineRules } from '../../../model/rule.ts';
import { describeRegion } from '../../shared/region-rules.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { describeUnaligned } from './unaligned.ts';

const L1 = 'QEMU docs/interop/qcow2, "Cluster mapping", L1 table entry';

/** The rules on entries of the active L1 table. */
export const l1EntryRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/l1-entry-reserved': {
    severity: 'error',
    depth: 'metadata',
    title: 'Reserved bits are set in an L1 entry',
    spec: L1,
    repair: 'safe',
    message: ({ field }) => `${field}: bits 0 to 8 and 56 to 62 of an L1 entry must be zero`,
  },
  'qcow2/l1-entry-unaligned': {
    severity: 'error',
    depth: 'metadata',
    title: 'An L2 table does not begin at a cluster',
    spec: L1,
    repair: 'none',
    message: describeUnaligned,
  },
  'qcow2/l1-entry-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'An L2 table is not in the file',
    spec: L1,
    repair: 'lossy',
    message: describeRegion,
  },
  'qcow2/l1-entry-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two L1 entries point at the same L2 table',
    spec: L1,
    repair: 'none',
    message: ({ region, start, other }) =>
      `${region} at byte ${start} is also ${other ?? 'that of another entry'}`,
  },
  'qcow2/l1-copied-mismatch': {
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
  },
});
