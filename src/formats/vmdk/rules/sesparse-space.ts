import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Finding, Tell } from '../../../model/problem.ts';
import { contentId, findProperty, namesParent } from '../descriptor/descriptor.ts';
import type { SeSparseExtent } from '../extents/sesparse.ts';
import { asWords } from '../words.ts';
import { defineSentenceRule, seSparseExtents, type ExtentRule } from './sesparse-areas.ts';

const TABLES = 'QEMU 7.2, block/vmdk.c, seSparse grain directory and grain tables';
const GUESSED = 'QEMU 7.2, block/vmdk.c, seSparse volatile header; the meaning is inferred';
const BROKEN = [
  'sesparse/area-out-of-file',
  'sesparse/area-overlap',
  'sesparse/grain-tables-too-small',
  'sesparse/gde-type',
];

function volatileFinding(
  { file, headers }: SeSparseExtent,
  field: 'free_gt_number' | 'next_txn_seq_number',
  sentence: string,
  actual: bigint,
): Finding<{ sentence: string }> {
  const span = headers.volatile?.at(field);
  const at = {
    file,
    offset: headers.volatileOffset + (span?.offset ?? 0),
    length: span?.size ?? 8,
    field: `volatile_header.${field}`,
  };
  return { at, actual: String(actual), data: { sentence } };
}

/** Indices of the tables that the directory leads to. */
async function usedTables(extent: SeSparseExtent): Promise<{ count: number; highest: number }> {
  const directory = await extent.directory();
  let count = 0;
  let highest = -1;
  for (let index = 0; index < directory.length; index += 2) {
    if ((directory[index + 1] ?? 0) !== 1 << 28) continue;
    count++;
    highest = Math.max(highest, directory[index] ?? 0);
  }
  return { count, highest };
}

/** The number of the next table does not fit the directory. */
export const seFreeGtNumber: ExtentRule = defineSentenceRule({
  id: 'sesparse/free-gt-number',
  severity: 'warning',
  depth: 'metadata',
  title: 'The next free grain table is one in use',
  spec: GUESSED,
  repair: 'none',
  derivedFrom: [
    'sesparse/table-unreferenced-nonzero',
    'sesparse/grain-dir-too-small',
    ...BROKEN,
    'sesparse/gde-out-of-area',
    'sesparse/gde-duplicate',
  ],
  explanation: {
    what: 'free_gt_number is believed to be the number of the table that will be handed out next; tables of that number or above are in use, or there is no such table.',
    why: 'If that is what it means, the next table that is handed out overwrites one in use, and with it 16 MiB of the disk.',
    how: 'A crash whose journal was not replayed, or a damaged header.',
    readers: 'Readers ignore it.',
    repair: 'Open the disk on ESXi.',
  },
  async check(image, tell) {
    for (const extent of seSparseExtents(image)) {
      const { geometry, headers } = extent;
      if (geometry === null || headers.volatile === null) continue;
      const free = headers.volatile.freeGtNumber;
      const { count, highest } = await usedTables(extent);
      if (free > BigInt(geometry.tableSlots))
        tell(
          volatileFinding(
            extent,
            'free_gt_number',
            `free_gt_number is ${free}, but there is room for ${geometry.tableSlots} tables`,
            free,
          ),
        );
      else if (free <= BigInt(highest) || free !== BigInt(count))
        tell(
          volatileFinding(
            extent,
            'free_gt_number',
            `free_gt_number is ${free}, but ${count} tables are in use, up to number ${highest}`,
            free,
          ),
        );
    }
  },
});

/** No transaction, but tables. */
export const seTxnSeq: ExtentRule = defineSentenceRule({
  id: 'sesparse/txn-seq',
  severity: 'info',
  depth: 'metadata',
  title: 'No transaction was counted, but tables are in use',
  spec: GUESSED,
  repair: 'none',
  derivedFrom: BROKEN,
  explanation: {
    what: 'next_txn_seq_number is 0, as in a fresh snapshot, and grain tables are in use.',
    why: 'Nothing is wrong with the data by this alone; what the number means is inferred.',
    how: 'A header that was set back, or a file put together from two.',
    readers: 'Readers ignore it.',
    repair: 'Nothing needs to be done.',
  },
  async check(image, tell) {
    for (const extent of seSparseExtents(image)) {
      const number = extent.headers.volatile?.nextTxnSeqNumber;
      const { count } = await usedTables(extent);
      if (number === 0n && count > 0)
        tell(
          volatileFinding(
            extent,
            'next_txn_seq_number',
            `next_txn_seq_number is 0, but ${count} grain tables are in use`,
            number,
          ),
        );
    }
  },
});

/** Directory entries behind the last one. */
export const seGdeBeyondCapacity: ExtentRule = defineSentenceRule({
  id: 'sesparse/gde-beyond-capacity',
  severity: 'warning',
  depth: 'metadata',
  title: 'Directory entries behind the end of the disk',
  spec: TABLES,
  repair: 'none',
  derivedFrom: BROKEN,
  explanation: {
    what: 'Entries of the grain directory behind the last one that the disk needs are not 0.',
    why: 'The guest cannot reach them; their tables and grains only take space.',
    how: 'A capacity that was changed, or a damaged directory.',
    readers: 'Readers ignore them.',
    repair: "Nothing needs to be done for the guest's data.",
  },
  async check(image, tell) {
    for (const extent of seSparseExtents(image)) await findBeyond(extent, tell);
  },
});

