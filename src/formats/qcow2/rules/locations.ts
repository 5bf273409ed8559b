import { defineRule, defineSpecRule } from '../../../model/rule.ts';
import { defineRegionRule } from '../../shared/region-rules.ts';
import { bytesText, isClusterStart, neededL1Entries } from '../geometry.ts';
import type { Qcow2Image } from '../image.ts';
import { headerPlace } from '../places.ts';
import { raisedBySpec } from './spec.ts';

const HEADER = 'QEMU docs/interop/qcow2, "Header"';
const L1 = 'QEMU docs/interop/qcow2, "Cluster mapping"';
const REFCOUNTS = 'QEMU docs/interop/qcow2, "Host cluster management"';

/** An L1 table that does not begin at a cluster. */
export const l1Unaligned = defineRule<Qcow2Image, string>({
  id: 'qcow2/l1-unaligned',
  severity: 'error',
  depth: 'header',
  title: 'The L1 table does not begin at a cluster',
  spec: `${HEADER}, l1_table_offset`,
  repair: 'none',
  message: (sentence) => sentence,
  explanation: {
    what: 'The position of the active L1 table is no multiple of the cluster size, or it is 0 although the table has entries.',
    why: 'Without the L1 table no guest data can be found.',
    how: 'A damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Find the table (it is the cluster whose entries point at L2 tables) and correct the header.',
  },
  check({ file, header, geometry: { clusterSize } }, tell) {
    const position = header.l1TableOffset;
    if (isClusterStart(position, clusterSize)) return;
    const excess = position % BigInt(clusterSize);
    tell({
      at: headerPlace(file, header, 'l1_table_offset'),
      data: `the L1 table begins at byte ${position}, ${excess} bytes behind the start of a cluster`,
      expected: `a multiple of ${clusterSize}`,
      actual: String(position),
    });
  },
});

/** An L1 table at position 0. */
export const l1Missing = raisedBySpec(
  l1Unaligned,
  () => 'header.l1_table_offset is 0 although the L1 table has entries',
);

/** An L1 table that is not in the file. */
export const l1OutOfFile = defineRule<Qcow2Image, string>({
  id: 'qcow2/l1-out-of-file',
  severity: 'error',
  depth: 'header',
  title: 'The L1 table is not in the file',
  spec: L1,
  repair: 'none',
  derivedFrom: ['qcow2/l1-unaligned', 'qcow2/l1-too-large'],
  message: (sentence) => sentence,
  explanation: {
    what: 'The active L1 table begins at or behind the end of the file, or runs beyond it. (A file may end inside its last cluster; the missing bytes are zeros.)',
    why: 'Guest data that the missing entries lead to cannot be found; they read as zeros, without an error.',
    how: 'A file that was cut off by a broken copy or download, or a damaged header.',
    readers: 'qemu opens the image and reads zeros; qemu-img check counts an error.',
    repair: 'Copy the image again from its source.',
  },
  check({ file, header, geometry, l1, fileSize }, tell) {
    const end = l1.offset + 8 * l1.declared;
    if (l1.declared === 0 || end <= geometry.limit) return;
    const position = header.l1TableOffset;
    const isCut = l1.offset < geometry.limit;
    const where =
      l1.offset < fileSize
        ? `lies at ${bytesText(position, 8n * BigInt(l1.declared))}`
        : `should begin at byte ${position}`;
    tell({
      at: headerPlace(file, header, 'l1_table_offset'),
      data: `the L1 table ${where}, but the file ends at byte ${fileSize}`,
      ...(isCut ? { severity: 'warning' } : {}),
      actual: String(position),
    });
  },
});

