import type { Source } from '../../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { HostedGeometry } from './geometry.ts';

/** What takes room in an extent's file before its tables. */
interface Room {
  readonly source: Source;
  readonly geometry: HostedGeometry | null;
  readonly descriptorArea: { readonly offset: number; readonly length: number } | null;
}

/**
 * Whether a table reaches into the grains of an extent that is not compressed, while the other copy of it does
 * not.
 */
export function isAmongGrains(geometry: HostedGeometry | null, entry: number, other: number): boolean {
  if (geometry === null || geometry.isCompressed || entry === 0 || other === 0) return false;
  const { overheadSectors, tableSize } = geometry;
  const last = overheadSectors - tableSize / SECTOR_SIZE;
  return overheadSectors > 0 && entry > last && other <= last;
}

/**
 * Tells whether a table that begins at some byte is inside the file and clear of header, descriptor and
 * directories.
 */
export function createTableTest({ geometry, source, descriptorArea }: Room): (start: number) => boolean {
  if (geometry === null) return () => false;
  const { gd, rgd, tableSize } = geometry;
  const taken = [descriptorArea, gd, rgd].filter((place) => place !== null);
  const lastStart = source.size - tableSize;
  return (start) =>
    start >= SECTOR_SIZE &&
    start <= lastStart &&
    !taken.some(({ offset, length }) => start < offset + length && offset < start + tableSize);
}
