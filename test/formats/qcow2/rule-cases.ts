import type { MemoryFiles } from '../../support/open.ts';
import {
  buildQcow2,
  COMPRESSED,
  COPIED,
  EXTENSION,
  type Qcow2Editor,
  type Qcow2Plan,
} from '../../support/qcow2.ts';
import { allOutside, type RuleCase } from '../../support/rule-case.ts';
import { buildVhd } from '../../support/vhd.ts';

type Change = (image: Qcow2Editor) => unknown;

/** What changes a sound image, and what comes near without breaking the rule. */
interface Plan extends Omit<RuleCase, 'damaged' | 'near'> {
  readonly plan?: Qcow2Plan;
  readonly damage: Change;
  readonly nearMiss: Change;
  /** For a near miss that takes another image. */
  readonly nearPlan?: Qcow2Plan;
  /** Files besides the image. */
  readonly files?: MemoryFiles;
}

const nothing: Change = () => undefined;
const KIB = 1024;

/** Guest clusters 0 and 1 are stored, 2 is zero, 3 has a cluster and reads as zeros, 4 and 5 are compressed. */
const USED: Qcow2Plan = {
  clusters: { 0: 'data', 1: 'data', 2: 'zero', 3: 'preallocated', 4: 'compressed', 5: 'compressed' },
};
const PLAIN: Qcow2Plan = { clusters: { 0: 'data', 1: 'data' } };
/** Two L2 tables: a table of 512 entries covers 2 MiB. */
const TWO_TABLES: Qcow2Plan = { size: 4 * KIB * KIB, clusters: { 0: 'data', 600: 'data' } };
const EXTENDED: Qcow2Plan = { extendedL2: true, clusterBits: 14, clusters: { 0: 'data', 1: 'zero' } };
const SNAPSHOT: Qcow2Plan = { ...PLAIN, snapshots: [{ id: '1', name: 'one', clusters: [0] }] };
const TWO_SNAPSHOTS: Qcow2Plan = {
  snapshots: [
    { id: '1', name: 'one' },
    { id: '2', name: 'two' },
  ],
};
const BITMAP: Qcow2Plan = { ...PLAIN, bitmaps: [{ name: 'first' }, { name: 'other' }] };
const LUKS: Qcow2Plan = { ...PLAIN, luks: true };
const DATA_FILE: Qcow2Plan = { ...PLAIN, dataFile: 'data.raw' };
const DATA: MemoryFiles = { 'data.raw': new Uint8Array(KIB * KIB) };
const BACKED: Qcow2Plan = { ...PLAIN, backing: 'base.qcow2', backingFormat: 'qcow2' };
const BASE: MemoryFiles = { 'base.qcow2': buildQcow2(PLAIN).bytes };
const unknown = (type: number, length: number) => ({ type, data: new Uint8Array(length).fill(1) });

