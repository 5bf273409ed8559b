import { fileOffset } from '../../../../io/source.ts';
import type { Findings } from '../../../../model/findings.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { WalkListeners } from '../../../../model/owners.ts';
import { walkTables } from '../directory-walk.ts';
import { walkGrains, type OddGrains } from '../grain-walk.ts';
import type { CowdFindings } from './findings.ts';
import { createCowdKinds } from './kinds.ts';
import type { CowdLayout } from './layout/cowd-layout.ts';
import { COWD_HEADER_SIZE, COWD_TABLE_SIZE, type CowdGeometry } from './layout/geometry.ts';
import { createCowdPlaces, type CowdPlaces } from './places.ts';

/** Grains begin at any sector after the header. */
const PLAIN = { lowest: COWD_HEADER_SIZE / SECTOR_SIZE, alignment: 1 };

/** Tells every range of the file that a COWD extent uses. */
export async function walkCowd(
  extent: CowdLayout,
  { owners, findings }: WalkListeners<CowdFindings>,
): Promise<void> {
  const { geometry } = extent;
  const tables = await extent.grainTables();
  if (geometry === null || tables === null) return;
  const directory = await extent.directory();
  const places = createCowdPlaces(extent, geometry, directory);
  const kinds = createCowdKinds(extent, places);
  owners.range(kinds.header, fileOffset(0), COWD_HEADER_SIZE, 0);
  const directoryBytes = Math.ceil((geometry.readableTables * 4) / SECTOR_SIZE) * SECTOR_SIZE;
  owners.range(kinds.gd, fileOffset(geometry.gdOffset), directoryBytes, 0);
  const offsets = Float64Array.from(directory, (entry) => entry * SECTOR_SIZE);
  walkTables(offsets, COWD_TABLE_SIZE, kinds.gt, owners);
  const odd = new OddCowdGrains(geometry, places, findings);
  await walkGrains(tables, PLAIN, { kind: kinds.grain, odd, owners });
}

/** Tells findings of table entries that are not plain. */
class OddCowdGrains implements OddGrains {
  readonly #geometry: CowdGeometry;
  readonly #places: CowdPlaces;
  readonly #findings: Findings<CowdFindings>;

  constructor(geometry: CowdGeometry, places: CowdPlaces, findings: Findings<CowdFindings>) {
    this.#geometry = geometry;
    this.#places = places;
    this.#findings = findings;
  }

  tooLow(grain: number, entry: number): void {
    const { gdOffset: limit, grainSize: length } = this.#geometry;
    const found = this.#places.grain(grain);
    const start = entry * SECTOR_SIZE;
    const data = {
      region: `the grain of ${found.at.field ?? ''}`,
      start,
      length,
      limit,
      other: 'the header',
    };
    this.#findings.tell('vmdk3/gte-in-metadata', { ...found, actual: String(entry), data });
  }

  beyond(grain: number, entry: number): void {
    const found = this.#places.grain(grain);
    const data = { field: found.at.field ?? '', entry, grains: this.#geometry.grains };
    const finding = { ...found, expected: '0', actual: String(entry), data };
    this.#findings.tell('vmdk3/gte-beyond-capacity', finding);
  }

  misaligned(): void {
    // Grains begin at any sector.
  }

  cut(): void {
    // The end of the last grain may be missing.
  }
}
