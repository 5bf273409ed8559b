import { fileOffset } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Finding } from '../../../model/problem.ts';
import { defineRule, type Facts, type RaisableRule } from '../../../model/rule.ts';
import type { HostedGeometry } from '../extents/hosted-geometry.ts';
import type { HostedSparseExtent } from '../extents/hosted-sparse.ts';
import type { VmdkImage } from '../image.ts';
import { giveScratchBack, takeScratch } from '../../shared/scratch.ts';
import { firstNonZeroByte } from '../../shared/zeros.ts';
import { hostedExtents } from './field-rule.ts';

const LAYOUT = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, layout of the file';
/** With tables out of reach everything looks unreferenced. */
const BROKEN_TABLES = [
  'vmdk4/gd-out-of-file',
  'vmdk4/gd-offset-missing',
  'vmdk4/gde-out-of-file',
  'vmdk4/gde-in-metadata',
  'vmdk4/gde-duplicate',
  'vmdk4/footer-missing',
  'vmdk4/tables-overlap',
  'vmdk4/compression-flag-mismatch',
];
/** An entry that is damaged, or that its copy contradicts, leaves a grain behind. */
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

/** Grains that no table leads to. */
export const grainUnreferenced: RaisableRule<VmdkImage, Unused> = defineRule<VmdkImage, Unused>({
  id: 'vmdk4/grain-unreferenced',
  severity: 'leak',
  depth: 'metadata',
  title: 'Space for grains that no table leads to',
  spec: LAYOUT,
  repair: 'lossy',
  derivedFrom: [...BROKEN_TABLES, ...LOST_ENTRIES],
  message: ({ ranges, bytes }) =>
    `${bytes} bytes in ${ranges} ${ranges === 1 ? 'place' : 'places'} have room for whole grains, and no table leads to them`,
  explanation: {
    what: 'Between the metadata and the end of the file there is room for whole grains that no table entry names.',
    why: 'The guest loses nothing by it now; the file is larger than it needs to be. If entries were lost, this is where their data is.',
    how: 'A crash after a grain was written and before the table was, or an entry that was damaged or cleared.',
    readers: 'Readers ignore such space; VMware gives it back when the disk is shrunk.',
    repair:
      'Look at what is there if something is missing; else convert the image, which leaves the space behind.',
  },
  check(image, tell, facts) {
    for (const extent of hostedExtents(image)) {
      const finding = findUnreferenced(extent, facts);
      if (finding !== null) tell(finding);
    }
  },
});

function findUnreferenced(extent: HostedSparseExtent, facts: Facts): Finding<Unused> | null {
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

/** Whether the file ends where a grain could end, so that what follows the last one is space of grains and nothing that was appended. */
function endsWithGrain(
  { source }: HostedSparseExtent,
  { grainSize, overheadSectors }: HostedGeometry,
): boolean {
  return (source.size - overheadSectors * SECTOR_SIZE) % grainSize === 0;
}

/** Bytes behind everything. */
export const hostedTrailingData: RaisableRule<VmdkImage, { readonly bytes: number; readonly end: number }> =
  defineRule<VmdkImage, { readonly bytes: number; readonly end: number }>({
    id: 'vmdk4/trailing-data',
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
    explanation: {
      what: 'The file goes on behind its last grain, by something that is not a whole grain.',
      why: 'The guest never sees these bytes. They may be hidden there, and a writer that appends grains will not expect them.',
      how: 'Two files that were joined, a transfer that added something, or a signature appended by a tool.',
      readers: 'QEMU reads the disk; in a streamOptimized file it then misses the footer and refuses.',
      repair: 'Look at what the bytes are and cut the file off behind its last grain.',
    },
    async check(image, tell, facts) {
      for (const extent of hostedExtents(image)) {
        const finding = await findTrailing(extent, facts);
        if (finding !== null) tell(finding);
      }
    },
  });

async function findTrailing(
  extent: HostedSparseExtent,
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
  // Whole grains behind the last one are grains that lost their entry, and a leak.
  const isRounding = geometry.isCompressed
    ? await isStreamEnd(extent, geometry, end)
    : endsWithGrain(extent, geometry);
  if (isRounding) return null;
  return { at: { file, offset: end, length: bytes, field: null }, data: { bytes, end } };
}

/** Whether a stream ends with what writers leave there: an end-of-stream marker, and zeros up to a whole grain (QEMU). */
async function isStreamEnd(
  { source }: HostedSparseExtent,
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

/** A disk without any data in a file that has some. */
export const tableEmptyImage: RaisableRule<VmdkImage, { readonly bytes: number }> = defineRule<
  VmdkImage,
  { readonly bytes: number }
>({
  id: 'vmdk4/table-empty-image',
  severity: 'info',
  depth: 'metadata',
  title: 'All tables are empty, but the file is large',
  spec: LAYOUT,
  repair: 'none',
  derivedFrom: BROKEN_TABLES,
  message: ({ bytes }) => `no grain is allocated, yet ${bytes} bytes follow the metadata`,
  explanation: {
    what: 'Every entry of every grain table is 0, and the file is much larger than its metadata.',
    why: 'To the guest the disk is empty. The data may be in the file, without anything that leads to it.',
    how: 'A copy that lost the tables, a writer that died before it wrote them, or a disk that was wiped.',
    readers: "All readers show zeros, or the parent's data.",
    repair:
      'If the disk should not be empty, try the redundant tables, and restore the file from its source.',
  },
  check(image, tell, facts) {
    for (const { geometry, file, source } of hostedExtents(image)) {
      const ownership = facts.ownership(file);
      if (ownership === undefined || geometry === null) continue;
      const overhead = geometry.overheadSectors * SECTOR_SIZE;
      const bytes = source.size - Math.max(overhead, 1);
      if (ownership.end <= overhead && bytes >= 2 * geometry.grainSize)
        tell({ at: { file, offset: overhead, length: bytes, field: null }, data: { bytes } });
    }
  },
});
