import { CowdHeader } from '../../../../generated/cowd.ts';
import { fileOffset, readAvailable, type Source } from '../../../io/source.ts';
import type { DumpedStructure, ImageFile } from '../../../model/image.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { FileLayout, Owners } from '../../../model/owners.ts';
import type { ProblemSink } from '../../../model/problem.ts';
import { breachSink } from '../../shared/spec-rules.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import { cowdSpecRules } from '../rules/cowd-header.ts';
import { asWords } from '../words.ts';
import {
  COWD_ENTRIES_PER_TABLE,
  COWD_HEADER_SIZE,
  COWD_TABLE_SIZE,
  readCowdGeometry,
  type CowdGeometry,
} from './cowd-geometry.ts';
import { createCowdKinds } from './cowd-kinds.ts';
import type { ExtentBase, ExtentPlace } from './extent.ts';
import { claimGrains, claimTables, resolveGrains, type GrainTables } from './grain-tables.ts';
import { addWithoutTables, UNREADABLE_TABLE } from './table-shape.ts';

/** A VMDK3 extent (COWD, `vmfsSparse`), as ESX wrote it for snapshots. */
export class CowdExtent implements ExtentBase {
  readonly kind = 'cowd';
  readonly guestStart: number;
  readonly size: number;
  readonly line: ExtentLine | null;
  readonly file: ImageFile;
  readonly source: Source;
  readonly header: CowdHeader;
  /** `null` where the header is too damaged to read tables by. */
  readonly geometry: CowdGeometry | null;
  #directory: Promise<Uint32Array> | null = null;

  constructor(place: ExtentPlace, file: ImageFile, source: Source, header: CowdHeader) {
    this.guestStart = place.guestStart;
    this.size = place.size;
    this.line = place.line;
    this.file = file;
    this.source = source;
    this.header = header;
    this.geometry = readCowdGeometry(header, source);
  }

  get grainSize(): number | null {
    return this.geometry?.grainSize ?? null;
  }

  get layout(): FileLayout | null {
    if (this.geometry === null) return null;
    return { placement: 'aligned', unit: SECTOR_SIZE, origin: 0, limit: this.source.size };
  }

  structures(): readonly DumpedStructure[] {
    const { file, header } = this;
    return [{ name: 'header', file, offset: 0, size: COWD_HEADER_SIZE, fields: header.fields() }];
  }

  async claim(owners: Owners): Promise<void> {
    const { geometry } = this;
    const tables = await this.grainTables();
    if (geometry === null || tables === null) return;
    const kinds = createCowdKinds(this, geometry, await this.directory());
    owners.range(kinds.header, fileOffset(0), COWD_HEADER_SIZE, 0);
    const directoryBytes = Math.ceil((geometry.readableTables * 4) / SECTOR_SIZE) * SECTOR_SIZE;
    owners.range(kinds.gd, fileOffset(geometry.gdOffset), directoryBytes, 0);
    const offsets = Float64Array.from(await this.directory(), (entry) => entry * SECTOR_SIZE);
    claimTables(offsets, COWD_TABLE_SIZE, kinds.gt, owners);
    await claimGrains(tables, { lowest: COWD_HEADER_SIZE / SECTOR_SIZE, alignment: 1 }, kinds, owners);
  }

  async *resolve(runs: MappingRuns, from: number, to: number): AsyncGenerator<void, void, undefined> {
    const tables = await this.grainTables();
    if (tables === null) {
      addWithoutTables(this.file, runs, from, to);
      return;
    }
    const end = Math.max(from, Math.min(to, this.guestStart + tables.size));
    if (end > from) yield* resolveGrains(tables, runs, from, end);
    if (end < to) runs.hole('unallocated', end, to - end);
  }

  /** The entries of the grain directory that are inside the file, read once. */
  directory(): Promise<Uint32Array> {
    this.#directory ??= this.#readDirectory();
    return this.#directory;
  }

  /** The grain tables; `null` where the header is too damaged. */
  async grainTables(): Promise<GrainTables | null> {
    const { file, source, guestStart, geometry, header } = this;
    if (geometry === null) return null;
    const first = Math.ceil((geometry.gdOffset + geometry.readableTables * 4) / SECTOR_SIZE);
    const last = (source.size - COWD_TABLE_SIZE) / SECTOR_SIZE;
    // A directory that is not at its usual place may have tables in front of it.
    const isTable = (entry: number): boolean =>
      entry <= last &&
      (entry >= first ||
        (entry * SECTOR_SIZE >= COWD_HEADER_SIZE &&
          entry * SECTOR_SIZE + COWD_TABLE_SIZE <= geometry.gdOffset));
    return {
      file,
      source,
      guestStart,
      size: header.numSectors * SECTOR_SIZE,
      grainSize: geometry.grainSize,
      entriesPerTable: COWD_ENTRIES_PER_TABLE,
      entrySize: 4,
      offsets: Float64Array.from(await this.directory(), (entry) =>
        entry === 0 || isTable(entry) ? entry * SECTOR_SIZE : UNREADABLE_TABLE,
      ),
      hasZeroedGrains: false,
      markerSize: null,
    };
  }

  async #readDirectory(): Promise<Uint32Array> {
    const { gdOffset = 0, readableTables = 0 } = this.geometry ?? {};
    if (readableTables === 0) return new Uint32Array(0);
    return asWords(await this.source.read(fileOffset(gdOffset), readableTables * 4));
  }
}

/** Reads and judges the header of a COWD extent; `null` where the file is too short for one (which is reported). */
export async function readCowdHeader(
  file: ImageFile,
  source: Source,
  problems: ProblemSink,
): Promise<CowdHeader | null> {
  const bytes = await readAvailable(source, fileOffset(0), COWD_HEADER_SIZE);
  const sink = breachSink(cowdSpecRules, { file, offset: 0, name: 'header' }, problems);
  return CowdHeader.decode(bytes, sink) ?? null;
}
