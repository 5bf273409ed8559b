import { MetadataMarker } from '../../../../../../generated/vmdk4.ts';
import { fileOffset, readAvailable } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { HostedLayout } from './hosted-layout.ts';

/** A grain directory or neighbouring grain tables after the grains of a stream. */
interface MetadataGroup {
  /** Byte position. */
  readonly offset: number;
  readonly covers: 'gd' | 'gt';
  /** Directory index of the first table; 0 for a directory. */
  readonly index: number;
  readonly sectors: number;
}

/** The same with the marker in the sector before it; `null` where none is there. */
export interface AnnouncedMetadata extends MetadataGroup {
  readonly marker: MetadataMarker | null;
}

/** What is before the directory and the tables of a stream; nothing where these are before the grains. */
export async function inspectStreamMarkers(extent: HostedLayout): Promise<readonly AnnouncedMetadata[]> {
  const found: AnnouncedMetadata[] = [];
  for (const group of await findMetadataBehindGrains(extent)) {
    const bytes = await readAvailable(extent.source, fileOffset(group.offset - SECTOR_SIZE), SECTOR_SIZE);
    const fields = MetadataMarker.decode(bytes, ignoreBreach);
    found.push({ ...group, marker: fields?.size === 0 ? fields : null });
  }
  return found;
}

/** The directory and every group of neighbouring tables, where the footer says where they are. */
async function findMetadataBehindGrains(extent: HostedLayout): Promise<readonly MetadataGroup[]> {
  const { geometry, headers } = extent;
  if (geometry?.gd == null || headers.current.name !== 'footer') return [];
  const { gd } = geometry;
  const tableSectors = Math.ceil(geometry.tableSize / SECTOR_SIZE);
  const groups: MetadataGroup[] = [];
  const firstGrain = geometry.overheadSectors * SECTOR_SIZE;
  if (gd.available === gd.length && gd.offset > firstGrain)
    groups.push({ offset: gd.offset, covers: 'gd', index: 0, sectors: Math.ceil(gd.length / SECTOR_SIZE) });
  const { tables } = await extent.directories();
  const placed: { offset: number; index: number }[] = [];
  tables.forEach((offset, index) => {
    if (offset > firstGrain) placed.push({ offset, index });
  });
  placed.sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { offset, index } of placed) {
    const last = groups.at(-1);
    // Entries that share a table are told as that.
    if (offset < end) continue;
    if (offset !== end || last === undefined)
      groups.push({ offset, covers: 'gt', index, sectors: tableSectors });
    else groups[groups.length - 1] = { ...last, sectors: last.sectors + tableSectors };
    end = offset + geometry.tableSize;
  }
  return groups;
}

function ignoreBreach(): void {
  // Whether it is a marker at all is found out here.
}
