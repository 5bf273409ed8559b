import type { ConstHeader, VolatileHeader } from '../../../../../../generated/sesparse.ts';
import { fileOffset, type Source } from '../../../../../io/source.ts';
import type { ImageFile } from '../../../../../model/image.ts';
import type { Placed } from '../../../../shared/placed.ts';
import type { ExtentLine } from '../../../descriptor/statements.ts';
import { asWords } from '../../../../shared/words.ts';
import type { ExtentPlace } from '../../extent.ts';
import { LatestRead } from '../../latest-read.ts';
import {
  readAreas,
  readSeSparseGeometry,
  SLOTS_PER_TABLE,
  type Area,
  type SeSparseGeometry,
} from './geometry.ts';
import { slotTableOffsets, type SlotTables } from './tables.ts';

/** The two headers of a seSparse extent. */
export interface SeSparseHeaders {
  readonly constant: Placed<ConstHeader>;
  /** `null` where it is not inside the file. */
  readonly volatile: Placed<VolatileHeader> | null;
}

/** What opening reads of a seSparse extent, and its directory. */
export class SeSparseLayout implements ExtentPlace {
  readonly guestStart: number;
  readonly size: number;
  readonly line: ExtentLine | null;
  readonly file: ImageFile;
  readonly source: Source;
  readonly headers: SeSparseHeaders;
  readonly areas: readonly Area[];
  /** `null` where the header is too damaged to read tables by. */
  readonly geometry: SeSparseGeometry | null;
  readonly #directory: LatestRead;

  constructor(place: ExtentPlace, source: Source, headers: SeSparseHeaders) {
    this.guestStart = place.guestStart;
    this.size = place.size;
    this.line = place.line;
    this.#directory = place.latest ?? new LatestRead();
    this.file = headers.constant.file;
    this.source = source;
    this.headers = headers;
    this.areas = readAreas(headers.constant.fields);
    this.geometry = readSeSparseGeometry(headers.constant.fields, this.areas, source);
  }

  /** The entries of the grain directory that are inside the file, low and high half of each, read once. */
  directory(): Promise<Uint32Array> {
    return this.#directory.get(null, () => this.#readDirectory());
  }

  /** The grain tables; `null` where the header is too damaged. */
  async slotTables(): Promise<SlotTables | null> {
    const { file, source, guestStart, geometry } = this;
    if (geometry === null) return null;
    return {
      ...geometry,
      file,
      source,
      guestStart,
      entriesPerTable: SLOTS_PER_TABLE,
      entrySize: 8,
      offsets: slotTableOffsets(await this.directory(), geometry, source.size),
      placeOf: (table) => ({
        file,
        offset: geometry.directoryOffset + 8 * table,
        length: 8,
        field: `grain_dir[${table}]`,
      }),
    };
  }

  async #readDirectory(): Promise<Uint32Array> {
    const { directoryOffset = 0, readableTables = 0 } = this.geometry ?? {};
    if (readableTables === 0) return new Uint32Array(0);
    return asWords(await this.source.read(fileOffset(directoryOffset), readableTables * 8));
  }
}
