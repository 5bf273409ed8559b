import type { Source } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Finding } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { tableBatches } from '../../shared/table-walk.ts';
import { withoutRepeats } from '../extents/grain-tables.ts';
import type { HostedGeometry } from '../extents/hosted-geometry.ts';
import type { HostedDirectories, HostedSparseExtent } from '../extents/hosted-sparse.ts';
import { areEqualTables, CopyReader } from '../extents/mirror.ts';
import type { VmdkImage } from '../image.ts';
import { asWords } from '../words.ts';
import { hostedExtents } from './field-rule.ts';

/** An entry that differs from its copy; both are sectors. */
interface MirrorFault {
  readonly field: string;
  readonly primary: number;
  readonly copy: number;
  /** Byte position of the copy in the file. */
  readonly copyOffset: number;
}

/** A grain table and its redundant copy differ. */
export const rgtMismatch: RaisableRule<VmdkImage, MirrorFault> = defineRule<VmdkImage, MirrorFault>({
  id: 'vmdk4/rgt-mismatch',
  severity: 'warning',
  depth: 'metadata',
  title: 'A grain table differs from its redundant copy',
  spec: 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, redundant grain tables',
  repair: 'decision',
  derivedFrom: ['vmdk4/gd-rgd-same'],
  message: ({ field, primary, copy, copyOffset }) =>
    `${field} is ${primary}, but its copy at byte ${copyOffset} is ${copy}`,
  explanation: {
    what: 'Every grain table exists twice, and both copies should have equal entries; this entry differs from its copy.',
    why: 'One of the two is stale or damaged. If it is the one that a reader uses, the guest sees old data, other data or none.',
    how: 'A crash between the two writes, a bad sector, or a tool that keeps only one copy up to date.',
    readers:
      'QEMU reads the first copy and does not compare. VirtualBox compares all tables and refuses the disk.',
    repair:
      'The copy whose grain lies inside the file, is aligned and belongs to nobody else is probably the right one; one of 0 is mostly the stale one.',
  },
  async *check(image) {
    // The walk that counts owners has read the tables and compared them on the way.
    for (const extent of hostedExtents(image)) if (!extent.hasEqualMirror) yield* compareTables(extent);
  },
});

async function* compareTables(extent: HostedSparseExtent): AsyncIterable<Finding<MirrorFault>> {
  const { geometry, source } = extent;
  if (geometry === null) return;
  const directories = await extent.directories();
  if (directories.gd.length === 0 || directories.rgd.length === 0) return;
  const copies = new CopyReader(source, geometry.tableSize);
  const set = { offsets: pairedTables(directories, geometry, source), tableBytes: geometry.tableSize };
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
      if (!areEqualTables(mine, theirs))
        yield* explainDifference(extent, geometry, directories, table, mine, theirs);
      table += neighbours;
    }
  }
}

/** Positions of tables that exist in both copies, apart from one another and inside the file; 0 for all others. */
function pairedTables(
  { gd, rgd }: HostedDirectories,
  { tableSize }: HostedGeometry,
  source: Source,
): ArrayLike<number> {
  const last = (source.size - tableSize) / SECTOR_SIZE;
  const offsets = new Float64Array(Math.min(gd.length, rgd.length));
  for (let index = 0; index < offsets.length; index++) {
    const mine = gd[index] ?? 0;
    const copy = rgd[index] ?? 0;
    if (mine !== 0 && copy !== 0 && mine !== copy && mine <= last && copy <= last)
      offsets[index] = mine * SECTOR_SIZE;
  }
  return withoutRepeats(offsets);
}

function countNeighbours(entries: Uint32Array, from: number, to: number, step: number): number {
  let count = 1;
  while (from + count < to && entries[from + count] === (entries[from] ?? 0) + count * step) count++;
  return count;
}

function* explainDifference(
  { file, guestStart }: HostedSparseExtent,
  { entriesPerTable, grainSize }: HostedGeometry,
  { gd, rgd }: HostedDirectories,
  firstTable: number,
  mine: Uint8Array,
  theirs: Uint8Array,
): Iterable<Finding<MirrorFault>> {
  const entries = asWords(mine);
  const copies = asWords(theirs);
  for (let position = 0; position < entries.length; position++) {
    const primary = entries[position] ?? 0;
    const copy = copies[position] ?? 0;
    if (primary === copy) continue;
    const table = firstTable + Math.floor(position / entriesPerTable);
    const index = position % entriesPerTable;
    const grain = table * entriesPerTable + index;
    const field = `gt[${table}][${index}]`;
    yield {
      at: { file, offset: (gd[table] ?? 0) * SECTOR_SIZE + 4 * index, length: 4, field },
      guestOffset: guestStart + grain * grainSize,
      expected: String(copy),
      actual: String(primary),
      severity: primary !== 0 && copy !== 0 ? 'error' : 'warning',
      data: { field, primary, copy, copyOffset: (rgd[table] ?? 0) * SECTOR_SIZE + 4 * index },
    };
  }
}
