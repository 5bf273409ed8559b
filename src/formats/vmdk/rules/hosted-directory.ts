import type { Finding, Place, Tell } from '../../../model/problem.ts';
import { defineRule, type RaisableRule } from '../../../model/rule.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { firstNonZeroByte } from '../../shared/zeros.ts';
import type { HostedGeometry } from '../extents/hosted-geometry.ts';
import type { HostedSparseExtent } from '../extents/hosted-sparse.ts';
import type { VmdkImage } from '../image.ts';
import { agrees, hostedExtents } from './field-rule.ts';

const DIRECTORY = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, grain directory';

/** An entry of a grain directory. */
interface DirectoryFault {
  readonly field: string;
  /** Entries of the whole directory that are like this; `null` where the finding is about one. */
  readonly absent: number | null;
  readonly tables: number;
}

/** A table that is missing where all should be there. */
export const gdeZero: RaisableRule<VmdkImage, DirectoryFault> = defineRule<VmdkImage, DirectoryFault>({
  id: 'vmdk4/gde-zero',
  severity: 'warning',
  depth: 'metadata',
  title: 'A grain table is missing',
  spec: DIRECTORY,
  repair: 'lossy',
  derivedFrom: ['vmdk4/tables-overlap', 'vmdk4/gd-rgd-same'],
  message: ({ field, absent, tables }) =>
    absent === null
      ? field.startsWith('rgd')
        ? `${field} is 0: the grain table for this part of the disk has no copy`
        : `${field} is 0: there is no grain table for this part of the disk, though all tables exist from the start in such an extent`
      : `${absent} of ${tables} grain tables do not exist, since nothing is stored in their parts of the disk`,
  explanation: {
    what: 'An entry of the grain directory is 0. In streams that is how empty tables are saved; other extents have all their tables from the start.',
    why: "The part of the disk reads as the parent's or as zeros. If the entry was lost, so is what it led to.",
    how: 'A damaged directory, or a writer that creates tables only when it needs them.',
    readers: 'All readers take it for a hole; VMware refuses to write to it.',
    repair: 'Take the entry of the redundant directory, if that one is not 0.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image)) await findAbsentTables(extent, tell);
  },
});

async function findAbsentTables(extent: HostedSparseExtent, tell: Tell<DirectoryFault>): Promise<void> {
  const { geometry } = extent;
  if (geometry?.gd == null || extent.isOfDoubtfulSize) return;
  const { gd, rgd } = await extent.directories();
  for (let index = 0; index < rgd.length; index++)
    if (rgd[index] === 0 && (gd[index] ?? 0) !== 0) tell(absentCopy(extent, geometry, index));
  if (!agrees(extent, ({ flags }) => flags.compressed)) return;
  let absent = 0;
  for (let index = 0; index < gd.length; index++) {
    if (gd[index] !== 0) continue;
    absent++;
    if (!geometry.isCompressed) tell(directoryFault(extent, geometry, index, null));
  }
  if (geometry.isCompressed && absent > 0)
    tell({ ...directoryFault(extent, geometry, null, absent), severity: 'info' });
}

/** A finding at an entry of the redundant directory that is 0 where the other one leads to a table. */
function absentCopy(
  { file, guestStart }: HostedSparseExtent,
  { rgd, tables, entriesPerTable, grainSize }: HostedGeometry,
  index: number,
): Finding<DirectoryFault> {
  const field = `rgd[${index}]`;
  const at = { file, offset: (rgd?.offset ?? 0) + 4 * index, length: 4, field };
  const guestOffset = guestStart + index * entriesPerTable * grainSize;
  return { at, guestOffset, actual: '0', data: { field, absent: null, tables } };
}

