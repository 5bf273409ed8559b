import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { ImageFile } from '../../../../../model/image-file.ts';
import type { Finding } from '../../../../../model/problem.ts';
import { tableBatches } from '../../../../shared/table-walk.ts';
import { asWords } from '../../../../shared/words.ts';
import { tablesToWalk } from '../../directory-walk.ts';
import type { MarkerFault } from '../findings.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import type { AnnouncedMetadata } from '../layout/stream-markers.ts';
import { defineHostedRules } from './define.ts';

const MARKERS = 'VMware Virtual Disk Format 5.0, Stream-Optimized Compressed Sparse Extents, markers';
const TYPES = { gt: 1, gd: 2 } as const;

/** The highest marker type that is known (progress, seen in exports of vSphere). */
const LAST_TYPE = 4;

export const markerRules = defineHostedRules({
  'vmdk4/marker-missing': {
    severity: 'warning',
    depth: 'metadata',
    title: 'No marker announces the metadata of a stream',
    spec: MARKERS,
    repair: 'none',
    message: ({ field, actual }) =>
      `${field} must be announced by a marker in the sector before it, where ${actual}`,
    check({ extent: { file } }, tell, facts) {
      for (const found of facts.walk(file)?.announced ?? []) {
        const { marker, covers } = found;
        if (marker !== null && (marker.type === TYPES[covers] || marker.type > LAST_TYPE)) continue;
        const actual = marker === null ? 'there is none' : `there is a marker of type ${marker.type}`;
        tell(markerFault(file, found, actual));
      }
    },
  },
  'vmdk4/marker-type-unknown': {
    severity: 'error',
    depth: 'metadata',
    title: 'A marker of unknown type',
    spec: `${MARKERS}, type`,
    repair: 'none',
    message: ({ field, actual }) =>
      actual === String(LAST_TYPE)
        ? `the marker of ${field} is of type ${actual}, which tells of progress and is not in VMware's document`
        : `the marker of ${field} is of type ${actual}; only 0 to ${LAST_TYPE} are known`,
    check({ extent: { file } }, tell, facts) {
      for (const found of facts.walk(file)?.announced ?? [])
        if (found.marker !== null && found.marker.type > LAST_TYPE)
          tell(markerFault(file, found, String(found.marker.type)));
    },
  },
  'vmdk4/marker-length': {
    severity: 'info',
    depth: 'metadata',
    title: 'A marker is wrong about the length of the metadata',
    spec: `${MARKERS}, numSectors`,
    repair: 'safe',
    message: ({ field, sectors, actual }) =>
      `the marker of ${field} announces ${actual} sectors, but ${sectors} follow`,
    check({ extent: { file } }, tell, facts) {
      for (const found of facts.walk(file)?.announced ?? []) {
        const actual = found.marker?.numSectors ?? 0n;
        if (actual === 0n || actual === BigInt(found.sectors)) continue;
        tell({ ...markerFault(file, found, String(actual)), expected: String(found.sectors) });
      }
    },
  },
  'vmdk4/marker-pad-nonzero': {
    severity: 'info',
    depth: 'metadata',
    title: 'The rest of a marker is not zero',
    spec: MARKERS,
    repair: 'lossy',
    message: ({ field }) => `the marker of ${field} must end in zeros and does not`,
    check({ extent: { file } }, tell, facts) {
      for (const found of facts.walk(file)?.announced ?? [])
        if (found.marker?.pad.some((byte) => byte !== 0) === true)
          tell(markerFault(file, found, 'other bytes'));
    },
  },
  'vmdk4/grain-order': {
    severity: 'info',
    depth: 'metadata',
    title: 'Grains of a stream are not in the order of the disk',
    spec: MARKERS,
    repair: 'lossy',
    derivedFrom: ['vmdk4/grain-lba-mismatch', 'vmdk4/gte-duplicate', 'vmdk4/gte-out-of-file'],
    message: ({ field, count }) =>
      `grains stored before the grain that precedes them on the disk: ${count}, the first by ${field}`,
    async check({ extent }, tell, facts) {
      // The walk has looked at the order on its way.
      const isInOrder = facts.walk(extent.file)?.isInOrder === true;
      const finding = isInOrder ? null : await findDisorder(extent);
      if (finding !== null) tell(finding);
    },
  },
});

function markerFault(file: ImageFile, found: AnnouncedMetadata, actual: string): Finding<MarkerFault> {
  const { covers, index, sectors, offset } = found;
  const field = covers === 'gd' ? 'gd' : `gt[${index}]`;
  const at = { file, offset: offset - SECTOR_SIZE, length: SECTOR_SIZE, field };
  return { at, actual, data: { field, sectors, actual } };
}

async function findDisorder(extent: HostedLayout): Promise<Finding<{ field: string; count: number }> | null> {
  const tables = extent.geometry?.isCompressed === true ? await extent.grainTables() : null;
  if (tables === null) return null;
  const tableBytes = tables.entriesPerTable * 4;
  const set = { offsets: tablesToWalk(tables.offsets, tableBytes, tables.source.size), tableBytes };
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
