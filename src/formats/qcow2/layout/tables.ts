import type { Header } from '../../../../generated/qcow2.ts';
import type { Source } from '../../../io/source.ts';
import { MAX_L1_ENTRIES, neededL1Entries, toPosition, type Geometry } from './geometry.ts';
import { readPointerTable } from './pointer-reader.ts';
import { PointerTable } from './pointer-table.ts';

/** Bytes of the largest refcount table that readers take. */
const MAX_REFCOUNT_TABLE = 0x80_0000;

/** Reads the active L1 table. Of one that is impossibly large, what the disk needs. */
export async function readL1(header: Header, source: Source, geometry: Geometry): Promise<PointerTable> {
  const offset = toPosition(header.l1TableOffset);
  if (offset % geometry.clusterSize !== 0) return emptyTable(offset, header.l1Size);
  const entries = header.l1Size > MAX_L1_ENTRIES ? neededL1Entries(geometry, geometry.size) : header.l1Size;
  return readPointerTable({ source, geometry }, offset, entries, 56);
}

/** Reads the refcount table. Of one that is impossibly large, what the file needs. */
export async function readRefcountTable(
  header: Header,
  source: Source,
  geometry: Geometry,
): Promise<PointerTable> {
  const { clusterSize } = geometry;
  const offset = toPosition(header.refcountTableOffset);
  const bytes = header.refcountTableClusters * clusterSize;
  const needed = Math.ceil(geometry.limit / clusterSize / geometry.blockEntries);
  const entries = bytes > MAX_REFCOUNT_TABLE ? Math.min(needed, MAX_REFCOUNT_TABLE / 8) : bytes / 8;
  if (offset % clusterSize !== 0) return emptyTable(offset, entries);
  return readPointerTable({ source, geometry }, offset, entries, 64);
}

function emptyTable(offset: number, declared: number): PointerTable {
  return new PointerTable(new Uint8Array(0), offset, declared, 64);
}
