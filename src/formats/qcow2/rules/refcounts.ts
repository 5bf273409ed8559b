import { defineRules } from '../../../model/rule.ts';
import { describeRegion } from '../../shared/region-rules.ts';
import { compareRefcounts } from '../compare/refcounts.ts';
import type { Qcow2Findings, RefcountFigures } from '../findings.ts';
import type { Qcow2Image, Qcow2Walk } from '../image.ts';
import { describeUnaligned } from './unaligned.ts';

const TABLE = 'QEMU docs/interop/qcow2, "Host cluster management", Refcount table entry';
const BLOCK = 'QEMU docs/interop/qcow2, "Host cluster management", Refcount block entry';

/** Findings that leave no reference counts to compare. */
const NO_REFCOUNTS = [
  'qcow2/reftable-missing',
  'qcow2/reftable-unaligned',
  'qcow2/reftable-out-of-file',
  'qcow2/refcount-order',
  'qcow2/header-truncated',
];

/** Findings that leave it unknown what a part of the image refers to. */
export const UNKNOWN_REFERENCES = [
  'qcow2/l1-unaligned',
  'qcow2/l1-out-of-file',
  'qcow2/l1-too-small',
  'qcow2/l1-entry-unaligned',
  'qcow2/l1-entry-out-of-file',
  'qcow2/l1-entry-duplicate',
  'qcow2/metadata-overlap',
  'qcow2/snapshot-table-bounds',
  'qcow2/snapshot-l1-bounds',
  'qcow2/snapshot-extra-size',
  'qcow2/snapshot-with-data-file',
  'qcow2/luks-ext-missing',
  'qcow2/luks-header-bounds',
  'qcow2/bitmap-directory-entry',
  'file/limit-exceeded',
  'qcow2/bitmap-ext-invalid',
  'qcow2/ext-overrun',
];

/** A count with its references, and what comes of the difference. */
const describe = ({ cluster, start, stored, computed }: RefcountFigures, consequence: string): string =>
  `cluster ${cluster} at byte ${start} has refcount ${stored}, but ${computed === 1 ? '1 reference' : `${computed} references`}${consequence}`;

/** The rules on the refcount table and the counts. */
export const refcountRules = defineRules<Qcow2Image, Qcow2Findings, Qcow2Walk>()({
  'qcow2/reftable-entry-reserved': {
    severity: 'error',
    depth: 'metadata',
    title: 'Reserved bits are set in a refcount table entry',
    spec: TABLE,
    repair: 'safe',
    message: ({ field, actual }) =>
      `${field} is ${actual}: bits 0 to 8 of a refcount table entry must be zero`,
  },
  'qcow2/reftable-entry-unaligned': {
    severity: 'error',
    depth: 'metadata',
    title: 'A refcount block does not begin at a cluster',
    spec: TABLE,
    repair: 'safe',
    message: describeUnaligned,
  },
  'qcow2/reftable-entry-out-of-file': {
    severity: 'error',
    depth: 'metadata',
    title: 'A refcount block is not in the file',
    spec: TABLE,
    repair: 'safe',
    message: describeRegion,
  },
  'qcow2/reftable-entry-duplicate': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two refcount table entries share a block',
    spec: TABLE,
    repair: 'safe',
    message: ({ region, start, other }) =>
      `${region} at byte ${start} is also ${other ?? 'that of another entry'}`,
  },
  'qcow2/refcount-too-low': {
    severity: 'error',
    depth: 'metadata',
    title: 'A reference count is too low',
    spec: BLOCK,
    repair: 'safe',
    derivedFrom: [
      ...NO_REFCOUNTS,
      'qcow2/reftable-entry-unaligned',
      'qcow2/reftable-entry-out-of-file',
      'qcow2/reftable-entry-duplicate',
    ],
    message: ({ absent, ...figures }) =>
      absent === undefined
        ? describe(figures, figures.stored === '0' ? ': it can be given out while in use' : '')
        : `refcount_table[${absent.block}] has no block to count ${absent.clusters === 1 ? 'a cluster' : `${absent.clusters} clusters`} in use, the first of them cluster ${figures.cluster} at byte ${figures.start}`,
  },
  'qcow2/refcount-leak': {
    severity: 'leak',
    depth: 'metadata',
    title: 'A cluster is leaked',
    spec: BLOCK,
    repair: 'safe',
    derivedFrom: [...NO_REFCOUNTS, ...UNKNOWN_REFERENCES],
    message: (figures) => describe(figures, figures.computed === 0 ? ': its space is leaked' : ''),
    // All rules on counts and COPIED flags are compared in the same pass.
    async check(image, _tell, facts, findings) {
      const walk = facts.walk(image.file);
      const ownership = facts.ownership(image.file);
      if (walk !== undefined && ownership !== undefined)
        await compareRefcounts(image, walk, ownership, findings);
    },
  },
  'qcow2/refcount-past-eof': {
    severity: 'info',
    depth: 'metadata',
    title: 'A cluster past the end of the file is counted',
    spec: BLOCK,
    repair: 'safe',
    derivedFrom: NO_REFCOUNTS,
    message: ({ cluster, start, stored }) =>
      `cluster ${cluster} at byte ${start} has refcount ${stored}, but is past the end of the file`,
  },
  'qcow2/refcount-overflow': {
    severity: 'error',
    depth: 'metadata',
    title: 'A cluster has more references than its count can express',
    spec: BLOCK,
    repair: 'none',
    derivedFrom: NO_REFCOUNTS,
    message: ({ cluster, start, computed, max }) =>
      `cluster ${cluster} at byte ${start} has ${computed} references, but its count can be ${max} at most`,
  },
  'qcow2/refcount-self': {
    severity: 'error',
    depth: 'metadata',
    title: 'The reference counts do not count themselves',
    spec: BLOCK,
    repair: 'safe',
    derivedFrom: [
      ...NO_REFCOUNTS,
      'qcow2/reftable-entry-unaligned',
      'qcow2/reftable-entry-out-of-file',
      'qcow2/reftable-entry-duplicate',
    ],
    message: ({ cluster, start }) =>
      `cluster ${cluster} at byte ${start} contains reference counts, but its own count is 0`,
  },
});
