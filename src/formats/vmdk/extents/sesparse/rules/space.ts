import type { VolatileHeader } from '../../../../../../generated/sesparse.ts';
import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import type { Finding, Tell } from '../../../../../model/problem.ts';
import type { Placed } from '../../../../shared/placed.ts';
import { contentId, findProperty, namesParent } from '../../../descriptor/descriptor.ts';
import { asWords } from '../../../../shared/words.ts';
import type { Sentence } from '../findings.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';
import { allocatedSlots } from './bitmap.ts';
import { defineSeSparseRules } from './define.ts';

const TABLES = 'QEMU 7.2, block/vmdk.c, seSparse grain directory and grain tables';
const GUESSED = 'QEMU 7.2, block/vmdk.c, seSparse volatile header; the meaning is inferred';
const BROKEN = [
  'sesparse/area-out-of-file',
  'sesparse/area-overlap',
  'sesparse/grain-tables-too-small',
  'sesparse/gde-type',
];
const PIECE = 1024 * 1024;

export const spaceRules = defineSeSparseRules({
  'sesparse/free-gt-number': {
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
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      const {
        geometry,
        headers: { volatile },
      } = extent;
      if (geometry === null || volatile === null) return;
      const free = volatile.fields.freeGtNumber;
      const { count, highest } = await usedTables(extent);
      const isRoomy = free <= BigInt(geometry.tableSlots);
      if (isRoomy && free > BigInt(highest) && free === BigInt(count)) return;
      const sentence = isRoomy
        ? `free_gt_number is ${free}, but ${count} tables are in use, up to number ${highest}`
        : `free_gt_number is ${free}, but there is room for ${geometry.tableSlots} tables`;
      tell(volatileFinding(volatile, 'free_gt_number', sentence, free));
    },
  },
  'sesparse/txn-seq': {
    severity: 'info',
    depth: 'metadata',
    title: 'No transaction was counted, but tables are in use',
    spec: GUESSED,
    repair: 'none',
    derivedFrom: BROKEN,
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      const { volatile } = extent.headers;
      if (volatile?.fields.nextTxnSeqNumber !== 0n) return;
      const { count } = await usedTables(extent);
      const sentence = `next_txn_seq_number is 0, but ${count} grain tables are in use`;
      if (count > 0) tell(volatileFinding(volatile, 'next_txn_seq_number', sentence, 0n));
    },
  },
  'sesparse/gde-beyond-capacity': {
    severity: 'warning',
    depth: 'metadata',
    title: 'Directory entries past the end of the disk',
    spec: TABLES,
    repair: 'none',
    derivedFrom: BROKEN,
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      await findBeyond(extent, tell);
    },
  },
  'sesparse/gte-unmapped-semantics': {
    severity: 'info',
    depth: 'metadata',
    title: 'Grains that readers show differently',
    spec: TABLES,
    repair: 'none',
    message: ({ sentence }) => sentence,
    check({ extent: { file }, image }, tell, facts) {
      const unmapped = facts.walk(file)?.unmapped ?? 0;
      if (image.parent === null || unmapped === 0) return;
      const sentence = `${unmapped} grains were given up by the guest; readers disagree whether they show zeros or the parent`;
      tell({ at: { file, offset: null, length: null, field: null }, data: { sentence } });
    },
  },
  'sesparse/slot-unreferenced': {
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
    message: ({ sentence }) => sentence,
    async check({ extent }, tell, facts) {
      const { file, geometry } = extent;

      const ownership = facts.ownership(file);
      if (ownership === undefined || geometry === null) return;
      const { grainsOffset, grainSize } = geometry;
      // An entry that was given up and names no slot may be one that had slot 0.
      const start = grainsOffset + (facts.walk(file)?.isSlotZeroNamed === true ? grainSize : 0);
      const spare = { first: -1, count: 0 };
      const leaked = { first: -1, count: 0 };
      const isAllocated = await allocatedSlots(extent);
      for (const gap of ownership.gaps(start, Math.max(start, ownership.end))) {
        const end = (gap.start + gap.length - grainsOffset) / grainSize;
        for (let slot = Math.ceil((gap.start - grainsOffset) / grainSize); slot < end; slot++) {
          const found = isAllocated?.(slot) === true ? leaked : spare;
          if (found.first < 0) found.first = slot;
          found.count++;
        }
      }
      const isLeak = leaked.count > 0;
      const { first, count } = isLeak ? leaked : spare;
      if (count === 0) return;
      const sentence = isLeak
        ? `${count} slots belong to no entry, and the bitmap of free slots has them as in use`
        : isAllocated === null
          ? `${count} slots before the last one in use belong to no entry`
          : `${count} slots before the last one in use are free`;
      const at = { file, offset: grainsOffset + first * grainSize, length: count * grainSize, field: null };
      tell({ at, severity: isLeak ? 'leak' : 'info', data: { sentence } });
    },
  },
  'sesparse/no-parent': {
    severity: 'warning',
    depth: 'header',
    title: 'A snapshot that names no parent',
    spec: 'VMware Virtual Disk Format 5.0, The Descriptor File, parentCID',
    repair: 'decision',
    message: ({ sentence }) => sentence,
    check({ extent, image: { descriptor, seSparseExtents } }, tell) {
      // Once for all extents.
      if (seSparseExtents[0] !== extent) return;
      if (descriptor === null || contentId(descriptor, 'parentCID') === null || namesParent(descriptor))
        return;
      const value = findProperty(descriptor, 'parentCID')?.value;
      if (value === undefined) return;
      const at = { file: descriptor.place.file, ...value.span, field: 'descriptor.parentCID' };
      const sentence =
        'the disk consists of seSparse extents, which contain only differences, but its descriptor names no parent';
      tell({ at, actual: value.text, data: { sentence } });
    },
  },
});

function volatileFinding(
  header: Placed<VolatileHeader>,
  field: 'free_gt_number' | 'next_txn_seq_number',
  sentence: string,
  actual: bigint,
): Finding<Sentence> {
  return { at: header.at(field), actual: String(actual), data: { sentence } };
}

/** How many tables the directory names, and the highest of their numbers. */
async function usedTables(extent: SeSparseLayout): Promise<{ count: number; highest: number }> {
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

async function findBeyond(
  { file, source, geometry, areas }: SeSparseLayout,
  tell: Tell<Sentence>,
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