const PLANS: readonly Plan[] = [
  // Header
  { rule: 'qcow2/magic', damage: (i) => i.header('magic', 0x51464900), nearMiss: nothing },
  { rule: 'qcow2/version', damage: (i) => i.header('version', 4), nearMiss: nothing },
  { rule: 'qcow2/version', damage: (i) => i.header('version', 1), nearMiss: nothing },
  { rule: 'qcow2/header-truncated', damage: (i) => i.cut(60), nearMiss: nothing },
  {
    rule: 'qcow2/header-truncated',
    damage: (i) => i.cut(600),
    nearMiss: nothing,
    severity: 'warning',
    also: ['qcow2/l1-out-of-file', 'qcow2/reftable-out-of-file'],
  },
  {
    rule: 'qcow2/header-truncated',
    plan: { featureNames: true },
    damage: (i) => i.cut(200),
    nearMiss: nothing,
    also: ['qcow2/l1-out-of-file', 'qcow2/reftable-out-of-file'],
  },
  { rule: 'qcow2/header-length', damage: (i) => i.header('headerLength', 96), nearMiss: nothing },
  { rule: 'qcow2/header-length', damage: (i) => i.header('headerLength', 108), nearMiss: nothing },
  { rule: 'qcow2/header-length', damage: (i) => i.header('headerLength', 0xffff_fff8), nearMiss: nothing },
  {
    rule: 'qcow2/header-length',
    damage: (i) => i.header('headerLength', 8192),
    nearMiss: nothing,
    nearPlan: { headerLength: 104 },
    field: 'header.header_length',
  },
  {
    rule: 'qcow2/header-unknown-fields',
    plan: { headerLength: 120 },
    damage: (i) => i.u8(115, 1),
    nearMiss: nothing,
    severity: 'info',
  },
  { rule: 'qcow2/header-padding', damage: (i) => i.u8(107, 1), nearMiss: nothing, severity: 'warning' },
  { rule: 'qcow2/cluster-bits', damage: (i) => i.header('clusterBits', 8), nearMiss: nothing },
  { rule: 'qcow2/cluster-bits', damage: (i) => i.header('clusterBits', 22), nearMiss: nothing },
  { rule: 'qcow2/cluster-bits', damage: (i) => i.header('clusterBits', 63), nearMiss: nothing },
  { rule: 'qcow2/cluster-bits', damage: (i) => i.header('clusterBits', 0), nearMiss: nothing },
  {
    rule: 'qcow2/cluster-bits',
    plan: { extendedL2: true, clusterBits: 13 },
    damage: nothing,
    nearPlan: EXTENDED,
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/size-unaligned',
    damage: (i) => i.header('size', KIB * KIB - 1),
    nearMiss: (i) => i.header('size', KIB * KIB - 512),
    severity: 'warning',
  },
  { rule: 'qcow2/size-limit', damage: (i) => i.header('size', 1n << 63n), nearMiss: nothing },
  {
    rule: 'qcow2/size-limit',
    damage: (i) => i.header('size', 2n ** 43n + 512n),
    nearMiss: nothing,
  },
  { rule: 'qcow2/crypt-method', damage: (i) => i.header('cryptMethod', 3), nearMiss: nothing },
  {
    rule: 'qcow2/crypt-aes-legacy',
    damage: (i) => i.header('cryptMethod', 1),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/incompatible-unknown',
    damage: (i) => i.header('incompatible', 1n << 5n),
    nearMiss: nothing,
    field: 'header.incompatible_features',
    count: 1,
  },
  {
    rule: 'qcow2/incompatible-unknown',
    damage: (i) => i.header('incompatible', 1n << 63n),
    nearMiss: nothing,
  },
  { rule: 'qcow2/dirty', damage: (i) => i.header('incompatible', 1), nearMiss: nothing, severity: 'warning' },
  { rule: 'qcow2/corrupt', damage: (i) => i.header('incompatible', 2), nearMiss: nothing },
  {
    rule: 'qcow2/compatible-unknown',
    damage: (i) => i.header('compatible', 2),
    nearMiss: (i) => i.header('compatible', 1),
    severity: 'info',
  },
  {
    rule: 'qcow2/autoclear-unknown',
    damage: (i) => i.header('autoclear', 4),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/v2-nonzero-tail',
    plan: { version: 2, extensions: [unknown(0x1234, 8)] },
    damage: nothing,
    nearPlan: { version: 2 },
    nearMiss: nothing,
    severity: 'info',
  },
  { rule: 'qcow2/refcount-order', damage: (i) => i.header('refcountOrder', 7), nearMiss: nothing },
  {
    rule: 'qcow2/compression-type',
    damage: (i) => i.header('incompatible', 8),
    nearPlan: { compressionType: 1 },
    nearMiss: nothing,
  },
  { rule: 'qcow2/compression-type', damage: (i) => i.header('compressionType', 1), nearMiss: nothing },
  {
    rule: 'qcow2/compression-type-unknown',
    plan: { compressionType: 1 },
    damage: (i) => i.header('compressionType', 2),
    nearMiss: nothing,
  },

  // Extensions
  {
    rule: 'qcow2/ext-overrun',
    plan: { extensions: [unknown(0x1234, 8)] },
    damage: (i) => i.u32((i.positions.extensions[0] ?? 0) + 4, 100_000),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/ext-no-end',
    plan: { backing: 'base.qcow2', backingFormat: 'qcow2', noEnd: true },
    files: BASE,
    damage: nothing,
    nearPlan: BACKED,
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/ext-duplicate',
    plan: { extensions: [unknown(0x1234, 8), unknown(0x1234, 8)] },
    damage: nothing,
    nearPlan: { extensions: [unknown(0x1234, 8), unknown(0x1235, 8)] },
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/ext-unknown',
    plan: { extensions: [unknown(0x1234, 8)] },
    damage: nothing,
    nearPlan: { featureNames: true },
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/ext-padding-nonzero',
    plan: { extensions: [unknown(0x1234, 5)] },
    damage: (i) => i.u8((i.positions.extensions[0] ?? 0) + 14, 1),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/ext-end-length',
    damage: (i) => i.u32(i.positions.extensionsEnd + 4, 8),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/feature-table-malformed',
    plan: { extensions: [{ type: EXTENSION.featureNames, data: new Uint8Array(40) }] },
    damage: nothing,
    nearPlan: { featureNames: true },
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/feature-table-malformed',
    plan: { featureNames: true },
    damage: (i) => i.u8((i.positions.extensions[0] ?? 0) + 8, 3),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/feature-table-malformed',
    plan: { featureNames: true },
    damage: (i) => i.u8((i.positions.extensions[0] ?? 0) + 8, 1),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/first-cluster-foreign-data',
    damage: (i) => i.u8(2000, 1),
    nearMiss: nothing,
    severity: 'warning',
  },

  // Where tables lie
  { rule: 'qcow2/l1-unaligned', damage: (i) => i.header('l1Offset', 0), nearMiss: nothing },
  {
    rule: 'qcow2/l1-unaligned',
    damage: (i) => i.header('l1Offset', i.l1() + 512),
    nearMiss: nothing,
    field: 'header.l1_table_offset',
  },
  { rule: 'qcow2/l1-out-of-file', damage: (i) => i.header('l1Offset', 1 << 20), nearMiss: nothing },
  { rule: 'qcow2/l1-out-of-file', damage: (i) => i.header('l1Offset', 1n << 62n), nearMiss: nothing },
  {
    rule: 'qcow2/l1-too-small',
    plan: TWO_TABLES,
    damage: (i) => i.header('l1Size', 1),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/l1-excess',
    damage: (i) => i.header('l1Size', 2),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/l1-too-large',
    damage: (i) => i.header('l1Size', 0x40_0001),
    nearMiss: nothing,
  },
  { rule: 'qcow2/reftable-missing', damage: (i) => i.header('refcountTableOffset', 0), nearMiss: nothing },
  { rule: 'qcow2/reftable-missing', damage: (i) => i.header('refcountTableClusters', 0), nearMiss: nothing },
  {
    rule: 'qcow2/reftable-unaligned',
    damage: (i) => i.header('refcountTableOffset', 5000),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/reftable-out-of-file',
    damage: (i) => i.header('refcountTableOffset', 1n << 40n),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/reftable-out-of-file',
    damage: (i) => i.header('refcountTableOffset', 1n << 62n),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/reftable-too-large',
    damage: (i) => i.header('refcountTableClusters', 0xffff_ffff),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/metadata-overlap',
    plan: PLAIN,
    damage: (i) => i.u64(i.l1(), BigInt(i.positions.refcountBlock) | COPIED),
    nearMiss: nothing,
    count: 1,
    field: 'l1[0]',
  },
  {
    // Neither is read as what the other one is.
    rule: 'qcow2/metadata-overlap',
    plan: PLAIN,
    damage: (i) => i.header('l1Offset', i.positions.refcountTable),
    nearMiss: nothing,
    count: 1,
  },
  {
    rule: 'qcow2/metadata-overlap',
    plan: PLAIN,
    damage: (i) => i.u64(i.positions.refcountTable, i.positions.l1),
    nearMiss: nothing,
    count: 1,
  },
  {
    // An L1 table that runs on over the L2 table: the entries behind those that the disk needs are not followed.
    rule: 'qcow2/metadata-overlap',
    plan: PLAIN,
    damage: (i) => i.header('l1Size', 600),
    nearMiss: (i) => i.header('l1Size', 512),
    count: 1,
  },
  {
    rule: 'qcow2/metadata-overlap',
    plan: PLAIN,
    damage: (i) => i.header('refcountTableClusters', 2),
    nearMiss: nothing,
    count: 1,
  },
  {
    rule: 'qcow2/metadata-overlap',
    plan: SNAPSHOT,
    damage: (i) => i.u64(i.positions.snapshots[0] ?? 0, i.positions.l1),
    nearMiss: nothing,
    count: 1,
  },

  // L1 entries
  {
    rule: 'qcow2/l1-entry-reserved',
    plan: PLAIN,
    damage: (i) => i.u8(i.l1() + 7, 4),
    nearMiss: nothing,
    field: 'l1[0]',
  },
  { rule: 'qcow2/l1-entry-reserved', plan: PLAIN, damage: (i) => i.u8(i.l1(), 0xc0), nearMiss: nothing },
  {
    rule: 'qcow2/l1-entry-unaligned',
    plan: PLAIN,
    damage: (i) => i.u64(i.l1(), i.get64(i.l1()) + 512n),
    nearMiss: nothing,
    field: 'l1[0]',
  },
  {
    rule: 'qcow2/l1-entry-out-of-file',
    plan: PLAIN,
    damage: (i) => i.u64(i.l1(), BigInt(i.positions.end) | COPIED),
    nearMiss: (i) => i.cut(i.positions.end - 4000),
    field: 'l1[0]',
  },
  {
    rule: 'qcow2/l1-entry-duplicate',
    plan: TWO_TABLES,
    damage: (i) => i.u64(i.l1(1), i.get64(i.l1(0))),
    nearMiss: nothing,
    field: 'l1[1]',
  },
  {
    rule: 'qcow2/l1-copied-mismatch',
    plan: PLAIN,
    damage: (i) => i.u64(i.l1(), i.get64(i.l1()) & ~COPIED),
    nearMiss: nothing,
    field: 'l1[0]',
  },

  // L2 entries
  {
    rule: 'qcow2/l2-entry-reserved',
    plan: USED,
    damage: (i) => i.entry(1, (e) => e | 2n),
    nearMiss: nothing,
    field: 'l2[0][1]',
  },
  {
    rule: 'qcow2/l2-entry-reserved',
    plan: USED,
    damage: (i) => i.entry(1, (e) => e | (1n << 61n)),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/l2-zero-bit-v2',
    plan: { ...PLAIN, version: 2 },
    damage: (i) => i.entry(1, (e) => e | 1n),
    nearPlan: PLAIN,
    nearMiss: (i) => i.entry(1, (e) => e | 1n),
  },
  {
    rule: 'qcow2/l2-zero-bit-extended',
    plan: EXTENDED,
    damage: (i) => i.entry(0, (e) => e | 1n),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/l2-entry-unaligned',
    plan: PLAIN,
    damage: (i) => i.entry(1, (e) => e + 512n),
    nearMiss: nothing,
    field: 'l2[0][1]',
  },
  {
    rule: 'qcow2/l2-entry-out-of-file',
    plan: PLAIN,
    damage: (i) => i.entry(1, () => BigInt(i.positions.end) | COPIED),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
    field: 'l2[0][1]',
  },
  {
    rule: 'qcow2/l2-entry-out-of-file',
    plan: PLAIN,
    // What is missing of the last cluster reads as zeros, but no writer of data ends so.
    damage: (i) => i.cut(i.positions.end - 4000),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/l2-entry-out-of-file',
    plan: PLAIN,
    damage: (i) => i.entry(1, () => 0x00ff_ffff_ffff_f000n),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
  },
  {
    rule: 'qcow2/l2-entry-in-metadata',
    plan: PLAIN,
    damage: (i) => i.entry(1, () => BigInt(i.positions.refcountTable) | COPIED),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
    field: 'l2[0][1]',
  },
  {
    rule: 'qcow2/l2-entry-duplicate',
    plan: PLAIN,
    damage: (i) => i.entry(1, () => i.get64(i.l2(0))),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
    field: 'l2[0][1]',
  },
  {
    rule: 'qcow2/l2-copied-mismatch',
    plan: PLAIN,
    damage: (i) => i.entry(1, (e) => e & ~COPIED),
    nearMiss: nothing,
    field: 'l2[0][1]',
  },
  {
    rule: 'qcow2/l2-copied-mismatch',
    plan: SNAPSHOT,
    damage: (i) => i.entry(1, (e) => e & ~COPIED),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/l2-copied-without-offset',
    plan: PLAIN,
    damage: (i) => i.entry(7, () => COPIED),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/l2-beyond-size',
    plan: { size: 4 * KIB, clusters: { 0: 'data', 5: 'data' } },
    damage: nothing,
    nearPlan: { size: 24 * KIB, clusters: { 0: 'data', 5: 'data' } },
    nearMiss: nothing,
    severity: 'info',
    field: 'l2[0][5]',
  },
  {
    rule: 'qcow2/l2-unallocated-table',
    plan: PLAIN,
    damage: (i) =>
      i
        .entry(0, () => 0n)
        .entry(1, () => 0n)
        .cut(i.positions.end - 8192)
        .refcount(i.positions.end - 8192, 0)
        .refcount(i.positions.end - 4096, 0),
    nearMiss: nothing,
    severity: 'info',
  },

  // Compressed clusters
  {
    rule: 'qcow2/compressed-copied',
    plan: USED,
    damage: (i) => i.entry(4, (e) => e | COPIED),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/compressed-out-of-file',
    plan: USED,
    damage: (i) => i.entry(4, () => COMPRESSED | BigInt(i.positions.end + 8192)),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
  },
  {
    rule: 'qcow2/compressed-out-of-file',
    plan: USED,
    damage: (i) => i.entry(5, (e) => e | (15n << 58n)),
    nearMiss: (i) => i.entry(5, (e) => e | (6n << 58n)),
    severity: 'warning',
  },
  {
    rule: 'qcow2/compressed-high-bits',
    plan: USED,
    damage: (i) => i.entry(4, (e) => e | (1n << 57n)),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
  },
  {
    rule: 'qcow2/compressed-in-metadata',
    plan: USED,
    damage: (i) => i.entry(4, () => COMPRESSED | BigInt(i.l1() + 100)),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
  },
  {
    rule: 'qcow2/compressed-overlap',
    plan: { clusters: { 4: 'compressed', 5: 'compressed' } },
    damage: (i) => i.entry(5, () => i.get64(i.l2(4))),
    // Behind the other one's start, in its last sector.
    nearMiss: (i) => i.entry(5, () => i.get64(i.l2(4)) + 32n),
  },
  {
    rule: 'qcow2/compressed-overlap',
    plan: { clusters: { 4: 'compressed', 5: 'compressed' } },
    // Three sectors more for the first: it then ends behind the start of the second.
    damage: (i) => {
      i.entry(4, (entry) => entry + (3n << 58n));
      i.entry(5, () => (i.get64(i.l2(4)) & ~(15n << 58n)) + 600n);
    },
    nearMiss: (i) => {
      i.entry(4, (entry) => entry + (1n << 58n));
      i.entry(5, () => (i.get64(i.l2(4)) & ~(15n << 58n)) + 600n);
    },
  },
  {
    rule: 'qcow2/compressed-with-data-file',
    plan: DATA_FILE,
    files: DATA,
    damage: (i) => i.entry(1, () => COMPRESSED | 4096n),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/compressed-with-encryption',
    plan: { ...USED, luks: true },
    damage: nothing,
    nearPlan: LUKS,
    nearMiss: nothing,
    count: 2,
  },

  // Subclusters
  {
    rule: 'qcow2/subcluster-alloc-and-zero',
    plan: EXTENDED,
    damage: (i) => i.u64(i.l2(0) + 8, 0x1_ffff_ffffn),
    nearMiss: (i) => i.u64(i.l2(0) + 8, 0x1_ffff_fffen),
  },
  {
    // Bit 0 of the entry beside it has a finding of its own.
    rule: 'qcow2/subcluster-no-offset',
    plan: EXTENDED,
    damage: (i) => i.u64(i.l2(2), 1).u64(i.l2(2) + 8, 1),
    nearMiss: (i) => i.u64(i.l2(2), 1),
    also: ['qcow2/l2-zero-bit-extended'],
  },
  {
    rule: 'qcow2/subcluster-no-offset',
    plan: EXTENDED,
    damage: (i) => i.u64(i.l2(1) + 8, 1),
    nearMiss: (i) => i.u64(i.l2(1) + 8, 1n << 32n),
  },
  {
    rule: 'qcow2/subcluster-compressed-bitmap',
    plan: { extendedL2: true, clusterBits: 14, clusters: { 0: 'compressed' } },
    damage: (i) => i.u64(i.l2(0) + 8, 1),
    nearMiss: nothing,
  },

  // Reference counts
  {
    rule: 'qcow2/reftable-entry-reserved',
    damage: (i) => i.u8(i.positions.refcountTable + 7, 1),
    nearMiss: nothing,
    field: 'refcount_table[0]',
  },
  {
    rule: 'qcow2/reftable-entry-unaligned',
    damage: (i) => i.u64(i.positions.refcountTable, i.positions.refcountBlock + 512),
    nearMiss: nothing,
    field: 'refcount_table[0]',
  },
  {
    rule: 'qcow2/reftable-entry-out-of-file',
    damage: (i) => i.u64(i.positions.refcountTable, i.positions.end),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/reftable-entry-duplicate',
    damage: (i) => i.u64(i.positions.refcountTable + 8, i.positions.refcountBlock),
    nearMiss: nothing,
    field: 'refcount_table[1]',
  },
  ...[0, 1, 2, 3, 4, 5, 6].map((refcountOrder) => ({
    rule: 'qcow2/refcount-too-low',
    plan: { ...PLAIN, refcountOrder },
    damage: (i: Qcow2Editor) => i.refcount(i.host(1), 0),
    nearMiss: nothing,
  })),
  {
    // A block that is not there is told once, however many clusters it should count.
    rule: 'qcow2/refcount-too-low',
    plan: PLAIN,
    damage: (i) => i.u64(i.positions.refcountTable, 0),
    nearMiss: nothing,
    field: 'refcount_table[0]',
    count: 1,
  },
  ...[0, 1, 2, 3, 4, 5, 6].map((refcountOrder) => ({
    rule: 'qcow2/refcount-leak',
    plan: { ...PLAIN, refcountOrder },
    damage: (i: Qcow2Editor) => i.entry(1, () => 0n),
    nearMiss: nothing,
    severity: 'leak',
  })),
  {
    rule: 'qcow2/refcount-leak',
    plan: PLAIN,
    damage: (i) => i.refcount(i.host(1), 2),
    nearMiss: nothing,
    severity: 'leak',
    also: ['qcow2/l2-copied-mismatch'],
  },
  {
    rule: 'qcow2/refcount-past-eof',
    plan: PLAIN,
    damage: (i) => i.refcount(i.positions.end, 1),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/refcount-overflow',
    plan: { clusters: { 4: 'compressed' }, refcountOrder: 0 },
    damage: (i) => i.entry(5, () => i.get64(i.l2(4)) + 32n),
    nearMiss: nothing,
  },
  { rule: 'qcow2/refcount-self', damage: (i) => i.refcount(i.positions.refcountBlock, 0), nearMiss: nothing },
  { rule: 'qcow2/refcount-self', damage: (i) => i.refcount(i.positions.refcountTable, 0), nearMiss: nothing },

  // Snapshots
  {
    rule: 'qcow2/snapshot-table-bounds',
    plan: SNAPSHOT,
    damage: (i) => i.header('snapshotsOffset', 512),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/snapshot-table-bounds',
    plan: SNAPSHOT,
    damage: (i) => i.header('snapshotsOffset', 1n << 62n),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/snapshot-table-bounds',
    plan: SNAPSHOT,
    damage: (i) => i.header('snapshotCount', 70_000),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/snapshot-l1-bounds',
    plan: SNAPSHOT,
    damage: (i) => i.u64(i.positions.snapshots[0] ?? 0, 1n << 40n),
    nearMiss: nothing,
    field: 'snapshots[0].l1_table_offset',
  },
  {
    rule: 'qcow2/snapshot-l1-bounds',
    plan: SNAPSHOT,
    damage: (i) => i.u64(i.positions.snapshots[0] ?? 0, (i.positions.snapshotL1s[0] ?? 0) + 8),
    nearMiss: nothing,
  },
  {
    // What lies in the file of such a table is not read.
    rule: 'qcow2/snapshot-l1-bounds',
    plan: SNAPSHOT,
    damage: (i) => i.u32((i.positions.snapshots[0] ?? 0) + 8, 0x40_0001),
    nearMiss: nothing,
    field: 'snapshots[0].l1_size',
    count: 1,
  },
  {
    rule: 'qcow2/snapshot-extra-size',
    plan: TWO_SNAPSHOTS,
    damage: (i) => i.u32((i.positions.snapshots[0] ?? 0) + 36, 1040),
    nearMiss: nothing,
    count: 1,
  },
  {
    rule: 'qcow2/snapshot-extra-size',
    plan: { snapshots: [{ id: '1', extraSize: 8 }] },
    damage: nothing,
    nearPlan: { version: 2, snapshots: [{ id: '1', extraSize: 8 }] },
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/snapshot-extra-size',
    plan: { snapshots: [{ id: '1', extraSize: 1032 }] },
    damage: nothing,
    nearPlan: { snapshots: [{ id: '1', extraSize: 1024 }] },
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/snapshot-id',
    plan: { snapshots: [{ id: '' }] },
    damage: nothing,
    nearPlan: SNAPSHOT,
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/snapshot-id',
    plan: { snapshots: [{ id: '1' }, { id: '1' }] },
    damage: nothing,
    nearPlan: TWO_SNAPSHOTS,
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/snapshot-disk-size',
    plan: { snapshots: [{ id: '1', diskSize: 0 }] },
    damage: nothing,
    nearPlan: SNAPSHOT,
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/snapshot-disk-size',
    plan: { snapshots: [{ id: '1', diskSize: 8 * KIB * KIB }] },
    damage: nothing,
    nearMiss: nothing,
    severity: 'warning',
    nearPlan: SNAPSHOT,
  },
  {
    rule: 'qcow2/snapshot-date',
    plan: SNAPSHOT,
    damage: (i) => i.u32((i.positions.snapshots[0] ?? 0) + 20, 1e9),
    nearMiss: (i) => i.u32((i.positions.snapshots[0] ?? 0) + 20, 1e9 - 1),
    severity: 'info',
  },
  {
    rule: 'qcow2/snapshot-date',
    plan: { snapshots: [{ id: '1', dateSec: 0xffff_fff0 }] },
    damage: nothing,
    nearPlan: SNAPSHOT,
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/snapshot-vmstate',
    plan: { snapshots: [{ id: '1', vmStateSize: 4096 }] },
    damage: nothing,
    nearPlan: { snapshots: [{ id: '1', vmStateSize: 4096 }], spareL1: 1 },
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/snapshot-entry-errors',
    plan: SNAPSHOT,
    damage: (i) =>
      i.u64((i.positions.snapshotL1s[0] ?? 0) + 0, i.get64(i.positions.snapshotL1s[0] ?? 0) | 2n),
    nearMiss: nothing,
    field: 'snapshots[0].l1[0]',
  },
  {
    rule: 'qcow2/snapshot-with-data-file',
    plan: { ...SNAPSHOT, dataFile: 'data.raw' },
    files: DATA,
    damage: nothing,
    nearPlan: SNAPSHOT,
    nearMiss: nothing,
  },

  // Bitmaps
  {
    rule: 'qcow2/bitmap-ext-invalid',
    plan: BITMAP,
    damage: (i) => i.u32((i.positions.extensions[0] ?? 0) + 8, 0),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/bitmap-ext-invalid',
    plan: BITMAP,
    damage: (i) => i.u64((i.positions.extensions[0] ?? 0) + 24, 1n << 62n),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/bitmap-ext-invalid',
    plan: BITMAP,
    damage: (i) => i.u64((i.positions.extensions[0] ?? 0) + 24, 700),
    nearMiss: nothing,
  },
  ...[16, 32].map((length) => ({
    rule: 'qcow2/bitmap-ext-invalid',
    plan: BITMAP,
    damage: (i: Qcow2Editor) => i.u32((i.positions.extensions[0] ?? 0) + 4, length),
    nearMiss: nothing,
    field: 'bitmaps_extension.length',
    count: 1,
    // Of the shorter one the rest is taken for an extension.
    also: length === 16 ? ['qcow2/ext-end-length'] : [],
  })),
  {
    rule: 'qcow2/bitmap-autoclear-missing',
    plan: BITMAP,
    damage: (i) => i.header('autoclear', 0),
    nearMiss: nothing,
    severity: 'warning',
    also: ['qcow2/refcount-leak'],
  },
  {
    rule: 'qcow2/bitmap-autoclear-orphan',
    damage: (i) => i.header('autoclear', 1),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/bitmap-directory-entry',
    plan: BITMAP,
    damage: (i) => i.u8((i.positions.bitmapEntries[0] ?? 0) + 16, 2),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/bitmap-directory-entry',
    plan: BITMAP,
    damage: (i) => i.u8((i.positions.bitmapEntries[0] ?? 0) + 17, 8),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/bitmap-directory-entry',
    plan: BITMAP,
    damage: (i) => i.u64(i.positions.bitmapEntries[0] ?? 0, 512),
    nearMiss: nothing,
  },
  ...[18, 20].map((field) => ({
    // A name or extra data of another length than they have: the next entry is not looked for.
    rule: 'qcow2/bitmap-directory-entry',
    plan: BITMAP,
    damage: (i: Qcow2Editor) => i.u16((i.positions.bitmapEntries[0] ?? 0) + field, field === 18 ? 0 : 1),
    nearMiss: nothing,
    count: 1,
  })),
  {
    rule: 'qcow2/bitmap-name-duplicate',
    plan: { bitmaps: [{ name: 'first' }, { name: 'first' }] },
    damage: nothing,
    nearPlan: BITMAP,
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/bitmap-in-use',
    plan: { bitmaps: [{ name: 'first', flags: 3 }] },
    damage: nothing,
    nearPlan: BITMAP,
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/bitmap-table-entry',
    plan: BITMAP,
    damage: (i) => i.u8((i.positions.bitmapTables[0] ?? 0) + 7, 2),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/bitmap-table-entry',
    plan: BITMAP,
    damage: (i) => i.u64(i.positions.bitmapTables[0] ?? 0, i.positions.end),
    nearMiss: nothing,
    also: ['qcow2/refcount-leak'],
  },
  {
    rule: 'qcow2/bitmap-size-mismatch',
    plan: BITMAP,
    damage: (i) => i.header('size', 512 * KIB * KIB).header('l1Size', 256),
    nearMiss: nothing,
  },

  // Encryption
  {
    rule: 'qcow2/luks-ext-missing',
    plan: PLAIN,
    damage: (i) => i.header('cryptMethod', 2),
    nearPlan: LUKS,
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/luks-ext-unexpected',
    plan: LUKS,
    damage: (i) => i.header('cryptMethod', 0),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/luks-header-bounds',
    plan: LUKS,
    damage: (i) => i.u64((i.positions.extensions[0] ?? 0) + 8, i.positions.luks + 8),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/luks-header-bounds',
    plan: LUKS,
    damage: (i) => i.u64((i.positions.extensions[0] ?? 0) + 16, 1n << 63n),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/luks-header-bounds',
    plan: LUKS,
    damage: (i) => i.u32((i.positions.extensions[0] ?? 0) + 4, 24),
    nearMiss: nothing,
    field: 'encryption_extension.length',
    count: 1,
  },
  {
    rule: 'qcow2/luks-header-magic',
    plan: LUKS,
    damage: (i) => i.u8(i.positions.luks, 0),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/luks-slot',
    plan: LUKS,
    damage: (i) => i.u32(i.positions.luks + 208 + 48, 1),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/luks-slot',
    plan: LUKS,
    damage: (i) => i.u32(i.positions.luks + 208 + 40, 9),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/luks-slot',
    plan: LUKS,
    damage: (i) => i.u32(i.positions.luks + 208 + 4, 999),
    nearMiss: (i) => i.u32(i.positions.luks + 208 + 4, 1000),
    severity: 'warning',
  },
  {
    rule: 'qcow2/luks-no-active-slot',
    plan: LUKS,
    damage: (i) => i.u32(i.positions.luks + 208, 0xdead),
    nearMiss: nothing,
  },

  // External data file
  {
    rule: 'qcow2/raw-external-without-data-file',
    damage: (i) => i.header('autoclear', 2),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/raw-external-with-backing',
    plan: { ...BACKED, dataFile: 'data.raw', dataFileRaw: true },
    files: { ...DATA, ...BASE },
    damage: nothing,
    nearPlan: { ...DATA_FILE, dataFileRaw: true },
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/data-file-name-missing',
    damage: (i) => i.header('incompatible', 4),
    nearPlan: DATA_FILE,
    files: DATA,
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/data-file-name-unexpected',
    plan: { dataFile: 'data.raw' },
    files: DATA,
    damage: (i) => i.header('incompatible', 0),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/data-file-missing',
    plan: { ...PLAIN, dataFile: 'lost.raw' },
    damage: nothing,
    nearPlan: DATA_FILE,
    files: DATA,
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/data-file-not-opened',
    plan: { ...PLAIN, dataFile: '/dev/sdb' },
    damage: nothing,
    nearPlan: DATA_FILE,
    files: DATA,
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/data-file-short',
    plan: DATA_FILE,
    files: { 'data.raw': new Uint8Array(4096) },
    damage: nothing,
    nearPlan: { ...DATA_FILE, clusters: { 0: 'data' } },
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/data-file-offset-mismatch',
    plan: DATA_FILE,
    files: DATA,
    damage: (i) => i.entry(1, (e) => e + 4096n),
    nearMiss: nothing,
    field: 'l2[0][1]',
  },
  {
    rule: 'qcow2/data-file-copied',
    plan: DATA_FILE,
    files: DATA,
    damage: (i) => i.entry(1, (e) => e & ~COPIED),
    nearMiss: nothing,
    severity: 'warning',
  },

  // Backing file
  {
    rule: 'qcow2/backing-name-bounds',
    plan: BACKED,
    files: BASE,
    damage: (i) => i.header('backingOffset', 4090),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-name-bounds',
    plan: BACKED,
    files: BASE,
    damage: (i) => i.header('backingSize', 1024),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-name-bounds',
    plan: BACKED,
    files: BASE,
    damage: (i) => i.header('backingOffset', 80),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-name-empty',
    damage: (i) => i.header('backingOffset', 200),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/backing-name-nul',
    plan: BACKED,
    files: BASE,
    damage: (i) => i.u8(i.positions.backingName + 4, 0),
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-missing',
    plan: { ...BACKED, backing: 'lost.qcow2' },
    damage: nothing,
    nearPlan: BACKED,
    files: BASE,
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-not-opened',
    plan: { ...BACKED, backing: '/dev/loop0' },
    damage: nothing,
    nearPlan: BACKED,
    files: BASE,
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/backing-format-missing',
    plan: { ...PLAIN, backing: 'base.qcow2' },
    files: BASE,
    damage: nothing,
    nearPlan: BACKED,
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/backing-format-mismatch',
    plan: { ...BACKED, backingFormat: 'raw' },
    files: BASE,
    damage: nothing,
    nearPlan: BACKED,
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'qcow2/backing-format-mismatch',
    plan: { ...BACKED, backing: 'base.vhd' },
    files: { 'base.vhd': buildVhd().bytes },
    damage: nothing,
    nearPlan: { ...BACKED, backing: 'base.vhd', backingFormat: 'vpc' },
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-format-mismatch',
    plan: { ...BACKED, backing: 'base.raw' },
    files: { 'base.raw': new Uint8Array(KIB * KIB).fill(1) },
    damage: nothing,
    nearPlan: { ...BACKED, backing: 'base.raw', backingFormat: 'raw' },
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-format-unknown',
    plan: { ...BACKED, backingFormat: 'qcov2' },
    files: BASE,
    damage: nothing,
    nearPlan: BACKED,
    nearMiss: nothing,
  },
  {
    rule: 'qcow2/backing-size-mismatch',
    plan: { ...BACKED, size: 2 * KIB * KIB },
    files: BASE,
    damage: nothing,
    nearPlan: BACKED,
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'qcow2/backing-cycle',
    plan: { ...BACKED, backing: 'image.qcow2' },
    damage: nothing,
    nearPlan: BACKED,
    files: BASE,
    nearMiss: nothing,
  },
];

