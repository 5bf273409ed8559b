import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Finding, Place, Tell } from '../../../../../model/problem.ts';
import { firstNonZeroByte } from '../../../../shared/zeros.ts';
import type { AbsentTable } from '../findings.ts';
import type { HostedGeometry } from '../layout/geometry.ts';
import type { HostedLayout } from '../layout/hosted-layout.ts';
import { defineHostedRules } from './define.ts';

const DIRECTORY = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, grain directory';

export const directoryRules = defineHostedRules({
  'vmdk4/gde-zero': {
    severity: 'warning',
    depth: 'metadata',
    title: 'A grain table is missing',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['vmdk4/tables-overlap', 'vmdk4/gd-rgd-same'],
    message: ({ field }) =>
      field.startsWith('rgd')
        ? `${field} is 0: the grain table for this part of the disk has no copy`
        : `${field} is 0: there is no grain table for this part of the disk, though all tables exist from the start in such an extent`,
    async check({ extent }, tell) {
      await findAbsentTables(extent, tell);
    },
  },
  'vmdk4/gde-shared-with-rgd': {
    severity: 'error',
    depth: 'metadata',
    title: 'Both grain directories point to one table',
    spec: DIRECTORY,
    repair: 'lossy',
    derivedFrom: ['vmdk4/gd-rgd-same'],
    message: ({ index, entry }) =>
      `gd[${index}] and rgd[${index}] both point to the table at sector ${entry}, so it has no copy`,
    async check({ extent }, tell) {
      const { gd, rgd } = await extent.directories();
      for (let index = 0; index < rgd.length; index++) {
        const entry = rgd[index] ?? 0;
        if (entry !== 0 && entry === gd[index]) tell(sharedTable(extent, index, entry));
      }
    },
  },
  'vmdk4/gd-padding-nonzero': {
    severity: 'info',
    depth: 'metadata',
    title: 'The rest of the grain directory is not zero',
    spec: DIRECTORY,
    repair: 'lossy',
    message: ({ bytes }) => `${bytes} bytes after the last entry of the grain directory are not all zero`,
    async check({ extent }, tell) {
      const { file, source, geometry, isOfDoubtfulSize } = extent;

      if (geometry?.gd == null || isOfDoubtfulSize) return;
      const end = geometry.gd.offset + geometry.gd.length;
      const bytes = (SECTOR_SIZE - (end % SECTOR_SIZE)) % SECTOR_SIZE;
      if (end + bytes > source.size) return;
      const rest = await readAvailable(source, fileOffset(end), bytes);
      if (firstNonZeroByte(rest, 0) < bytes)
        tell({ at: { file, offset: end, length: bytes, field: 'gd' }, data: { bytes } });
    },
  },
});

async function findAbsentTables(extent: HostedLayout, tell: Tell<AbsentTable>): Promise<void> {
  const { geometry } = extent;
  if (geometry?.gd == null || extent.isOfDoubtfulSize) return;
  const { gd, rgd } = await extent.directories();
  for (let index = 0; index < rgd.length; index++)
    if (rgd[index] === 0 && (gd[index] ?? 0) !== 0) tell(absentCopy(extent, geometry, index));
  // Streams leave out the tables of empty parts of the disk.
  if (geometry.isCompressed || !extent.agrees(({ flags }) => flags.compressed)) return;
  for (let index = 0; index < gd.length; index++)
    if (gd[index] === 0) tell(directoryFault(extent, geometry, index));
}

/** A finding at an entry of the redundant directory that is 0 where the other one names a table. */
function absentCopy(
  { file, guestStart }: HostedLayout,
  { rgd, entriesPerTable, grainSize }: HostedGeometry,
  index: number,
): Finding<AbsentTable> {
  const field = `rgd[${index}]`;
  const at = { file, offset: (rgd?.offset ?? 0) + 4 * index, length: 4, field };
  const guestOffset = guestStart + index * entriesPerTable * grainSize;
  return { at, guestOffset, actual: '0', data: { field } };
}

function directoryFault(
  { file, guestStart }: HostedLayout,
  { gd, entriesPerTable, grainSize }: HostedGeometry,
  index: number,
): Finding<AbsentTable> {
  const field = `gd[${index}]`;
  const at: Place = { file, offset: (gd?.offset ?? 0) + 4 * index, length: 4, field };
  return { at, guestOffset: guestStart + index * entriesPerTable * grainSize, actual: '0', data: { field } };
}

function sharedTable({ file, geometry, guestStart }: HostedLayout, index: number, entry: number) {
  const span = (geometry?.entriesPerTable ?? 0) * (geometry?.grainSize ?? 0);
  const offset = (geometry?.rgd?.offset ?? 0) + 4 * index;
  const at = { file, offset, length: 4, field: `rgd[${index}]` };
  return { at, guestOffset: guestStart + index * span, actual: String(entry), data: { index, entry } };
}
