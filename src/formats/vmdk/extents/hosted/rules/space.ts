import { fileOffset } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Finding } from '../../../../../model/problem.ts';
import type { Facts } from '../../../../../model/rule.ts';
import { giveScratchBack, takeScratch } from '../../../../shared/scratch.ts';
import { firstNonZeroByte } from '../../../../shared/zeros.ts';
import type { HostedGeometry } from '../layout/geometry.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import { defineHostedRules } from './define.ts';

const LAYOUT = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, layout of the file';

/** With tables out of reach everything looks unreferenced. */
export const BROKEN_TABLES = [
  'vmdk4/gd-out-of-file',
  'vmdk4/gd-offset-missing',
  'vmdk4/gde-out-of-file',
  'vmdk4/gde-in-metadata',
  'vmdk4/gde-duplicate',
  'vmdk4/footer-missing',
  'vmdk4/tables-overlap',
  'vmdk4/compression-flag-mismatch',
];

/** An entry that is damaged, or that its copy contradicts, leaves a grain without a reference. */
const LOST_ENTRIES = [
  'vmdk4/gde-zero',
  'vmdk4/gde-shared-with-rgd',
  'vmdk4/rgt-mismatch',
  'vmdk4/gte-out-of-file',
  'vmdk4/gte-straddles-end',
  'vmdk4/gte-in-metadata',
  'vmdk4/gte-one-without-flag',
  'vmdk4/gte-duplicate',
  'vmdk4/gte-misaligned',
  'vmdk4/gte-beyond-capacity',
  'vmdk4/footer-header-mismatch',
];

/** Bytes of a file, in whole ranges. */
interface Unused {
  readonly ranges: number;
  readonly bytes: number;
}

export const spaceRules = defineHostedRules({
  'vmdk4/grain-unreferenced': {
    severity: 'leak',
    depth: 'metadata',
    title: 'Space for grains that no table points to',
    spec: LAYOUT,
    repair: 'lossy',
    derivedFrom: [...BROKEN_TABLES, ...LOST_ENTRIES],
    message: ({ ranges, bytes }) =>
      `${bytes} bytes in ${ranges} ${ranges === 1 ? 'place' : 'places'} have room for whole grains, and no table points to them`,
    check({ extent }, tell, facts) {
      const finding = findUnreferenced(extent, facts);
      if (finding !== null) tell(finding);
    },
  },
  'vmdk4/trailing-data': {
    severity: 'warning',
    depth: 'metadata',
    title: 'Bytes follow the last grain',
    spec: LAYOUT,
    repair: 'lossy',
    derivedFrom: [
      ...BROKEN_TABLES,
      'vmdk4/overhead-invalid',
      'vmdk4/gte-straddles-end',
      'vmdk4/gte-out-of-file',
      'vmdk4/grain-marker-out-of-file',
      'vmdk4/gte-beyond-capacity',
      'vmdk4/grain-size-zero',
      'vmdk4/grain-size-excessive',
      'vmdk4/compressed-without-markers',
    ],
    message: ({ bytes, end }) =>
      `${bytes} bytes follow the end of the last structure at byte ${end}, and nothing refers to them`,
    async check({ extent }, tell, facts) {
      const finding = await findTrailing(extent, facts);
      if (finding !== null) tell(finding);
    },
  },
  'vmdk4/table-empty-image': {
    severity: 'info',
    depth: 'metadata',
    title: 'All tables are empty, but the file is large',
    spec: LAYOUT,
    repair: 'none',
    derivedFrom: BROKEN_TABLES,
    message: ({ bytes }) => `no grain is allocated, yet ${bytes} bytes follow the metadata`,
    check({ extent }, tell, facts) {
      const { geometry, file, source } = extent;

      const ownership = facts.ownership(file);
      if (ownership === undefined || geometry === null) return;
      const overhead = geometry.overheadSectors * SECTOR_SIZE;
      const bytes = source.size - Math.max(overhead, 1);
      if (ownership.end <= overhead && bytes >= 2 * geometry.grainSize)
        tell({ at: { file, offset: overhead, length: bytes, field: null }, data: { bytes } });
    },
  },
});

function findUnreferenced(extent: HostedLayout, facts: Facts): Finding<Unused> | null {
  const { geometry, file } = extent;
  const ownership = facts.ownership(file);
  if (ownership === undefined || geometry === null || geometry.isCompressed) return null;
  if (extent.isOfDoubtfulSize) return null;
  let ranges = 0;
  let bytes = 0;
  let first: number | null = null;
  const end = endsWithGrain(extent, geometry) ? extent.source.size : ownership.end;
  for (const { start, length } of ownership.gaps(geometry.overheadSectors * SECTOR_SIZE, end)) {
    const whole = wholeGrains(geometry, start, length);
    if (whole.length === 0) continue;
    first ??= whole.start;
    ranges++;
    bytes += whole.length;
  }
  if (first === null) return null;
  return { at: { file, offset: first, length: bytes, field: null }, data: { ranges, bytes } };
}

/** The part of a gap in which whole grains fit where grains may begin. */
function wholeGrains({ grainSize, overheadSectors }: HostedGeometry, start: number, length: number) {
  const origin = overheadSectors * SECTOR_SIZE;
  const from = origin + Math.ceil((start - origin) / grainSize) * grainSize;
  const to = origin + Math.floor((start + length - origin) / grainSize) * grainSize;
  return { start: from, length: Math.max(0, to - from) };
}

/**
 * Whether the file ends where a grain could end, so that what follows the last one is space of grains and
 * nothing that was appended.
 */
function endsWithGrain({ source }: HostedLayout, { grainSize, overheadSectors }: HostedGeometry): boolean {
  return (source.size - overheadSectors * SECTOR_SIZE) % grainSize === 0;
}

async function findTrailing(
  extent: HostedLayout,
  facts: Facts,
): Promise<Finding<{ bytes: number; end: number }> | null> {
  const { geometry, file, source, descriptorArea } = extent;
  const ownership = facts.ownership(file);
  if (ownership === undefined || geometry === null || extent.isOfDoubtfulSize) return null;
  const overhead = geometry.overheadSectors * SECTOR_SIZE;
  const end = Math.max(
    ownership.end,
    overhead,
    (descriptorArea?.offset ?? 0) + (descriptorArea?.length ?? 0),
  );
  const bytes = source.size - end;
  if (bytes <= 0) return null;
  // Whole grains after the last one are grains that lost their entry, and a leak.
  const isRounding = geometry.isCompressed
    ? await isStreamEnd(extent, geometry, end)
    : endsWithGrain(extent, geometry);
  if (isRounding) return null;
  return { at: { file, offset: end, length: bytes, field: null }, data: { bytes, end } };
}

/**
 * Whether a stream ends with what writers leave there: an end-of-stream marker, and zeros up to a whole grain
 * (QEMU).
 */
async function isStreamEnd(
  { source }: HostedLayout,
  { grainSize }: HostedGeometry,
  end: number,
): Promise<boolean> {
  const bytes = source.size - end;
  if (bytes > grainSize + SECTOR_SIZE) return false;
  const scratch = takeScratch(bytes);
  try {
    const tail = await source.read(fileOffset(end), bytes, scratch);
    return firstNonZeroByte(tail, 0) === bytes;
  } finally {
    giveScratchBack(scratch);
  }
}