/** `layers` images, each the backing file of the one before it. */
export function chainOf(layers: number): MemoryFiles {
  const name = (layer: number): string => `${layer}.qcow2`;
  const images = Array.from({ length: layers }, (_, layer) => {
    const backing = layer + 1 < layers ? { backing: name(layer + 1), backingFormat: 'qcow2' } : {};
    return [name(layer), buildQcow2({ clusterBits: 9, size: 4096, ...backing }).bytes] as const;
  });
  return Object.fromEntries(images);
}

/** Rules about more than the bytes of files: chain.test.ts gives them times. */
export const elsewhere: readonly string[] = ['qcow2/backing-newer'];

function filesOf(plan: Qcow2Plan | undefined, change: Change, files: MemoryFiles): MemoryFiles {
  const image = buildQcow2(plan);
  change(image);
  return { 'image.qcow2': image.bytes, ...files };
}

/** Every rule with an image that breaks it and one that nearly does. Nothing else above info may be found in the first, no error in the second. */
export const ruleCases: readonly RuleCase[] = [
  ...PLANS.map(
    ({
      plan,
      damage,
      nearMiss,
      nearPlan = plan,
      files = {},
      also = [],
      severity = 'error',
      ...expected
    }): RuleCase => ({
      ...expected,
      ...{ also, severity, format: 'qcow2', isNearClean: true },
      damaged: () => filesOf(plan, damage, files),
      near: () => filesOf(nearPlan, nearMiss, files),
    }),
  ),
  ...[
    { rule: 'qcow2/backing-not-opened', plan: BACKED, files: BASE },
    { rule: 'qcow2/data-file-not-opened', plan: DATA_FILE, files: DATA },
  ].map(({ rule, plan, files }): RuleCase => ({
    rule,
    ...{ also: [], severity: 'info', format: 'qcow2', isNearClean: true, policyOver: allOutside },
    damaged: () => filesOf(plan, nothing, files),
    near: () => filesOf(plan, nothing, files),
  })),
  {
    rule: 'qcow2/backing-depth',
    also: [],
    count: 1,
    format: 'qcow2',
    isNearClean: true,
    damaged: () => chainOf(258),
    near: () => chainOf(256),
  },
];
