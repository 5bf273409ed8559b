import { SECTOR_SIZE } from '../../../model/offsets.ts';

/** Sectors that contain so many bytes. */
export function sectorsOf(bytes: number): number {
  return Math.ceil(bytes / SECTOR_SIZE);
}
