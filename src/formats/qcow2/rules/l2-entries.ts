import { defineRules } from '../../../model/rule.ts';
import { describeRegion } from '../../shared/region-rules.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';
import { activeTree, l1EntryPlace, l2EntryPlace } from '../walk/places.ts';
import { describeUnaligned } from './unaligned.ts';

const L2 = 'QEMU docs/interop/qcow2, "Cluster mapping", Standard Cluster Descriptor';
const EXTENDED = 'QEMU docs/interop/qcow2, "Extended L2 Entries"';

/** The rules on entries of active L2 tables. */
export const l2EntryRules = defineRules<Qcow2Image, Qcow2Findings, Qcow2Walk>()({
  'qcow2/l2-entry-reserved': {
    severity: 'error',
    depth: 'metadata',
    title: 'Reserved bits are set in an L2 entry',
    spec: L2,
    repair: 'safe',
    message: ({ field }) => `${field}: bits 1 to 8 and 56 to 61 of an L2 entry must be zero`,
  },
  'qcow2/l2-zero-bit-v2': {
    severity: 'error',
    depth: 'metadata',
    title: 'The zero flag is set in a version 2 image',
    spec: `${L2}, bit 0`,
    repair: 'lossy',
    message: ({ entry }) => `${entry} has the zero flag (bit 0), which version 2 does not have`,
  },
  'qcow2/l2-zero-bit-extended': {
    severity: 'warning',
    depth: 'metadata',
    title: 'The zero flag is set in an extended L2 entry',
    spec: EXTENDED,
    repair: 'safe',
    message: ({ field }) => `${field} has bit 0 set, which is reserved in extended L2 entries`,
  },
  'qcow2/l2-entry-unaligned': {
    severity: 'error',
    depth: 'metadata',
    title: 'A guest cluster does not begin at a host cluster',
    spec: L2,
    repair: 'lossy',
    message: describeUnaligned,
  },
  'qcow2/l2-entry-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A guest cluster is not in the file',
    spec: L2,
    repair: 'lossy',
    message: describeRegion,
  },
  'qcow2/l2-entry-in-metadata': {
    severity: 'error',
    depth: 'metadata',
    title: 'A guest cluster overlaps metadata',
    spec: L2,
    repair: 'lossy',
    message: ({ region, start, other }) =>
      `${region} at byte ${start} overlaps ${other ?? 'a structure of the image'}`,
  },
  'qcow2/l2-entry-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two guest clusters share a host cluster',
    spec: L2,
    repair: 'none',
    message: ({ region, start, other }) =>
      `${region} at byte ${start} is also ${other ?? 'that of another entry'}`,
  },
  'qcow2/l2-copied-mismatch': {
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
  },
  'qcow2/l2-copied-without-offset': {
    severity: 'warning',
    depth: 'metadata',
    title: 'COPIED is set on an entry without a cluster',
    spec: `${L2}, bit 63`,
    repair: 'safe',
    message: ({ entry }) => `${entry} has COPIED set but no host cluster`,
  },
  'qcow2/l2-beyond-size': {
    severity: 'info',
    depth: 'metadata',
    title: 'Clusters are allocated past the end of the disk',
    spec: 'QEMU docs/interop/qcow2, "Snapshots": VM state is past the end of the disk',
    repair: 'lossy',
    message: ({ clusters, entry, size }) =>
      `clusters allocated past the end of the disk at byte ${size}: ${clusters}, the first by ${entry}`,
    check(image, tell, facts) {
      const walk = facts.walk(image.file);
      if (walk === undefined || walk.beyondSize === 0) return;
      const { beyondSize: clusters, firstBeyondSize: first } = walk;
      const at = l2EntryPlace(image, activeTree(image.l1), first);
      const data = { clusters, entry: at.field ?? '', size: image.size };
      tell({ at, guestOffset: first * image.geometry.clusterSize, data });
    },
  },
  'qcow2/l2-unallocated-table': {
    severity: 'info',
    depth: 'metadata',
    title: 'An L2 table maps nothing',
    spec: 'QEMU docs/interop/qcow2, "Cluster mapping", L1 table entry',
    repair: 'lossy',
    message: ({ entry }) => `the L2 table of ${entry} has no entry in use`,
    check(image, tell, facts) {
      const { clusterSize, l2Entries } = image.geometry;
      for (const index of facts.walk(image.file)?.emptyTables ?? []) {
        const at = l1EntryPlace(image, activeTree(image.l1), index);
        const data = { entry: at.field ?? '' };
        tell({ at, guestOffset: index * l2Entries * clusterSize, data, actual: image.l1.text(index) });
      }
    },
  },
});
