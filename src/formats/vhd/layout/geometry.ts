import { SECTOR_SIZE } from '../../../model/offsets.ts';

/** A geometry as a footer states it. */
export interface Geometry {
  readonly cylinders: number;
  readonly heads: number;
  readonly sectorsPerTrack: number;
}

/** The largest geometry there is; writers with exact sizes use it to say that the geometry does not matter. */
export const MAX_GEOMETRY: Geometry = { cylinders: 65535, heads: 16, sectorsPerTrack: 255 };

/** Sectors of the largest geometry. */
const MAX_SECTORS = 65535 * 16 * 255;
/** Where the specification goes over from 63 sectors a track to 255. */
const LARGE_SECTORS = 65535 * 16 * 63;

/**
 * The geometry that the specification's algorithm gives for a disk of `size` bytes (VHD 1.0, appendix "CHS
 * Calculation").
 */
export function computeGeometry(size: number): Geometry {
  const sectors = Math.min(Math.floor(size / SECTOR_SIZE), MAX_SECTORS);
  if (sectors >= LARGE_SECTORS) return withTracks(sectors, 255, 16);
  const tracks = Math.floor(sectors / 17);
  const heads = Math.max(4, Math.floor((tracks + 1023) / 1024));
  if (tracks < heads * 1024 && heads <= 16) return withTracks(sectors, 17, heads);
  const fits = Math.floor(sectors / 31) < 16 * 1024;
  return withTracks(sectors, fits ? 31 : 63, 16);
}

function withTracks(sectors: number, sectorsPerTrack: number, heads: number): Geometry {
  return { cylinders: Math.floor(Math.floor(sectors / sectorsPerTrack) / heads), heads, sectorsPerTrack };
}

/** Bytes of a disk of that geometry, which is the size that Virtual PC and, for most writers, QEMU give the guest. */
export function geometryBytes({ cylinders, heads, sectorsPerTrack }: Geometry): number {
  return cylinders * heads * sectorsPerTrack * SECTOR_SIZE;
}

/** As the format's documents write it: `1040/16/63`. */
export function formatGeometry({ cylinders, heads, sectorsPerTrack }: Geometry): string {
  return `${cylinders}/${heads}/${sectorsPerTrack}`;
}

/** Whether both are the same in all three numbers. */
export function isSameGeometry(a: Geometry, b: Geometry): boolean {
  return formatGeometry(a) === formatGeometry(b);
}
