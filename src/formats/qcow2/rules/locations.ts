import { defineRules } from '../../../model/rule.ts';
import type { Qcow2Findings } from '../findings.ts';
import type { Qcow2Image } from '../image.ts';
import { bytesText, isClusterStart, neededL1Entries } from '../layout/geometry.ts';
import { sentenceOr } from './sentence.ts';

const HEADER = 'QEMU docs/interop/qcow2, "Header"';
const L1 = 'QEMU docs/interop/qcow2, "Cluster mapping"';
const REFCOUNTS = 'QEMU docs/interop/qcow2, "Host cluster management"';

/** The rules on where header fields place the tables. */
export const locationRules = defineRules<Qcow2Image, Qcow2Findings>()({
  'qcow2/l1-unaligned': {
    severity: 'error',
    depth: 'header',
    title: 'The L1 table does not begin at a cluster',
    spec: `${HEADER}, l1_table_offset`,
    repair: 'none',
    message: sentenceOr(() => 'header.l1_table_offset is 0 although the L1 table has entries'),
    check({ header, geometry: { clusterSize } }, tell) {
      const position = header.fields.l1TableOffset;
      if (isClusterStart(position, clusterSize)) return;
      const excess = position % BigInt(clusterSize);
      tell({
        at: header.at('l1_table_offset'),
        data: `the L1 table begins at byte ${position}, ${excess} bytes after the start of a cluster`,
        expected: `a multiple of ${clusterSize}`,
        actual: String(position),
      });
    },
  },
  'qcow2/l1-out-of-file': {
    severity: 'error',
    depth: 'header',
    title: 'The L1 table is not in the file',
    spec: L1,
    repair: 'none',
    derivedFrom: ['qcow2/l1-unaligned', 'qcow2/l1-too-large'],
    message: ({ where, fileSize }) => `the L1 table ${where}, but the file ends at byte ${fileSize}`,
    check({ header, geometry, l1, fileSize }, tell) {
      const end = l1.offset + 8 * l1.declared;
      if (l1.declared === 0 || end <= geometry.limit) return;
      const position = header.fields.l1TableOffset;
      const isCut = l1.offset < geometry.limit;
      const where =
        l1.offset < fileSize
          ? `is at ${bytesText(position, 8n * BigInt(l1.declared))}`
          : `should begin at byte ${position}`;
      tell({
        at: header.at('l1_table_offset'),
        data: { where, fileSize },
        ...(isCut ? { severity: 'warning' } : {}),
        actual: String(position),
      });
    },
  },
  'qcow2/l1-too-small': {
    severity: 'error',
    depth: 'header',
    title: 'The L1 table is too small for the disk',
    spec: `${HEADER}, l1_size`,
    repair: 'none',
    derivedFrom: ['qcow2/size-limit'],
    message: ({ entries, needed }) => `the L1 table has ${entries} entries, but the disk needs ${needed}`,
    check({ header, geometry, l1 }, tell) {
      const needed = neededL1Entries(geometry, geometry.size);
      if (l1.declared >= needed) return;
      tell({
        at: header.at('l1_size'),
        data: { entries: l1.declared, needed },
        expected: `>= ${needed}`,
        actual: String(l1.declared),
      });
    },
  },
  'qcow2/l1-excess': {
    severity: 'info',
    depth: 'header',
    title: 'The L1 table is larger than the disk needs',
    spec: `${HEADER}, l1_size`,
    repair: 'none',
    message: ({ entries, needed }) => `the L1 table has ${entries} entries, the disk needs ${needed}`,
    check({ header, geometry, l1 }, tell) {
      const needed = neededL1Entries(geometry, geometry.size);
      if (l1.declared > needed)
        tell({
          at: header.at('l1_size'),
          data: { entries: l1.declared, needed },
          actual: String(l1.declared),
        });
    },
  },
  'qcow2/l1-too-large': {
    severity: 'error',
    depth: 'header',
    title: 'The L1 table is too large',
    spec: `${HEADER}, l1_size; QEMU's limit of 32 MiB`,
    repair: 'none',
    message: ({ actual }) =>
      `header.l1_size is ${actual}, more than the 4194304 entries that fit into 32 MiB`,
  },
  'qcow2/reftable-missing': {
    severity: 'error',
    depth: 'header',
    title: 'There is no refcount table',
    spec: `${HEADER}, refcount_table_offset`,
    repair: 'safe',
    message: ({ field }) => `${field} is 0, so there is no refcount table`,
  },
  'qcow2/reftable-unaligned': {
    severity: 'error',
    depth: 'header',
    title: 'The refcount table does not begin at a cluster',
    spec: `${HEADER}, refcount_table_offset`,
    repair: 'safe',
    message: ({ offset, clusterSize }) =>
      `the refcount table begins at byte ${offset}, which is no multiple of the cluster size ${clusterSize}`,
    check({ header, geometry: { clusterSize } }, tell) {
      if (isClusterStart(header.fields.refcountTableOffset, clusterSize)) return;
      const offset = String(header.fields.refcountTableOffset);
      tell({
        at: header.at('refcount_table_offset'),
        data: { offset, clusterSize },
        expected: `a multiple of ${clusterSize}`,
        actual: offset,
      });
    },
  },
  'qcow2/reftable-out-of-file': {
    severity: 'error',
    depth: 'header',
    title: 'The refcount table is not in the file',
    spec: REFCOUNTS,
    repair: 'safe',
    derivedFrom: ['qcow2/reftable-unaligned', 'qcow2/reftable-too-large'],
    message: ({ range, fileSize }) =>
      `the refcount table should be at ${range}, but the file ends at byte ${fileSize}`,
    check({ header, geometry, refcountTable, fileSize }, tell) {
      const end = refcountTable.offset + 8 * refcountTable.declared;
      if (refcountTable.declared === 0 || refcountTable.offset === 0 || end <= geometry.limit) return;
      const range = bytesText(header.fields.refcountTableOffset, 8n * BigInt(refcountTable.declared));
      tell({
        at: header.at('refcount_table_offset'),
        data: { range, fileSize },
        actual: String(header.fields.refcountTableOffset),
      });
    },
  },
  'qcow2/reftable-too-large': {
    severity: 'error',
    depth: 'header',
    title: 'The refcount table is too large',
    spec: `${HEADER}, refcount_table_clusters; QEMU's limit of 8 MiB`,
    repair: 'safe',
    message: ({ clusters, bytes }) =>
      `the refcount table has ${clusters} clusters, which are ${bytes} bytes and more than the limit of 8 MiB`,
    check({ header, geometry }, tell) {
      const clusters = header.fields.refcountTableClusters;
      const bytes = clusters * geometry.clusterSize;
      if (bytes <= 0x80_0000) return;
      const at = header.at('refcount_table_clusters');
      tell({ at, data: { clusters, bytes }, actual: String(clusters) });
    },
  },
  'qcow2/metadata-overlap': {
    severity: 'error',
    depth: 'metadata',
    title: 'Two structures share a cluster',
    spec: 'QEMU docs/interop/qcow2, "General": every structure has its own clusters',
    repair: 'decision',
    message: ({ region, start, other }) =>
      `${region} at byte ${start} shares its cluster with ${other ?? 'another structure'}`,
  },
});
