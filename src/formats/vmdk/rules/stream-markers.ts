import type { Finding } from '../../../model/problem.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import { withoutRepeats } from '../extents/grain-tables.ts';
import type { HostedSparseExtent } from '../extents/hosted-sparse.ts';
import { inspectStreamMarkers, type StreamMarker, type UnmarkedMetadata } from '../extents/stream-markers.ts';
import type { VmdkImage } from '../image.ts';
import { asWords } from '../words.ts';
import { hostedExtents } from './field-rule.ts';

const MARKERS = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents, markers';
const TYPES = { gt: 1, gd: 2 } as const;
/** The highest marker type that is known (progress, seen in exports of vSphere). */
const LAST_TYPE = 4;

/** Metadata and what announces it. */
interface MarkerFault {
  readonly field: string;
  readonly sectors: number;
  readonly actual: string;
}

/** Metadata that no marker announces. */
export const markerMissing: RaisableRule<VmdkImage, MarkerFault> = defineRule<VmdkImage, MarkerFault>({
  id: 'vmdk4/marker-missing',
  severity: 'warning',
  depth: 'metadata',
  title: 'No marker announces the metadata of a stream',
  spec: MARKERS,
  repair: 'none',
  message: ({ field, actual }) =>
    `${field} must be announced by a marker in the sector before it, where ${actual}`,
  explanation: {
    what: 'In a stream a marker stands before the grain directory and before grain tables; here the sector before them is none of the right type.',
    why: 'Readers that use the directory show the guest its data. Readers that go through the file from the front lose their way.',
    how: 'A writer that leaves the markers out, a damaged sector, or a directory entry that leads to a wrong place.',
    readers: 'QEMU does not need them; importers of vSphere and open-vmdk do.',
    repair: 'Convert the image with a writer that sets markers.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image))
      for (const found of await inspectStreamMarkers(extent)) {
        const isMarker = 'fields' in found;
        if (isMarker && (found.fields.type === TYPES[found.covers] || found.fields.type > LAST_TYPE))
          continue;
        const actual = isMarker ? `there is a marker of type ${found.fields.type}` : 'there is none';
        tell(markerFault(extent, found, actual));
      }
  },
});

/** A marker of a type that nobody knows. */
export const markerTypeUnknown: RaisableRule<VmdkImage, MarkerFault> = defineRule<VmdkImage, MarkerFault>({
  id: 'vmdk4/marker-type-unknown',
  severity: 'error',
  depth: 'metadata',
  title: 'A marker of unknown type',
  spec: `${MARKERS}, type`,
  repair: 'none',
  message: ({ field, actual }) =>
    `the marker of ${field} is of type ${actual}; only 0 to ${LAST_TYPE} are known`,
  explanation: {
    what: 'A metadata marker in a stream has a type that no document and no known writer has.',
    why: 'Readers that use the directory show the guest its data. Readers that go through the file from the front stop here.',
    how: 'A damaged marker, or a writer newer than its readers.',
    readers: 'QEMU does not look at markers of tables; importers of vSphere and open-vmdk stop.',
    repair: 'Write the type of what follows the marker: 1 for grain tables, 2 for the grain directory.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image))
      for (const found of await inspectStreamMarkers(extent))
        if ('fields' in found && found.fields.type > LAST_TYPE)
          tell(markerFault(extent, found, String(found.fields.type)));
  },
});

/** A marker with a wrong length. */
export const markerLength: RaisableRule<VmdkImage, MarkerFault> = defineRule<VmdkImage, MarkerFault>({
  id: 'vmdk4/marker-length',
  severity: 'info',
  depth: 'metadata',
  title: 'A marker is wrong about the length of the metadata',
  spec: `${MARKERS}, numSectors`,
  repair: 'safe',
  message: ({ field, sectors, actual }) =>
    `the marker of ${field} announces ${actual} sectors, but ${sectors} follow`,
  explanation: {
    what: 'A metadata marker gives the number of sectors that follow it, and another number does.',
    why: 'The guest sees nothing of it. A reader that goes through the file from the front would skip too much or too little.',
    how: 'Xen Orchestra writes 0, which is passed over here; other numbers come from a faulty writer.',
    readers: 'Readers that use the directory ignore it.',
    repair: 'Write the right number.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image))
      for (const found of await inspectStreamMarkers(extent)) {
        if (!('fields' in found)) continue;
        const announced = found.fields.numSectors;
        if (announced === 0n || announced === BigInt(found.sectors)) continue;
        tell({ ...markerFault(extent, found, String(announced)), expected: String(found.sectors) });
      }
  },
});

