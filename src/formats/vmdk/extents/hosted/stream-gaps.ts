import { GrainMarker, MetadataMarker } from '../../../../../generated/vmdk4.ts';
import { fileOffset } from '../../../../io/source.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { Facts } from '../../../../model/rule.ts';
import { readQuietly } from '../../../shared/nonzero-ranges.ts';
import { firstNonZeroByte } from '../../../shared/zeros.ts';
import type { HostedGeometry } from './layout/geometry.ts';
import type { HostedLayout } from './layout/hosted-layout.ts';
import { isExcessive } from './stream-walk.ts';
import type { HostedWalk } from './walk.ts';

/** A grain with a marker that no table points to. */
export interface LooseGrain {
  /** Sector of its marker in the file. */
  readonly sector: number;
  /** Guest sector by its marker. */
  readonly lba: number;
  /** Sector of the grain that the table has in its place; 0 where it has none. */
  readonly other: number;
}

/** What is between the structures and grains of a stream. */
export interface StreamGaps {
  /** Sectors that are not zero and say nothing. */
  readonly used: { readonly first: number; readonly sectors: number } | null;
  /** Sectors of zeros, which end a stream for those who read it forward, before a grain. */
  readonly ends: { readonly first: number; readonly sectors: number } | null;
  readonly grains: readonly LooseGrain[];
  /** Markers of unknown types. */
  readonly markers: readonly { readonly sector: number; readonly type: number; readonly sectors: number }[];
}

/** Grains and markers that are told of one by one. */
const MOST = 4096;

/**
 * Reads what nothing refers to in a stream, up to the end of what is referred to; `null` where it is no stream with
 * markers.
 */
export async function scanGaps(extent: HostedLayout, facts: Facts<HostedWalk>): Promise<StreamGaps | null> {
  const { geometry, file, source } = extent;
  const ownership = facts.ownership(file);
  const lastGrain = facts.walk(file)?.lastGrain ?? 0;
  if (ownership === undefined || geometry === null || (geometry.markerSize ?? 0) === 0) return null;
  const scan = new GapScan(geometry, lastGrain);
  const gaps = [...ownership.gaps(geometry.overheadSectors * SECTOR_SIZE, ownership.end)];
  for await (const { index, start, bytes } of readQuietly(source, gaps, facts)) {
    const { start: from = 0, length = 0 } = gaps[index] ?? {};
    scan.take(start, bytes, from + length);
  }
  return { ...scan.found(), grains: await findOthers(extent, geometry, scan.grains) };
}

/** Looks at the sectors of gaps one after another. */
class GapScan {
  readonly grains: LooseGrain[] = [];
  readonly #geometry: HostedGeometry;
  readonly #lastGrain: number;
  readonly #markers: { sector: number; type: number; sectors: number }[] = [];
  #used = { first: 0, sectors: 0 };
  #ends = { first: 0, sectors: 0 };
  /** What belongs to a grain or marker that was met ends before this byte. */
  #next = 0;

  constructor(geometry: HostedGeometry, lastGrain: number) {
    this.#geometry = geometry;
    this.#lastGrain = lastGrain;
  }

  found(): Omit<StreamGaps, 'grains'> {
    const orNull = <C extends { sectors: number }>(count: C): C | null => (count.sectors > 0 ? count : null);
    return { used: orNull(this.#used), ends: orNull(this.#ends), markers: this.#markers };
  }

  /** Takes bytes of a gap that ends before byte `end`; they begin where a sector does. */
  take(start: number, bytes: Uint8Array, end: number): void {
    for (
      let at = Math.max(0, this.#next - start);
      at < bytes.length;
      at = Math.max(at + SECTOR_SIZE, this.#next - start)
    )
      this.#sector(start + at, bytes.subarray(at, at + SECTOR_SIZE), end);
  }

  #sector(start: number, bytes: Uint8Array, end: number): void {
    const sector = start / SECTOR_SIZE;
    if (firstNonZeroByte(bytes, 0) === bytes.length) {
      if (sector < this.#lastGrain) count(this.#ends, sector);
      return;
    }
    const room = end - start;
    const grain = this.#grainAt(bytes, room);
    if (grain !== null && this.grains.length < MOST) {
      this.grains.push({ sector, lba: grain.lba, other: 0 });
      this.#next = start + grain.length;
      return;
    }
    const marker = markerAt(bytes);
    if (marker === null || marker.type < PROGRESS || this.#markers.length >= MOST) {
      count(this.#used, sector);
      return;
    }
    const sectors = Math.min(Number(marker.numSectors), room / SECTOR_SIZE - 1);
    this.#markers.push({ sector, type: marker.type, sectors });
    this.#next = start + (1 + sectors) * SECTOR_SIZE;
  }

  /** The grain that begins with these bytes, if they are a marker with a zlib stream of a possible length after it. */
  #grainAt(bytes: Uint8Array, room: number): { readonly lba: number; readonly length: number } | null {
    const { grainSectors, grainSize, capacitySectors, markerSize } = this.#geometry;
    const size = markerSize ?? 0;
    const { lba = 0n, cmpSize = 0 } = GrainMarker.decode(bytes.subarray(0, size), () => undefined) ?? {};
    const length = Math.ceil((size + cmpSize) / SECTOR_SIZE) * SECTOR_SIZE;
    if (cmpSize === 0 || isExcessive(cmpSize, grainSize) || length > room) return null;
    if (lba >= BigInt(capacitySectors) || Number(lba) % grainSectors !== 0) return null;
    const isZlib =
      ((bytes[size] ?? 0) & 0x0f) === 8 && ((bytes[size] ?? 0) * 256 + (bytes[size + 1] ?? 0)) % 31 === 0;
    return isZlib ? { lba: Number(lba), length } : null;
  }
}

/** The type that vSphere writes and VMware's document does not have. */
export const PROGRESS = 4;

/** The metadata marker that a sector is; `null` where it is none. */
function markerAt(bytes: Uint8Array): MetadataMarker | null {
  const marker = MetadataMarker.decode(bytes, () => undefined);
  return marker?.size === 0 && marker.pad.every((byte) => byte === 0) ? marker : null;
}

function count(into: { first: number; sectors: number }, sector: number): void {
  if (into.sectors === 0) into.first = sector;
  into.sectors++;
}

/** Adds to each grain where the table, or a grain before it, has its guest sector. */
async function findOthers(
  extent: HostedLayout,
  { grainSectors, entriesPerTable }: HostedGeometry,
  grains: readonly LooseGrain[],
): Promise<readonly LooseGrain[]> {
  if (grains.length === 0) return [];
  const { tables } = await extent.directories();
  const earlier = new Map<number, number>();
  const found: LooseGrain[] = [];
  for (const grain of grains) {
    const number = grain.lba / grainSectors;
    const table = tables[Math.floor(number / entriesPerTable)] ?? 0;
    const at = table + 4 * (number % entriesPerTable);
    let other = 0;
    if (table > 0 && at + 4 <= extent.source.size) {
      const bytes = await extent.source.read(fileOffset(at), 4);
      other = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
    }
    found.push({ ...grain, other: other > 1 ? other : (earlier.get(grain.lba) ?? 0) });
    earlier.set(grain.lba, grain.sector);
  }
  return found;
}
