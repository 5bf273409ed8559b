import type { CowdHeader } from '../../../../../../generated/cowd.ts';
import { fileOffset, type Source } from '../../../../../io/source.ts';
import type { ImageFile } from '../../../../../model/image.ts';
import { SECTOR_SIZE } from '../../../../../model/offsets.ts';
import type { Placed } from '../../../../shared/placed.ts';
import type { ExtentLine } from '../../../descriptor/statements.ts';
import { asWords } from '../../../../shared/words.ts';
import type { ExtentPlace } from '../../extent.ts';
import { LatestRead } from '../../latest-read.ts';
import type { GrainTables } from '../../grain-tables.ts';
import { UNREADABLE_TABLE } from '../../table-mappings.ts';
import {
  COWD_ENTRIES_PER_TABLE,
  COWD_HEADER_SIZE,
  COWD_TABLE_SIZE,
  readCowdGeometry,
  type CowdGeometry,
} from './geometry.ts';

/** What opening reads of a COWD extent, and its directory. */
export class CowdLayout implements ExtentPlace {
  readonly guestStart: number;
  readonly size: number;
  readonly line: ExtentLine | null;
  readonly file: ImageFile;
  readonly source: Source;
  readonly header: Placed<CowdHeader>;
  /** `null` where the header is too damaged to read tables by. */
  readonly geometry: CowdGeometry | null;
  readonly #directory: LatestRead;

  constructor(place: ExtentPlace, source: Source, header: Placed<CowdHeader>) {
    this.guestStart = place.guestStart;
    this.size = place.size;
    this.line = place.line;
    this.#directory = place.latest ?? new LatestRead();
    this.file = header.file;
    this.source = source;
    this.header = header;
    this.geometry = readCowdGeometry(header.fields, source);
  }

  /** The entries of the grain directory that are inside the file, read once. */
  directory(): Promise<Uint32Array> {
    return this.#directory.get(null, () => this.#readDirectory());
  }

  /** The grain tables; `null` where the header is too damaged. */
  async grainTables(): Promise<GrainTables | null> {
    const { file, source, guestStart, geometry, header } = this;
    if (geometry === null) return null;
    const { gdOffset } = geometry;
    const first = Math.ceil((gdOffset + geometry.readableTables * 4) / SECTOR_SIZE);
    const last = (source.size - COWD_TABLE_SIZE) / SECTOR_SIZE;
    // A directory that is not at its usual place may have tables before it.
    const isTable = (entry: number): boolean =>
      entry <= last &&
      (entry >= first ||
        (entry * SECTOR_SIZE >= COWD_HEADER_SIZE && entry * SECTOR_SIZE + COWD_TABLE_SIZE <= gdOffset));
    return {
      file,
      source,
      guestStart,
      size: header.fields.numSectors * SECTOR_SIZE,
      grainSize: geometry.grainSize,
      entriesPerTable: COWD_ENTRIES_PER_TABLE,
      entrySize: 4,
      offsets: Float64Array.from(await this.directory(), (entry) =>
        entry === 0 || isTable(entry) ? entry * SECTOR_SIZE : UNREADABLE_TABLE,
      ),
      placeOf: (table) => ({ file, offset: gdOffset + 4 * table, length: 4, field: `gd[${table}]` }),
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
