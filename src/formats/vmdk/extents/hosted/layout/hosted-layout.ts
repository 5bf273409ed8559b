import type { SparseExtentHeader } from '../../../../../../generated/vmdk4.ts';
import { fileOffset, type Source } from '../../../../../io/source.ts';
import type { ImageFile } from '../../../../../model/image.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import { parseSectors } from '../../../descriptor/descriptor.ts';
import type { ExtentLine } from '../../../descriptor/statements.ts';
import { asWords } from '../../../../shared/words.ts';
import type { ExtentPlace, TableCopy } from '../../extent.ts';
import { LatestRead } from '../../latest-read.ts';
import type { GrainTables } from '../../grain-tables.ts';
import { UNREADABLE_TABLE } from '../../table-mappings.ts';
import { capacityOf, readGeometry, type DirectoryPlace, type HostedGeometry } from './geometry.ts';
import type { HostedHeaders } from './hosted-headers.ts';
import { createTableTest, isAmongGrains } from './table-places.ts';

/** Bytes of a file that an embedded descriptor has for itself. */
export interface DescriptorArea {
  readonly offset: number;
  readonly length: number;
}

/** The grain directories of an extent as they are in the file, and the tables that they name. */
export interface HostedDirectories {
  /** As far as they are inside the file; empty where there is none. Entries are sectors. */
  readonly gd: Uint32Array;
  readonly rgd: Uint32Array;
  /**
   * Byte position of each grain table: the directory's, or the redundant directory's where the first points out
   * of the file. 0 where there is no table, `UNREADABLE_TABLE` where there should be one.
   */
  readonly tables: Float64Array;
}

/** What opening reads of a hosted sparse extent, and its directories. */
export class HostedLayout implements ExtentPlace {
  readonly guestStart: number;
  readonly size: number;
  readonly line: ExtentLine | null;
  /** Sectors by the line; `null` where there is none, or it does not say. */
  readonly declaredSectors: number | null;
  readonly file: ImageFile;
  readonly source: Source;
  readonly headers: HostedHeaders;
  /** The embedded descriptor's area inside the file; `null` where there is none. */
  readonly descriptorArea: DescriptorArea | null;
  /** `null` where the header is too damaged to read tables by. */
  readonly geometry: HostedGeometry | null;
  readonly #directories: LatestRead;

  constructor(
    place: ExtentPlace,
    source: Source,
    headers: HostedHeaders,
    descriptorArea: DescriptorArea | null,
  ) {
    this.guestStart = place.guestStart;
    this.size = place.size;
    this.line = place.line;
    this.#directories = place.latest ?? new LatestRead();
    this.file = headers.header.file;
    this.source = source;
    this.headers = headers;
    this.descriptorArea = descriptorArea;
    this.declaredSectors = place.line === null ? null : parseSectors(place.line.sectors.text);
    this.geometry = readGeometry(headers, source, this.declaredSectors);
  }

  /**
   * Whether header and line give different sizes, by more than the rounding to whole grains. That is told; what
   * follows from it is not.
   */
  get isOfDoubtfulSize(): boolean {
    const { declaredSectors, geometry, headers } = this;
    const difference = (capacityOf(headers) ?? 0) - (declaredSectors ?? 0);
    return declaredSectors !== null && geometry !== null && Math.abs(difference) >= geometry.grainSectors;
  }

  /** Whether header and footer say the same; where they do not that is told, and what follows from it is not. */
  agrees(read: (fields: SparseExtentHeader) => unknown): boolean {
    const { header, footer } = this.headers;
    return footer === null || read(footer.fields) === read(header.fields);
  }

  /**
   * The grain tables; `null` where the header is too damaged or names no directory.
   *
   * @param copy `second`: those of the other directory than `HostedDirectories.tables` prefers
   */
  async grainTables(copy: TableCopy = 'first'): Promise<GrainTables | null> {
    const { geometry, file, source, guestStart } = this;
    const directory = geometry?.gd ?? geometry?.rgd ?? null;
    if (geometry === null || directory === null) return null;
    const { name, offset } = directory;
    return {
      file,
      source,
      guestStart,
      size: geometry.capacitySectors * SECTOR_SIZE,
      grainSize: geometry.grainSize,
      entriesPerTable: geometry.entriesPerTable,
      entrySize: 4,
      offsets: await this.#tablesOf(copy),
      placeOf: (table) => ({ file, offset: offset + 4 * table, length: 4, field: `${name}[${table}]` }),
      hasZeroedGrains: geometry.hasZeroedGrains,
      markerSize: geometry.markerSize,
    };
  }

  async #tablesOf(copy: TableCopy): Promise<Float64Array> {
    const { gd, rgd, tables } = await this.directories();
    if (copy === 'first') return tables;
    const canBeTable = createTableTest(this);
    return tables.map((first, index) => {
      if (first === 0) return 0;
      const others = [gd[index] ?? 0, rgd[index] ?? 0].map((entry) => entry * SECTOR_SIZE);
      return others.find((start) => start !== first && canBeTable(start)) ?? UNREADABLE_TABLE;
    });
  }

  /** Reads the directories, once. */
  directories(): Promise<HostedDirectories> {
    return this.#directories.get(this.declaredSectors, () => readDirectories(this));
  }
}

async function readDirectories(extent: HostedLayout): Promise<HostedDirectories> {
  const { geometry, source } = extent;
  const gd = await readDirectory(geometry?.gd ?? null, source);
  const rgd = await readDirectory(geometry?.rgd ?? null, source);
  const tables = new Float64Array(
    geometry === null ? 0 : Math.min(geometry.tables, Math.max(gd.length, rgd.length)),
  );
  const canBeTable = createTableTest(extent);
  for (let index = 0; index < tables.length; index++)
    tables[index] = isAmongGrains(geometry, gd[index] ?? 0, rgd[index] ?? 0)
      ? (rgd[index] ?? 0) * SECTOR_SIZE
      : chooseTable(gd[index] ?? 0, rgd[index] ?? 0, index >= gd.length, canBeTable);
  return { gd, rgd, tables };
}

/** What is not inside the file is left out: a directory is as long as a hostile capacity says. */
async function readDirectory(place: DirectoryPlace | null, source: Source): Promise<Uint32Array> {
  if (place === null || place.available < 4) return new Uint32Array(0);
  return asWords(await source.read(fileOffset(place.offset), place.available - (place.available % 4)));
}

/** `isMissing`: the directory was cut off before this entry. */
function chooseTable(
  gde: number,
  rgde: number,
  isMissing: boolean,
  canBeTable: (start: number) => boolean,
): number {
  if (gde === 0 && !isMissing) return 0;
  if (canBeTable(gde * SECTOR_SIZE)) return gde * SECTOR_SIZE;
  return canBeTable(rgde * SECTOR_SIZE) ? rgde * SECTOR_SIZE : UNREADABLE_TABLE;
}