const PIECE = 1024 * 1024;

async function findBeyond(
  { file, source, geometry, areas }: SeSparseExtent,
  tell: Tell<{ sentence: string }>,
): Promise<void> {
  const directory = areas.find(({ name }) => name === 'grain_dir');
  if (geometry === null || directory === undefined) return;
  const end = Math.min(directory.offset + directory.length, source.size);
  for (let start = directory.offset + geometry.tables * 8; start < end; start += PIECE) {
    const words = asWords(await readAvailable(source, fileOffset(start), Math.min(PIECE, end - start)));
    const position = words.findIndex((word) => word !== 0);
    if (position < 0) continue;
    const index = (start - directory.offset) / 8 + Math.floor(position / 2);
    const sentence = `grain_dir[${index}] is not 0, but the disk needs ${geometry.tables} entries only`;
    const at = { file, offset: directory.offset + index * 8, length: 8, field: `grain_dir[${index}]` };
    tell({ at, expected: '0', data: { sentence } });
    return;
  }
}

/** Grains that readers show differently. */
export const seGteUnmappedSemantics: ExtentRule = defineSentenceRule({
  id: 'sesparse/gte-unmapped-semantics',
  severity: 'info',
  depth: 'metadata',
  title: 'Grains that readers show differently',
  spec: TABLES,
  repair: 'none',
  explanation: {
    what: 'Some grains were given up by the guest (kind 1), and the disk has a parent.',
    why: 'Whether such a grain shows zeros or the parent is not documented. The guest does not rely on it, but converted disks may differ.',
    how: 'A guest that tells its disk what it no longer needs (TRIM, UNMAP).',
    readers: 'QEMU and Xen Orchestra show zeros, dissect the parent; vdcheck shows zeros.',
    repair: 'Nothing needs to be done.',
  },
  check(image, tell) {
    if (image.parent === null) return;
    for (const { file, unmappedGrains } of seSparseExtents(image))
      if (unmappedGrains > 0)
        tell({
          at: { file, offset: null, length: null, field: null },
          data: {
            sentence: `${unmappedGrains} grains were given up by the guest; readers disagree whether they show zeros or the parent`,
          },
        });
  },
});

/** Slots that nothing refers to. */
export const seSlotUnreferenced: ExtentRule = defineSentenceRule({
  id: 'sesparse/slot-unreferenced',
  severity: 'leak',
  depth: 'metadata',
  title: 'Slots that no entry refers to',
  spec: TABLES,
  repair: 'none',
  derivedFrom: [
    'sesparse/table-unreferenced-nonzero',
    ...BROKEN,
    'sesparse/gde-out-of-area',
    'sesparse/gde-duplicate',
    'sesparse/gte-type',
  ],
  explanation: {
    what: 'Between slots in use there are some that no table entry names, not even as given up. Slots behind the last one in use were never handed out and do not count.',
    why: 'The guest loses nothing by it now; the space is only reclaimed by ESXi.',
    how: 'A crash, or entries that were lost.',
    readers: 'Readers ignore them.',
    repair: 'ESXi reclaims them; merging the snapshot leaves them behind.',
  },
  check(image, tell, facts) {
    for (const { file, geometry } of seSparseExtents(image)) {
      const ownership = facts.ownership(file);
      if (ownership === undefined || geometry === null) continue;
      const gaps = [...ownership.gaps(geometry.grainsOffset, Math.max(geometry.grainsOffset, ownership.end))];
      const [first] = gaps;
      const bytes = gaps.reduce((sum, { length }) => sum + length, 0);
      if (first === undefined || bytes < SECTOR_SIZE) continue;
      const sentence = `${bytes / geometry.grainSize} slots before the last one in use belong to no entry`;
      tell({ at: { file, offset: first.start, length: bytes, field: null }, data: { sentence } });
    }
  },
});

/** A delta without a parent. */
export const seNoParent: ExtentRule = defineSentenceRule({
  id: 'sesparse/no-parent',
  severity: 'warning',
  depth: 'header',
  title: 'A snapshot that names no parent',
  spec: 'VMware Virtual Disk Format 5.0, The Descriptor File, parentCID',
  repair: 'decision',
  explanation: {
    what: 'ESXi uses seSparse extents for snapshots alone; the descriptor of this one says that there is no disk below it.',
    why: 'Everything that was not written since the snapshot reads as zeros.',
    how: 'A descriptor that was made anew after the old one was lost.',
    readers: 'All readers show zeros.',
    repair: 'Find the parent and write its content id and name into the descriptor.',
  },
  check(image, tell) {
    const { descriptor } = image;
    if (descriptor === null || contentId(descriptor, 'parentCID') === null || namesParent(descriptor)) return;
    const property = findProperty(descriptor, 'parentCID');
    if (seSparseExtents(image).length === 0 || property === undefined) return;
    const { offset, length } = property.value.span;
    const at = { file: descriptor.place.file, offset, length, field: 'descriptor.parentCID' };
    const sentence =
      'the disk consists of seSparse extents, which hold only differences, but its descriptor names no parent';
    tell({ at, actual: property.value.text, data: { sentence } });
  },
});
