import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';

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
const UNKNOWN_REFERENCES = [
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

/** Reserved bits in the refcount table. */
export const reftableEntryReserved = defineSpecRule({
  id: 'qcow2/reftable-entry-reserved',
  severity: 'error',
  depth: 'metadata',
  title: 'Reserved bits are set in a refcount table entry',
  spec: TABLE,
  repair: 'safe',
  message: ({ field, actual }) => `${field} is ${actual}: bits 0 to 8 of a refcount table entry must be zero`,
  explanation: {
    what: 'Bits 0 to 8 of a refcount table entry are set; they are reserved and zero.',
    why: 'The entry was not written like this, so the position of the refcount block cannot be trusted either.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu ignores the bits when it looks up a count; qemu-img check counts an error.',
    repair: 'Clear the bits, or rebuild the reference counts.',
  },
});

/** A refcount block that does not begin at a cluster. */
export const reftableEntryUnaligned = defineRule<
  unknown,
  { readonly entry: string; readonly target: string; readonly clusterSize: number }
>({
  id: 'qcow2/reftable-entry-unaligned',
  severity: 'error',
  depth: 'metadata',
  title: 'A refcount block does not begin at a cluster',
  spec: TABLE,
  repair: 'safe',
  message: ({ entry, target, clusterSize }) =>
    `${entry} points at byte ${target}, which is no multiple of the cluster size ${clusterSize}`,
  explanation: {
    what: 'A refcount table entry points into the middle of a cluster.',
    why: 'The counts of that range are lost: a writer could give out clusters that are in use. Guest data can be read.',
    how: 'A fault of memory or storage, or an overwritten table.',
    readers: 'qemu marks the image corrupt when it needs the block; qemu-img check counts an error.',
    repair: 'Rebuild the reference counts from the tables.',
  },
});

/** A refcount block that is not in the file. */
export const reftableEntryOutOfFile = defineRegionRule({
  id: 'qcow2/reftable-entry-out-of-file',
  severity: 'error',
  depth: 'metadata',
  title: 'A refcount block is not in the file',
  spec: TABLE,
  repair: 'safe',
  explanation: {
    what: 'A refcount table entry points at or behind the end of the file.',
    why: 'The counts of that range are lost: a writer would take its clusters for free ones. Guest data can be read.',
    how: 'A file that was cut off by a broken copy or download, or a damaged entry.',
    readers: 'qemu reads the counts as zero; qemu-img check counts an error.',
    repair: 'Rebuild the reference counts from the tables, after a look at whether the file is complete.',
  },
});

/** One refcount block for two ranges. */
export const reftableEntryDuplicate = defineRegionRule({
  id: 'qcow2/reftable-entry-duplicate',
  severity: 'error',
  depth: 'metadata',
  title: 'Two refcount table entries share a block',
  spec: TABLE,
  repair: 'safe',
  message: ({ region, start, other }) =>
    `${region} at byte ${start} is also ${other ?? 'that of another entry'}`,
  explanation: {
    what: 'The same refcount block stands in two entries of the refcount table.',
    why: 'Two ranges of the file share their counts, so that a cluster freed in one looks free in the other.',
    how: 'A damaged refcount table.',
    readers: 'qemu uses the block for both ranges; qemu-img check counts an error.',
    repair: 'Rebuild the reference counts from the tables.',
  },
});

/** What a wrong count of one cluster is told with. */
export interface RefcountFigures {
  /** Number of the host cluster. */
  readonly cluster: number;
  /** Its first byte in the file; exact, also above 2^53. */
  readonly start: string;
  /** Exact, also where it has 64 bits. */
  readonly stored: string;
  readonly computed: number;
}

const describe = ({ cluster, start, stored, computed }: RefcountFigures, consequence: string): string =>
  `cluster ${cluster} at byte ${start} has refcount ${stored}, but ${computed === 1 ? '1 reference' : `${computed} references`}${consequence}`;

/** What is told of the counts of clusters in use whose refcount block is not there; the figures are the first one's. */
export interface AbsentFigures {
  readonly absent?: { readonly block: number; readonly clusters: number };
}

/** A count that is too low. */
export const refcountTooLow = defineRule<unknown, RefcountFigures & AbsentFigures>({
  id: 'qcow2/refcount-too-low',
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
  explanation: {
    what: 'More entries refer to a cluster than its reference count says; or the refcount block that should count clusters in use does not exist.',
    why: 'Nothing is lost yet. A writer that frees one of the references, or looks for a free cluster, will overwrite data that are in use.',
    how: 'A crash before the count was written (lazy refcounts), two programs writing at once, or a damaged refcount block.',
    readers:
      'Readers do not look at counts; qemu trusts them when it writes; qemu-img check counts an error.',
    repair:
      'Raise the count to the number of references (qemu-img check -r all) before the image is written again.',
  },
});

/** A count that is too high. */
export const refcountLeak = defineRule<unknown, RefcountFigures>({
  id: 'qcow2/refcount-leak',
  severity: 'leak',
  depth: 'metadata',
  title: 'A cluster is leaked',
  spec: BLOCK,
  repair: 'safe',
  derivedFrom: [...NO_REFCOUNTS, ...UNKNOWN_REFERENCES],
  message: (figures) => describe(figures, figures.computed === 0 ? ': its space is leaked' : ''),
  explanation: {
    what: 'The reference count of a cluster is higher than the number of entries that refer to it.',
    why: 'No data are lost; the cluster is never given out again, so the space is wasted.',
    how: 'A program was killed between allocating a cluster and entering it in a table, or while it deleted a snapshot or a bitmap.',
    readers: 'All readers ignore it; qemu-img check counts a leaked cluster.',
    repair: 'Lower the count to the number of references (qemu-img check -r leaks).',
  },
});

/** Counts behind the end of the file. */
export const refcountPastEof = defineRule<unknown, RefcountFigures>({
  id: 'qcow2/refcount-past-eof',
  severity: 'info',
  depth: 'metadata',
  title: 'A cluster behind the end of the file is counted',
  spec: BLOCK,
  repair: 'safe',
  derivedFrom: NO_REFCOUNTS,
  message: ({ cluster, start, stored }) =>
    `cluster ${cluster} at byte ${start} has refcount ${stored}, but lies behind the end of the file`,
  explanation: {
    what: 'A cluster that begins behind the end of the file has a reference count, and nothing refers to it.',
    why: 'No data are lost; when the file grows these clusters are not used.',
    how: 'A writer allocated clusters and was killed before it wrote them, or the file was cut off behind its data.',
    readers: 'All readers ignore it; qemu-img check does not look there.',
    repair: 'Set the count to 0.',
  },
});

/** More references than a count can hold. */
export const refcountOverflow = defineRule<unknown, RefcountFigures & { readonly max: number }>({
  id: 'qcow2/refcount-overflow',
  severity: 'error',
  depth: 'metadata',
  title: 'A cluster has more references than its count can hold',
  spec: BLOCK,
  repair: 'none',
  derivedFrom: NO_REFCOUNTS,
  message: ({ cluster, start, computed, max }) =>
    `cluster ${cluster} at byte ${start} has ${computed} references, but its count can be ${max} at most`,
  explanation: {
    what: 'The width of reference counts is too small for the number of entries that refer to a cluster.',
    why: 'No count can be right: as references are dropped the cluster will be freed while it is still in use.',
    how: 'Tables that point at the same cluster by damage, or a width that was changed without a look at the counts.',
    readers: 'qemu refuses operations that would overflow a count; qemu-img check reports some of the cases.',
    repair:
      'Find out which of the references are wrong; if none is, convert the image with a larger refcount_bits.',
  },
});

/** Refcount structures that nobody counted. */
export const refcountSelf = defineRule<unknown, RefcountFigures>({
  id: 'qcow2/refcount-self',
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
    `cluster ${cluster} at byte ${start} holds reference counts, but its own count is 0`,
  explanation: {
    what: 'A cluster of the refcount table, or a refcount block, has the count 0.',
    why: 'A writer takes the cluster for free, and overwrites the reference counts with guest data.',
    how: 'A writer that allocates blocks wrongly, or a damaged refcount block.',
    readers: 'Readers do not look at counts; qemu-img check counts an error.',
    repair: 'Set the count to 1, or rebuild the reference counts, before the image is written again.',
  },
});
