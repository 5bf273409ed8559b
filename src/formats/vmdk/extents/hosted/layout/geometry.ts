import { CompressAlgorithm, type SparseExtentHeader } from '../../../../../../generated/vmdk4.ts';
import type { Source } from '../../../../../io/source.ts';
import { SECTOR_SIZE, toSafeNumber } from '../../../../../model/offsets.ts';
import { MAX_TABLES } from '../../grain-tables.ts';
import { GD_AT_END, type HostedHeaders } from './hosted-headers.ts';

/** Where a grain directory is. Positions and lengths in bytes. */
export interface DirectoryPlace {
  readonly name: 'gd' | 'rgd';
  readonly offset: number;
  /** Of the entries that the disk needs. */
  readonly length: number;
  /** How much of it is inside the file. */
  readonly available: number;
}

/** The figures that a hosted sparse extent is read by, all of them usable. */
export interface HostedGeometry {
  readonly capacitySectors: number;
  readonly grainSectors: number;
  /** Bytes. */
  readonly grainSize: number;
  readonly entriesPerTable: number;
  /** Bytes. */
  readonly tableSize: number;
  readonly grains: number;
  readonly tables: number;
  /** `null` where the header names none. */
  readonly gd: DirectoryPlace | null;
  readonly rgd: DirectoryPlace | null;
  /** Sectors before the first grain, as header and footer agree on at most; 0 where they say nothing usable. */
  readonly overheadSectors: number;
  readonly isCompressed: boolean;
  /** Bytes before each zlib stream; `null` where grains are stored as they are. */
  readonly markerSize: number | null;
  readonly hasZeroedGrains: boolean;
}

/** Bytes of a grain marker before its stream (VDF5, "Grain Marker"). */
const GRAIN_MARKER_SIZE = 12;

const MIN_GRAIN_SECTORS = 8;
const MAX_GRAIN_SECTORS = 0x20_0000;
/** What 32-bit sector numbers reach, where grains take as much of the file as of the disk. */
const MAX_PLAIN_SECTORS = 2 ** 32;
const MAX_ENTRIES_PER_TABLE = 512;
/** What all known writers use. */
const USUAL_GRAIN_SECTORS = 128;
const USUAL_ENTRIES_PER_TABLE = 512;

/**
 * Works out the figures of an extent; `null` where the header is too damaged to read tables by (its breaches
 * are told).
 *
 * @param declared sectors by the extent's line; `null` where it has none
 */
export function readGeometry(
  headers: HostedHeaders,
  source: Source,
  declared: number | null,
): HostedGeometry | null {
  const { fields } = headers.current;
  const written = capacityOf(headers);
  const grainSectors = chooseFigure(
    headers,
    USUAL_GRAIN_SECTORS,
    ({ grainSize }) => toSafeNumber(grainSize) ?? 0,
  );
  const entriesPerTable = chooseFigure(headers, USUAL_ENTRIES_PER_TABLE, ({ numGtesPerGt }) => numGtesPerGt);
  if (written === null || written === 0) return null;
  if (!fields.flags.compressed && written > MAX_PLAIN_SECTORS) return null;
  if (!isPowerOfTwo(grainSectors) || grainSectors < MIN_GRAIN_SECTORS || grainSectors > MAX_GRAIN_SECTORS)
    return null;
  if (!isPowerOfTwo(entriesPerTable) || entriesPerTable > MAX_ENTRIES_PER_TABLE) return null;
  const place = (capacity: number) =>
    placeDirectories(headers, capacity / grainSectors / entriesPerTable, source);
  // A capacity whose directories run into one another or out of the file is not believed where the line gives a
  // smaller one that fits.
  const isDeclaredBetter =
    declared !== null &&
    declared > 0 &&
    declared < written &&
    !isRoomy(place(written), headers, source) &&
    isRoomy(place(declared), headers, source);
  const capacitySectors = isDeclaredBetter ? declared : written;
  const grains = Math.ceil(capacitySectors / grainSectors);
  const { tables, gd, rgd } = place(capacitySectors);
  const { compressed: isCompressed, markers, zeroedGrain: hasZeroedGrains } = fields.flags;
  return {
    capacitySectors,
    grainSectors,
    grainSize: grainSectors * SECTOR_SIZE,
    entriesPerTable,
    tableSize: entriesPerTable * 4,
    grains,
    tables,
    gd,
    rgd,
    overheadSectors: overheadOf(headers, source),
    isCompressed,
    markerSize: isCompressed ? (markers ? GRAIN_MARKER_SIZE : 0) : null,
    hasZeroedGrains,
  };
}

