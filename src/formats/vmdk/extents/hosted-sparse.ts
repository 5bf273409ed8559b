import { fileOffset, type Source } from '../../../io/source.ts';
import type { DumpedStructure, ImageFile } from '../../../model/image.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { FileLayout, Owners } from '../../../model/owners.ts';
import { parseSectors } from '../descriptor/descriptor.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import { asWords } from '../words.ts';
import type { ExtentBase, ExtentPlace } from './extent.ts';
import { resolveGrains, type GrainTables } from './grain-tables.ts';
import { createTableTest, isAmongGrains } from './table-places.ts';
import { addWithoutTables, UNREADABLE_TABLE } from './table-shape.ts';
import { claimHosted, NO_WALK, type TableWalk } from './hosted-claim.ts';
import { capacityOf, readGeometry, type DirectoryPlace, type HostedGeometry } from './hosted-geometry.ts';
import type { HostedHeaders, PlacedHeader } from './placed-header.ts';

/** The grain directories of an extent as they stand in the file, and the tables they lead to. */
export interface HostedDirectories {
  /** As far as they lie inside the file; empty where there is none. Entries are sectors. */
  readonly gd: Uint32Array;
  readonly rgd: Uint32Array;
  /**
   * Byte position of each grain table: the directory's, or the redundant directory's where the first leads out of the file. 0 where
   * there is no table, `UNREADABLE_TABLE` where there should be one.
   */
  readonly tables: Float64Array;
}

/** A VMDK4 extent: hosted sparse or streamOptimized. */
export class HostedSparseExtent implements ExtentBase {
  readonly kind = 'hosted-sparse';
  readonly guestStart: number;
  readonly size: number;
  readonly line: ExtentLine | null;
  /** Sectors by the line; `null` where there is none, or it does not say. */
  readonly declaredSectors: number | null;
  readonly file: ImageFile;
  readonly source: Source;
  readonly headers: HostedHeaders;
  /** Bytes of the embedded descriptor's area inside the file; `null` where there is none. */
  readonly descriptorArea: { readonly offset: number; readonly length: number } | null;
  /** `null` where the header is too damaged to read tables by. */
  readonly geometry: HostedGeometry | null;
  /** What the last walk over the tables found out. */
  walk: TableWalk = NO_WALK;
  #directories: Promise<HostedDirectories> | null = null;

  constructor(
    place: ExtentPlace,
    file: ImageFile,
    source: Source,
    headers: HostedHeaders,
    descriptorArea: HostedSparseExtent['descriptorArea'],
  ) {
    this.guestStart = place.guestStart;
    this.size = place.size;
    this.line = place.line;
    this.file = file;
    this.source = source;
    this.headers = headers;
    this.descriptorArea = descriptorArea;
    this.declaredSectors = place.line === null ? null : parseSectors(place.line.sectors.text);
    this.geometry = readGeometry(headers, source, this.declaredSectors);
  }

  /** Whether header and line give different sizes, by more than the rounding to whole grains. That is reported; what follows from it is not. */
  get isOfDoubtfulSize(): boolean {
    const { declaredSectors, geometry, headers } = this;
    const difference = (capacityOf(headers) ?? 0) - (declaredSectors ?? 0);
    return declaredSectors !== null && geometry !== null && Math.abs(difference) >= geometry.grainSectors;
  }

  get grainSize(): number | null {
    return this.geometry?.grainSize ?? null;
  }

  get layout(): FileLayout | null {
    const { geometry } = this;
    if (geometry === null) return null;
    const limit = this.source.size;
    if (geometry.isCompressed) return { placement: 'aligned', unit: SECTOR_SIZE, origin: 0, limit };
    const { grainSize: unit, overheadSectors } = geometry;
    // Where the first grain begins is not known for certain in a damaged header; then grains may begin anywhere.
    if (overheadSectors === 0) return { placement: 'uniform', unit, origin: 0, limit };
    return { placement: 'aligned', unit, origin: overheadSectors * SECTOR_SIZE, limit };
  }

  structures(): readonly DumpedStructure[] {
    const { header, footer } = this.headers;
    return footer === null ? [this.#dump(header)] : [this.#dump(header), this.#dump(footer)];
  }

  async claim(owners: Owners): Promise<void> {
    this.walk = await claimHosted(this, owners);
  }

  async *resolve(runs: MappingRuns, from: number, to: number): AsyncGenerator<void, void, undefined> {
    const tables = await this.grainTables();
    if (tables === null) {
      addWithoutTables(this.file, runs, from, to);
      return;
    }
    // A descriptor may give the extent more sectors than its header does.
    const end = Math.max(from, Math.min(to, this.guestStart + tables.size));
    if (end > from) yield* resolveGrains(tables, runs, from, end);
    if (end < to) runs.hole('unallocated', end, to - end);
  }

  /** The grain tables; `null` where the header is too damaged or names no directory. */
  async grainTables(): Promise<GrainTables | null> {
    const { geometry, file, source, guestStart } = this;
    if (geometry === null || (geometry.gd === null && geometry.rgd === null)) return null;
    return {
      file,
      source,
      guestStart,
      size: geometry.capacitySectors * SECTOR_SIZE,
      grainSize: geometry.grainSize,
      entriesPerTable: geometry.entriesPerTable,
      entrySize: 4,
      offsets: (await this.directories()).tables,
      hasZeroedGrains: geometry.hasZeroedGrains,
      markerSize: geometry.markerSize,
    };
  }

  /** Reads the directories, once. */
  directories(): Promise<HostedDirectories> {
    this.#directories ??= readDirectories(this);
    return this.#directories;
  }

  #dump({ name, offset, fields }: PlacedHeader): DumpedStructure {
    return { name, file: this.file, offset, size: SECTOR_SIZE, fields: fields.fields() };
  }
}

async function readDirectories(extent: HostedSparseExtent): Promise<HostedDirectories> {
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
