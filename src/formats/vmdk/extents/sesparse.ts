import { ConstHeader, VolatileHeader } from '../../../../generated/sesparse.ts';
import { fileOffset, readAvailable, type Source } from '../../../io/source.ts';
import type { DumpedStructure, ImageFile } from '../../../model/image.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { FileLayout, Owners } from '../../../model/owners.ts';
import type { ProblemSink } from '../../../model/problem.ts';
import { breachSink } from '../../shared/spec-rules.ts';
import type { ExtentLine } from '../descriptor/statements.ts';
import type { MappingRuns } from '../../shared/mapping-runs.ts';
import { seAreaOutOfFile, sesparseSpecRules } from '../rules/sesparse-header.ts';
import { asWords } from '../words.ts';
import type { ExtentBase, ExtentPlace } from './extent.ts';
import { claimSeSparse } from './sesparse-claim.ts';
import {
  readAreas,
  readSeSparseGeometry,
  SLOTS_PER_TABLE,
  type Area,
  type SeSparseGeometry,
} from './sesparse-geometry.ts';
import { resolveSlots, slotTableOffsets, type SlotTables } from './sesparse-tables.ts';
import { addWithoutTables } from './table-shape.ts';

/** The two headers of a seSparse extent. */
export interface SeSparseHeaders {
  readonly constant: ConstHeader;
  /** `null` where it is not inside the file. */
  readonly volatile: VolatileHeader | null;
  /** Byte position of the volatile header. */
  readonly volatileOffset: number;
}

/** A seSparse extent, as ESXi writes it for snapshots. */
export class SeSparseExtent implements ExtentBase {
  readonly kind = 'sesparse';
  readonly guestStart: number;
  readonly size: number;
  readonly line: ExtentLine | null;
  readonly file: ImageFile;
  readonly source: Source;
  readonly headers: SeSparseHeaders;
  readonly areas: readonly Area[];
  /** `null` where the header is too damaged to read tables by. */
  readonly geometry: SeSparseGeometry | null;
  /** Grains that the guest gave up, as the last walk over the tables counted them. */
  unmappedGrains = 0;
  #directory: Promise<Uint32Array> | null = null;

  constructor(place: ExtentPlace, file: ImageFile, source: Source, headers: SeSparseHeaders) {
    this.guestStart = place.guestStart;
    this.size = place.size;
    this.line = place.line;
    this.file = file;
    this.source = source;
    this.headers = headers;
    this.areas = readAreas(headers.constant);
    this.geometry = readSeSparseGeometry(headers.constant, this.areas, source);
  }

  get grainSize(): number | null {
    return this.geometry?.grainSize ?? null;
  }

  get layout(): FileLayout | null {
    const { geometry } = this;
    if (geometry === null) return null;
    const { grainSize, grainsOffset } = geometry;
    return {
      placement: 'aligned',
      unit: grainSize,
      origin: grainsOffset % grainSize,
      limit: this.source.size,
    };
  }

  structures(): readonly DumpedStructure[] {
    const { file } = this;
    const { constant, volatile, volatileOffset } = this.headers;
    const first = { name: 'const_header', file, offset: 0, size: SECTOR_SIZE, fields: constant.fields() };
    if (volatile === null) return [first];
    const size = SECTOR_SIZE;
    return [
      first,
      { name: 'volatile_header', file, offset: volatileOffset, size, fields: volatile.fields() },
    ];
  }

  async claim(owners: Owners): Promise<void> {
    this.unmappedGrains = await claimSeSparse(this, owners);
  }

  async *resolve(runs: MappingRuns, from: number, to: number): AsyncGenerator<void, void, undefined> {
    const tables = await this.slotTables();
    if (tables === null) {
      addWithoutTables(this.file, runs, from, to);
      return;
    }
    const end = Math.max(from, Math.min(to, this.guestStart + tables.size));
    if (end > from) yield* resolveSlots(tables, runs, from, end);
    if (end < to) runs.hole('unallocated', end, to - end);
  }

  /** The entries of the grain directory that are inside the file, low and high half of each, read once. */
  directory(): Promise<Uint32Array> {
    this.#directory ??= this.#readDirectory();
    return this.#directory;
  }

  /** The grain tables; `null` where the header is too damaged. */
  async slotTables(): Promise<SlotTables | null> {
    const { file, source, guestStart, geometry } = this;
    if (geometry === null) return null;
    const offsets = slotTableOffsets(await this.directory(), geometry, source.size);
    return { ...geometry, file, source, guestStart, entriesPerTable: SLOTS_PER_TABLE, entrySize: 8, offsets };
  }

  async #readDirectory(): Promise<Uint32Array> {
    const { directoryOffset = 0, readableTables = 0 } = this.geometry ?? {};
    if (readableTables === 0) return new Uint32Array(0);
    return asWords(await this.source.read(fileOffset(directoryOffset), readableTables * 8));
  }
}

/** Reads and judges both headers; `null` where the file is too short for the first one (which is reported). */
export async function readSeSparseHeaders(
  file: ImageFile,
  source: Source,
  problems: ProblemSink,
): Promise<SeSparseHeaders | null> {
  const sink = (offset: number, name: string) =>
    breachSink(sesparseSpecRules, { file, offset, name }, problems);
  if (source.size < SECTOR_SIZE) {
    const at = { file, offset: 0, length: source.size, field: 'const_header' };
    const expected = 'the header alone has 512';
    const actual = `cut off at byte ${source.size}`;
    problems.add(seAreaOutOfFile.report({ at, data: { field: 'const_header', expected, actual } }));
    return null;
  }
  const bytes = await source.read(fileOffset(0), SECTOR_SIZE);
  const constant = ConstHeader.decode(bytes, sink(0, 'const_header'));
  if (constant === undefined) return null;
  const [area] = readAreas(constant);
  const volatileOffset = area?.offset ?? 0;
  const rest = await readAvailable(source, fileOffset(volatileOffset), SECTOR_SIZE);
  const volatile = VolatileHeader.decode(rest, sink(volatileOffset, 'volatile_header')) ?? null;
  return { constant, volatile, volatileOffset };
}