/**
 * Sectors of the guest's disk, by the header in force or, where its figure is too large to be right, by the other one;
 * `null` where both say more than can be addressed exactly, in bytes.
 */
export function capacityOf({ current, header }: HostedHeaders): number | null {
  return exactSectors(current.fields.capacity) ?? exactSectors(header.fields.capacity);
}

/**
 * A figure of the header in force; where the other header differs and has the usual one, that is more likely
 * than damage to the usual one.
 */
function chooseFigure(
  { current, header, footer }: HostedHeaders,
  usual: number,
  read: (fields: SparseExtentHeader) => number,
): number {
  const isUsual = [header, footer].some((each) => each !== null && read(each.fields) === usual);
  return isUsual ? usual : read(current.fields);
}

function exactSectors(capacity: bigint): number | null {
  const sectors = toSafeNumber(capacity);
  return sectors !== null && sectors * SECTOR_SIZE <= Number.MAX_SAFE_INTEGER ? sectors : null;
}

/** Both directories, with as many entries as the disk needs tables. */
type Directories = Pick<HostedGeometry, 'tables' | 'gd' | 'rgd'>;

function placeDirectories({ current }: HostedHeaders, tableCount: number, source: Source): Directories {
  const { flags, gdOffset, rgdOffset } = current.fields;
  const tables = Math.ceil(tableCount);
  return {
    tables,
    gd: placeDirectory('gd', gdOffset, tables, source),
    rgd: flags.useRedundant ? placeDirectory('rgd', rgdOffset, tables, source) : null,
  };
}

/**
 * Whether the directories are inside the file and apart, and where grains are not compressed, before them
 * and with room for tables.
 */
function isRoomy({ tables, gd, rgd }: Directories, { current }: HostedHeaders, source: Source): boolean {
  const { flags, compressAlgorithm, overhead, numGtesPerGt } = current.fields;
  const isStream = flags.compressed && compressAlgorithm === CompressAlgorithm.deflate;
  const end = isStream ? source.size : Math.min(source.size, Number(overhead) * SECTOR_SIZE);
  const isInside = [gd, rgd].every((place) => place === null || place.offset + place.length <= end);
  const tableBytes = isStream ? 0 : tables * numGtesPerGt * 4;
  const isApart = gd === null || rgd === null || Math.abs(gd.offset - rgd.offset) >= gd.length + tableBytes;
  return isInside && isApart;
}

function placeDirectory(
  name: 'gd' | 'rgd',
  sector: bigint,
  tables: number,
  source: Source,
): DirectoryPlace | null {
  if (sector === 0n || sector === GD_AT_END) return null;
  const length = tables * 4;
  const offset = Math.min((toSafeNumber(sector) ?? Infinity) * SECTOR_SIZE, Number.MAX_SAFE_INTEGER - length);
  const readable = Math.min(length, MAX_TABLES * 4);
  return { name, offset, length, available: Math.max(0, Math.min(readable, source.size - offset)) };
}

function overheadOf({ header, current }: HostedHeaders, source: Source): number {
  const smaller = header.fields.overhead < current.fields.overhead ? header : current;
  const sectors = toSafeNumber(smaller.fields.overhead) ?? 0;
  return sectors * SECTOR_SIZE <= source.size ? sectors : 0;
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && Number.isInteger(Math.log2(value));
}