/** A marker with something in its pad. */
export const markerPad: RaisableRule<VmdkImage, MarkerFault> = defineRule<VmdkImage, MarkerFault>({
  id: 'vmdk4/marker-pad-nonzero',
  severity: 'info',
  depth: 'metadata',
  title: 'The rest of a marker is not zero',
  spec: MARKERS,
  repair: 'lossy',
  message: ({ field }) => `the marker of ${field} must end in zeros and does not`,
  explanation: {
    what: 'The bytes of a metadata marker behind its type are zeros by the documents; some are not.',
    why: 'The guest never sees them. They may be left-over memory of the writer.',
    how: 'A writer that did not clear its buffer.',
    readers: 'All readers ignore them.',
    repair: 'Write zeros.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image))
      for (const found of await inspectStreamMarkers(extent))
        if ('fields' in found && found.fields.pad.some((byte) => byte !== 0))
          tell(markerFault(extent, found, 'other bytes'));
  },
});

function markerFault(
  { file }: HostedSparseExtent,
  found: StreamMarker | UnmarkedMetadata,
  actual: string,
): Finding<MarkerFault> {
  const { covers, index, sectors } = found;
  const field = covers === 'gd' ? 'gd' : `gt[${index}]`;
  const offset = 'fields' in found ? found.offset : found.offset - SECTOR_SIZE;
  return { at: { file, offset, length: SECTOR_SIZE, field }, actual, data: { field, sectors, actual } };
}

/** Grains that do not follow one another as the disk does. */
export const grainOrder: RaisableRule<VmdkImage, { readonly field: string; readonly count: number }> =
  defineRule<VmdkImage, { readonly field: string; readonly count: number }>({
    id: 'vmdk4/grain-order',
    severity: 'info',
    depth: 'metadata',
    title: 'Grains of a stream are not in the order of the disk',
    spec: MARKERS,
    repair: 'lossy',
    derivedFrom: ['vmdk4/grain-lba-mismatch', 'vmdk4/gte-duplicate', 'vmdk4/gte-out-of-file'],
    message: ({ field, count }) =>
      `${count} grains lie before the grain that precedes them on the disk, the first by ${field}`,
    explanation: {
      what: 'The compressed grains do not lie in the file in ascending order of their guest addresses.',
      why: 'The guest sees the same disk. An importer that writes the disk while it receives the stream cannot go back.',
      how: 'A writer that stores grains as the guest writes them.',
      readers: 'QEMU does not mind; vSphere wants ascending order, and open-vmdk can put grains into it.',
      repair: 'Convert the image to a new stream.',
    },
    async check(image, tell) {
      for (const extent of hostedExtents(image)) {
        // The walk that counts owners has looked at the order on its way.
        const finding = extent.walk.isInOrder ? null : await findDisorder(extent);
        if (finding !== null) tell(finding);
      }
    },
  });

async function findDisorder(
  extent: HostedSparseExtent,
): Promise<Finding<{ field: string; count: number }> | null> {
  const tables = extent.geometry?.isCompressed === true ? await extent.grainTables() : null;
  if (tables === null) return null;
  const set = { offsets: withoutRepeats(tables.offsets), tableBytes: tables.entriesPerTable * 4 };
  let last = 1;
  let count = 0;
  let first: { offset: number; field: string } | null = null;
  for await (const batch of tableBatches(tables.source, set)) {
    const entries = asWords(batch.bytes);
    for (let position = 0; position < entries.length; position++) {
      const entry = entries[position] ?? 0;
      if (entry <= 1) continue;
      if (entry < last) {
        count++;
        first ??= locate(batch.first * tables.entriesPerTable + position, tables);
      }
      last = entry;
    }
  }
  if (first === null) return null;
  return { at: { file: extent.file, length: 4, ...first }, data: { field: first.field, count } };
}

function locate(
  grain: number,
  { offsets, entriesPerTable }: { offsets: ArrayLike<number>; entriesPerTable: number },
): { offset: number; field: string } {
  const table = Math.floor(grain / entriesPerTable);
  const index = grain % entriesPerTable;
  return { offset: (offsets[table] ?? 0) + 4 * index, field: `gt[${table}][${index}]` };
}
