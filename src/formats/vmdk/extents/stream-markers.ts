import { MetadataMarker } from '../../../../generated/vmdk4.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { HostedSparseExtent } from './hosted-sparse.ts';

/** A marker in front of a grain directory or of grain tables. */
export interface StreamMarker {
  /** Byte position of its sector. */
  readonly offset: number;
  readonly fields: MetadataMarker;
  readonly covers: 'gd' | 'gt';
  /** Directory index of the first table behind it; 0 for a directory. */
  readonly index: number;
  /** Sectors of the metadata behind it. */
  readonly sectors: number;
}

/** Metadata that stands behind grains and that no marker announces. */
export interface UnmarkedMetadata extends Pick<StreamMarker, 'covers' | 'index' | 'sectors'> {
  /** Byte position of the metadata. */
  readonly offset: number;
}

/** What stands in front of the directory and the tables of a stream. */
export async function inspectStreamMarkers(
  extent: HostedSparseExtent,
): Promise<readonly (StreamMarker | UnmarkedMetadata)[]> {
  const found: (StreamMarker | UnmarkedMetadata)[] = [];
  for (const metadata of await findMetadataBehindGrains(extent)) {
    const offset = metadata.offset - SECTOR_SIZE;
    const bytes = await readAvailable(extent.source, fileOffset(offset), SECTOR_SIZE);
    const fields = MetadataMarker.decode(bytes, ignoreBreach);
    found.push(fields?.size === 0 ? { ...metadata, offset, fields } : metadata);
  }
  return found;
}

/** The markers of a stream's directory and tables; none where these stand in front of the grains. */
export async function findStreamMarkers(extent: HostedSparseExtent): Promise<readonly StreamMarker[]> {
  const found = await inspectStreamMarkers(extent);
  return found.filter((entry): entry is StreamMarker => 'fields' in entry);
}

/** The directory and every group of neighbouring tables, where a footer tells where they are. */
async function findMetadataBehindGrains(extent: HostedSparseExtent): Promise<readonly UnmarkedMetadata[]> {
  const { geometry, headers } = extent;
  if (geometry?.gd == null || headers.current.name !== 'footer') return [];
  const { gd } = geometry;
  const tableSectors = Math.ceil(geometry.tableSize / SECTOR_SIZE);
  const groups: UnmarkedMetadata[] = [];
  if (gd.available === gd.length)
    groups.push({ offset: gd.offset, covers: 'gd', index: 0, sectors: Math.ceil(gd.length / SECTOR_SIZE) });
  const { tables } = await extent.directories();
  const placed: { offset: number; index: number }[] = [];
  tables.forEach((offset, index) => {
    if (offset > geometry.overheadSectors * SECTOR_SIZE) placed.push({ offset, index });
  });
  placed.sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { offset, index } of placed) {
    const last = groups.at(-1);
    // Entries that share a table are reported as that.
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
