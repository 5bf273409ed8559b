import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Tell } from '../../../../../model/problem.ts';
import { areEqualBytes } from '../../../../shared/equal-bytes.ts';
import { tableBatches } from '../../../../shared/table-walk.ts';
import { asWords } from '../../../../shared/words.ts';
import type { MirrorFault } from '../findings.ts';
import type { HostedGeometry } from '../layout/geometry.ts';
import type { HostedDirectories, HostedLayout } from '../layout/hosted-layout.ts';
import { createTableTest, isAmongGrains } from '../layout/table-places.ts';
import { CopyReader } from '../mirror.ts';
import { defineHostedRules } from './define.ts';

export const mirrorRules = defineHostedRules({
  'vmdk4/rgt-mismatch': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A grain table differs from its redundant copy',
    spec: 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, redundant grain tables',
    repair: 'decision',
    derivedFrom: ['vmdk4/gd-rgd-same'],
    message: ({ entry, entryOffset, primary, copy, copyOffset }) =>
      `${entry} at byte ${entryOffset} is ${primary}, but its copy at byte ${copyOffset} is ${copy}`,
    async check({ extent }, tell, facts) {
      // The walk has read the tables and compared them on its way.
      if (facts.walk(extent.file)?.hasEqualMirror !== true) await compareTables(extent, tell);
    },
  },
});

async function compareTables(extent: HostedLayout, tell: Tell<MirrorFault>): Promise<void> {
  const { geometry, source } = extent;
  if (geometry === null) return;
  const directories = await extent.directories();
  if (directories.gd.length === 0 || directories.rgd.length === 0) return;
  const copies = new CopyReader(source, geometry.tableSize);
  const set = { offsets: pairedTables(extent, directories, geometry), tableBytes: geometry.tableSize };
  for await (const { first, count, bytes } of tableBatches(source, set)) {
    for (let table = first; table < first + count;) {
      const neighbours = countNeighbours(
        directories.rgd,
        table,
        first + count,
        geometry.tableSize / SECTOR_SIZE,
      );
      const start = (table - first) * geometry.tableSize;
      const mine = bytes.subarray(start, start + neighbours * geometry.tableSize);
      const copy = copies.read(directories.rgd[table] ?? 0, neighbours);
      const theirs = copy instanceof Promise ? await copy : copy;
      if (!areEqualBytes(mine, theirs))
        explainDifference(extent, geometry, directories, table, mine, theirs, tell);
      table += neighbours;
    }
  }
}

/**
 * Positions of tables that exist in both copies, each in a place of its own; 0 for all others, which have a
 * finding already.
 */
function pairedTables(
  extent: HostedLayout,
  { gd, rgd }: HostedDirectories,
  geometry: HostedGeometry,
): ArrayLike<number> {
  const { tableSize } = geometry;
  const canBeTable = createTableTest(extent);
  const contested = findContested(gd, rgd, tableSize / SECTOR_SIZE);
  const isSound = (entry: number): boolean => canBeTable(entry * SECTOR_SIZE) && !contested.has(entry);
  const offsets = new Float64Array(Math.min(gd.length, rgd.length));
  for (let index = 0; index < offsets.length; index++) {
    const mine = gd[index] ?? 0;
    const copy = rgd[index] ?? 0;
    const isStrayTable = isAmongGrains(geometry, mine, copy) || isAmongGrains(geometry, copy, mine);
    if (!isStrayTable && isSound(mine) && isSound(copy)) offsets[index] = mine * SECTOR_SIZE;
  }
  return offsets;
}

/** Entries of both directories whose tables share sectors with the table of another entry. */
function findContested(gd: Uint32Array, rgd: Uint32Array, tableSectors: number): ReadonlySet<number> {
  const sorted = new Uint32Array(gd.length + rgd.length);
  sorted.set(gd);
  sorted.set(rgd, gd.length);
  sorted.sort();
  const contested = new Set<number>();
  for (let position = 1; position < sorted.length; position++) {
    const before = sorted[position - 1] ?? 0;
    const entry = sorted[position] ?? 0;
    if (before > 0 && entry < before + tableSectors) contested.add(before).add(entry);
  }
  return contested;
}

function countNeighbours(entries: Uint32Array, from: number, to: number, step: number): number {
  let count = 1;
  while (from + count < to && entries[from + count] === (entries[from] ?? 0) + count * step) count++;
  return count;
}

function explainDifference(
  { file, guestStart, source }: HostedLayout,
  geometry: HostedGeometry,
  { gd, rgd }: HostedDirectories,
  firstTable: number,
  mine: Uint8Array,
  theirs: Uint8Array,
  tell: Tell<MirrorFault>,
): void {
  const { entriesPerTable, grainSize } = geometry;
  const entries = asWords(mine);
  const copies = asWords(theirs);
  for (let position = 0; position < entries.length; position++) {
    const primary = entries[position] ?? 0;
    const copy = copies[position] ?? 0;
    if (primary === copy || isStray(primary, geometry, source.size)) continue;
    const table = firstTable + Math.floor(position / entriesPerTable);
    const index = position % entriesPerTable;
    const grain = table * entriesPerTable + index;
    const mineAt = (gd[table] ?? 0) * SECTOR_SIZE + 4 * index;
    const copyAt = (rgd[table] ?? 0) * SECTOR_SIZE + 4 * index;
    // The finding is at the one that is more likely to be wrong.
    const isCopyWorse = primary !== 0 && (copy === 0 || isStray(copy, geometry, source.size));
    const [offset, field] = isCopyWorse
      ? [copyAt, `rgt[${table}][${index}]`]
      : [mineAt, `gt[${table}][${index}]`];
    tell({
      at: { file, offset, length: 4, field },
      guestOffset: guestStart + grain * grainSize,
      expected: String(isCopyWorse ? primary : copy),
      actual: String(isCopyWorse ? copy : primary),
      severity: primary !== 0 && copy !== 0 ? 'error' : 'warning',
      data: { entry: `gt[${table}][${index}]`, entryOffset: mineAt, primary, copy, copyOffset: copyAt },
    });
  }
}

/** Whether an entry cannot point to a grain, so that it has a finding of its own. */
function isStray(
  entry: number,
  { hasZeroedGrains, overheadSectors }: HostedGeometry,
  fileSize: number,
): boolean {
  if (entry <= 1) return entry === 1 && !hasZeroedGrains;
  return entry < overheadSectors || entry * SECTOR_SIZE >= fileSize;
}