function directoryFault(
  { file, guestStart }: HostedSparseExtent,
  { gd, tables, entriesPerTable, grainSize }: HostedGeometry,
  index: number | null,
  absent: number | null,
): Finding<DirectoryFault> {
  const field = index === null ? 'gd' : `gd[${index}]`;
  const start = gd?.offset ?? 0;
  const at: Place =
    index === null
      ? { file, offset: start, length: tables * 4, field }
      : { file, offset: start + 4 * index, length: 4, field };
  const guestOffset = index === null ? null : guestStart + index * entriesPerTable * grainSize;
  return { at, guestOffset, actual: '0', data: { field, absent, tables } };
}

/** A mirror that shares a table with what it mirrors. */
export const gdeSharedWithRgd: RaisableRule<VmdkImage, { readonly index: number; readonly entry: number }> =
  defineRule<VmdkImage, { readonly index: number; readonly entry: number }>({
    id: 'vmdk4/gde-shared-with-rgd',
    severity: 'error',
    depth: 'metadata',
    title: 'Both grain directories lead to one table',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gd-rgd-same'],
    message: ({ index, entry }) =>
      `gd[${index}] and rgd[${index}] both lead to the table at sector ${entry}, so it has no copy`,
    explanation: {
      what: 'The entries of both directories for one part of the disk lead to the same table.',
      why: 'There is no second copy of this table: if it is damaged, 32 MiB of the disk are lost.',
      how: 'A writer that misunderstood the redundancy, or a repair that copied the directory but not the tables.',
      readers: 'QEMU does not notice; VirtualBox refuses the disk.',
      repair: 'Write a second table from the first, and let the redundant directory lead there.',
    },
    async check(image, tell) {
      for (const extent of hostedExtents(image)) {
        const { gd, rgd } = await extent.directories();
        for (let index = 0; index < rgd.length; index++) {
          const entry = rgd[index] ?? 0;
          if (entry !== 0 && entry === gd[index]) tell(sharedTable(extent, index, entry));
        }
      }
    },
  });

function sharedTable({ file, geometry, guestStart }: HostedSparseExtent, index: number, entry: number) {
  const span = (geometry?.entriesPerTable ?? 0) * (geometry?.grainSize ?? 0);
  const offset = (geometry?.rgd?.offset ?? 0) + 4 * index;
  const at = { file, offset, length: 4, field: `rgd[${index}]` };
  return { at, guestOffset: guestStart + index * span, actual: String(entry), data: { index, entry } };
}

/** The rest of a directory's last sector holds something. */
export const gdPaddingNonzero: RaisableRule<VmdkImage, { readonly bytes: number }> = defineRule<
  VmdkImage,
  { readonly bytes: number }
>({
  id: 'vmdk4/gd-padding-nonzero',
  severity: 'info',
  depth: 'metadata',
  title: 'The rest of the grain directory is not zero',
  spec: DIRECTORY,
  repair: 'lossy',
  message: ({ bytes }) => `${bytes} bytes behind the last entry of the grain directory are not all zero`,
  explanation: {
    what: 'The directory takes whole sectors; what is left of the last one behind its last entry should be zeros.',
    why: 'The guest never sees it. The bytes may be old entries of a disk that was larger, or left-over memory.',
    how: 'A disk that was made smaller, or a writer that did not clear its buffer.',
    readers: 'All readers ignore it.',
    repair: 'Write zeros.',
  },
  async check(image, tell) {
    for (const { file, source, geometry, isOfDoubtfulSize } of hostedExtents(image)) {
      if (geometry?.gd == null || isOfDoubtfulSize) continue;
      const end = geometry.gd.offset + geometry.gd.length;
      const bytes = (SECTOR_SIZE - (end % SECTOR_SIZE)) % SECTOR_SIZE;
      if (end + bytes > source.size) continue;
      const rest = await readAvailable(source, fileOffset(end), bytes);
      if (firstNonZeroByte(rest, 0) < bytes)
        tell({ at: { file, offset: end, length: bytes, field: 'gd' }, data: { bytes } });
    }
  },
});
