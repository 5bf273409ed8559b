import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import type { Tell } from '../../../../../model/problem.ts';
import { firstNonZeroByte } from '../../../../shared/zeros.ts';
import type { Sentence } from '../findings.ts';
import { SLOT_TABLE_SIZE } from '../layout/geometry.ts';
import type { SeSparseLayout } from '../layout/sesparse-layout.ts';
import { areaOf, placeIn } from './area-faults.ts';
import { judgeBackmap } from './backmap.ts';
import { judgeBitmap } from './bitmap.ts';
import { defineSeSparseRules } from './define.ts';

const CONSTANT = 'QEMU 7.2, block/vmdk.c, seSparse constant header';
const INFERRED = `${CONSTANT}; the layout of the area is inferred`;

/** What is known of slots is worth nothing where their tables are damaged. */
const DAMAGED_TABLES = [
  'sesparse/area-out-of-file',
  'sesparse/area-overlap',
  'sesparse/grain-dir-too-small',
  'sesparse/grain-tables-too-small',
  'sesparse/gde-type',
  'sesparse/gde-out-of-area',
  'sesparse/gde-duplicate',
  'sesparse/gte-type',
  'sesparse/gte-out-of-area',
  'sesparse/gte-out-of-file',
  'sesparse/gte-duplicate',
  'sesparse/gte-unmapped-reuse',
];
const LOST_SLOTS = [...DAMAGED_TABLES, 'sesparse/table-unreferenced-nonzero', 'sesparse/slot-unreferenced'];

/** The journal of all known files has 1 MiB. */
const MAX_JOURNAL_BYTES = 16 * 1024 * 1024;

/**
 * Tables without an entry that are read; 128 MiB of them, so that a number in a header cannot make a check
 * endless.
 */
const MAX_STALE_TABLES = 4096;

export const redundancyRules = defineSeSparseRules({
  'sesparse/journal-nonzero-clean': {
    severity: 'info',
    depth: 'metadata',
    title: 'The journal of a closed disk is not empty',
    spec: 'QEMU 7.2, block/vmdk.c, seSparse volatile header; the layout of the journal is not published',
    repair: 'none',
    derivedFrom: ['sesparse/area-out-of-file', 'sesparse/area-overlap'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      if (extent.headers.volatile?.fields.replayJournal !== 0n) return;
      const { offset, length } = areaOf(extent, 'journal');
      const bytes = await readAvailable(
        extent.source,
        fileOffset(offset),
        Math.min(length, MAX_JOURNAL_BYTES),
      );
      const first = firstNonZeroByte(bytes, 0);
      if (first === bytes.length) return;
      const sentence = `the journal is not empty (its first byte that is not 0 is number ${first}), and nothing waits to be replayed`;
      tell({ at: placeIn(extent, offset, length, 'journal'), data: { sentence } });
    },
  },
  'sesparse/table-unreferenced-nonzero': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A grain table with entries that no directory entry points to',
    spec: 'QEMU 7.2, block/vmdk.c, seSparse grain directory; the meaning of free_gt_number is inferred',
    repair: 'none',
    derivedFrom: [...DAMAGED_TABLES, 'sesparse/gde-beyond-capacity'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      await findStaleTables(extent, tell);
    },
  },
  'sesparse/bitmap-mismatch': {
    severity: 'info',
    depth: 'metadata',
    title: 'The bitmap of slots does not fit the tables',
    spec: INFERRED,
    repair: 'none',
    derivedFrom: [...LOST_SLOTS, 'sesparse/bitmap-too-small'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      await judgeBitmap(extent, tell);
    },
  },
  'sesparse/backmap-mismatch': {
    severity: 'info',
    depth: 'metadata',
    title: 'The backmap does not fit the tables',
    spec: INFERRED,
    repair: 'none',
    derivedFrom: [...LOST_SLOTS, 'sesparse/backmap-too-small'],
    message: ({ sentence }) => sentence,
    async check({ extent }, tell) {
      await judgeBackmap(extent, tell);
    },
  },
});

async function findStaleTables(extent: SeSparseLayout, tell: Tell<Sentence>): Promise<void> {
  const { geometry, source, headers } = extent;
  if (geometry === null || headers.volatile === null) return;
  const directory = await extent.directory();
  const used = new Set<number>();
  for (let index = 0; index < directory.length; index += 2)
    if (directory[index + 1] !== 0) used.add(directory[index] ?? 0);
  const handedOut = Number(headers.volatile.fields.freeGtNumber);
  const end = Math.min(handedOut, geometry.tableSlots);
  let looked = 0;
  for (let table = 0; table < end && looked < MAX_STALE_TABLES; table++) {
    if (used.has(table)) continue;
    looked++;
    const start = geometry.tablesOffset + table * SLOT_TABLE_SIZE;
    const bytes = await readAvailable(source, fileOffset(start), SLOT_TABLE_SIZE);
    const first = firstNonZeroByte(bytes, 0);
    if (first === bytes.length) continue;
    const entry = Math.floor(first / 8);
    const sentence = `grain table ${table} is not empty (its first entry in use is number ${entry}), but no entry of the grain directory points to it`;
    tell({ at: placeIn(extent, start, SLOT_TABLE_SIZE, `grain_tables[${table}]`), data: { sentence } });
  }
}