/** An L1 table that does not cover the disk. */
export const l1TooSmall = defineRule<Qcow2Image, { readonly entries: number; readonly needed: number }>({
  id: 'qcow2/l1-too-small',
  severity: 'error',
  depth: 'header',
  title: 'The L1 table is too small for the disk',
  spec: `${HEADER}, l1_size`,
  repair: 'none',
  derivedFrom: ['qcow2/size-limit'],
  message: ({ entries, needed }) => `the L1 table has ${entries} entries, but the disk needs ${needed}`,
  explanation: {
    what: 'The L1 table has fewer entries than the disk needs with this cluster size.',
    why: 'The end of the disk has no place in the tables: nothing can be read or written there.',
    how: 'A resize that changed the size and not the table, or a damaged size or l1_size field.',
    readers: 'qemu refuses to open the image.',
    repair: 'Find out which of the two figures is right; the partition table of the guest tells the size.',
  },
  check({ file, header, geometry, l1 }, tell) {
    const needed = neededL1Entries(geometry, geometry.size);
    if (l1.declared >= needed) return;
    tell({
      at: headerPlace(file, header, 'l1_size'),
      data: { entries: l1.declared, needed },
      expected: `>= ${needed}`,
      actual: String(l1.declared),
    });
  },
});

/** An L1 table that covers more than the disk. */
export const l1Excess = defineRule<Qcow2Image, { readonly entries: number; readonly needed: number }>({
  id: 'qcow2/l1-excess',
  severity: 'info',
  depth: 'header',
  title: 'The L1 table is larger than the disk needs',
  spec: `${HEADER}, l1_size`,
  repair: 'none',
  message: ({ entries, needed }) => `the L1 table has ${entries} entries, the disk needs ${needed}`,
  explanation: {
    what: 'The L1 table has more entries than the disk needs.',
    why: 'Nothing is wrong: the saved state of a virtual machine is stored behind the end of the disk.',
    how: 'Snapshots with machine state, or a disk that was made smaller.',
    readers: 'All readers accept it.',
    repair: 'None is needed.',
  },
  check({ file, header, geometry, l1 }, tell) {
    const needed = neededL1Entries(geometry, geometry.size);
    if (l1.declared > needed)
      tell({
        at: headerPlace(file, header, 'l1_size'),
        data: { entries: l1.declared, needed },
        actual: String(l1.declared),
      });
  },
});

/** An L1 table beyond QEMU's limit. */
export const l1TooLarge = defineSpecRule({
  id: 'qcow2/l1-too-large',
  severity: 'error',
  depth: 'header',
  title: 'The L1 table is too large',
  spec: `${HEADER}, l1_size; QEMU's limit of 32 MiB`,
  repair: 'none',
  message: ({ actual }) => `header.l1_size is ${actual}, more than the 4194304 entries that fit into 32 MiB`,
  explanation: {
    what: 'The L1 table would be larger than 32 MiB.',
    why: 'No disk needs such a table; a reader that believes the figure runs out of memory. Only the first 32 MiB are looked at.',
    how: 'A damaged header, or an image made to exhaust a reader.',
    readers: 'qemu refuses to open the image.',
    repair: 'Work out l1_size from the size of the disk and set it.',
  },
});

/** No refcount table. */
export const reftableMissing = defineSpecRule({
  id: 'qcow2/reftable-missing',
  severity: 'error',
  depth: 'header',
  title: 'There is no refcount table',
  spec: `${HEADER}, refcount_table_offset`,
  repair: 'safe',
  message: ({ field }) => `${field} is 0, so there is no refcount table`,
  explanation: {
    what: 'The position or the size of the refcount table is 0.',
    why: 'Guest data can be read, but no cluster can be allocated safely, since it is not known which are free.',
    how: 'A damaged header.',
    readers: 'qemu opens the image for reading; qemu-img check reports every cluster.',
    repair: 'Rebuild the reference counts from the tables (qemu-img check -r all).',
  },
});

/** A refcount table that does not begin at a cluster. */
export const reftableUnaligned = defineRule<
  Qcow2Image,
  { readonly offset: string; readonly clusterSize: number }
>({
  id: 'qcow2/reftable-unaligned',
  severity: 'error',
  depth: 'header',
  title: 'The refcount table does not begin at a cluster',
  spec: `${HEADER}, refcount_table_offset`,
  repair: 'safe',
  message: ({ offset, clusterSize }) =>
    `the refcount table begins at byte ${offset}, which is no multiple of the cluster size ${clusterSize}`,
  explanation: {
    what: 'The position of the refcount table is no multiple of the cluster size.',
    why: 'The reference counts cannot be found; guest data can.',
    how: 'A damaged header.',
    readers: 'qemu refuses to open the image.',
    repair: 'Rebuild the reference counts from the tables after setting a position that is aligned.',
  },
  check({ file, header, geometry: { clusterSize } }, tell) {
    if (isClusterStart(header.refcountTableOffset, clusterSize)) return;
    const offset = String(header.refcountTableOffset);
    tell({
      at: headerPlace(file, header, 'refcount_table_offset'),
      data: { offset, clusterSize },
      expected: `a multiple of ${clusterSize}`,
      actual: offset,
    });
  },
});

/** A refcount table that is not in the file. */
export const reftableOutOfFile = defineRule<
  Qcow2Image,
  { readonly range: string; readonly fileSize: number }
>({
  id: 'qcow2/reftable-out-of-file',
  severity: 'error',
  depth: 'header',
  title: 'The refcount table is not in the file',
  spec: REFCOUNTS,
  repair: 'safe',
  derivedFrom: ['qcow2/reftable-unaligned', 'qcow2/reftable-too-large'],
  message: ({ range, fileSize }) =>
    `the refcount table should lie at ${range}, but the file ends at byte ${fileSize}`,
  explanation: {
    what: 'The refcount table lies behind the end of the file, or runs beyond it.',
    why: 'The reference counts are lost: a writer would take clusters that are in use for free ones. Guest data can be read.',
    how: 'A file that was cut off by a broken copy or download, or a damaged header.',
    readers: 'qemu opens the image; qemu-img check counts errors.',
    repair: 'Copy the image again; if its data are complete, rebuild the reference counts.',
  },
  check({ file, header, geometry, refcountTable, fileSize }, tell) {
    const end = refcountTable.offset + 8 * refcountTable.declared;
    if (refcountTable.declared === 0 || refcountTable.offset === 0 || end <= geometry.limit) return;
    const range = bytesText(header.refcountTableOffset, 8n * BigInt(refcountTable.declared));
    tell({
      at: headerPlace(file, header, 'refcount_table_offset'),
      data: { range, fileSize },
      actual: String(header.refcountTableOffset),
    });
  },
});

/** A refcount table beyond QEMU's limit. */
export const reftableTooLarge = defineRule<Qcow2Image, { readonly clusters: number; readonly bytes: number }>(
  {
    id: 'qcow2/reftable-too-large',
    severity: 'error',
    depth: 'header',
    title: 'The refcount table is too large',
    spec: `${HEADER}, refcount_table_clusters; QEMU's limit of 8 MiB`,
    repair: 'safe',
    message: ({ clusters, bytes }) =>
      `the refcount table has ${clusters} clusters, which are ${bytes} bytes and more than the limit of 8 MiB`,
    explanation: {
      what: 'The refcount table would be larger than 8 MiB.',
      why: 'A reader that believes the figure runs out of memory. Only the first 8 MiB are looked at.',
      how: 'A damaged header, or an image made to exhaust a reader.',
      readers: 'qemu refuses to open the image.',
      repair: 'Rebuild the reference counts from the tables.',
    },
    check({ file, header, geometry }, tell) {
      const clusters = header.refcountTableClusters;
      const bytes = clusters * geometry.clusterSize;
      if (bytes <= 0x80_0000) return;
      const at = headerPlace(file, header, 'refcount_table_clusters');
      tell({ at, data: { clusters, bytes }, actual: String(clusters) });
    },
  },
);

/** Two structures in one cluster. */
export const metadataOverlap = defineRegionRule({
  id: 'qcow2/metadata-overlap',
  severity: 'error',
  depth: 'metadata',
  title: 'Two structures share a cluster',
  spec: 'QEMU docs/interop/qcow2, "General": every structure has its own clusters',
  repair: 'decision',
  message: ({ region, start, other }) =>
    `${region} at byte ${start} shares its cluster with ${other ?? 'another structure'}`,
  explanation: {
    what: 'Two of header, L1 and L2 tables, refcount table and blocks, snapshot table, bitmaps and encryption header lie in the same cluster.',
    why: 'At most one of the two is intact; each write to one of them damages the other.',
    how: 'Reference counts that were too low, so that a cluster in use was given out again; or a damaged pointer.',
    readers: 'qemu-img check sees it as a wrong reference count; readers use the bytes for both.',
    repair: 'Look at the cluster to see whose it is, then restore the other structure from a copy.',
  },
});
