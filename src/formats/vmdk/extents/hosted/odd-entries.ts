import { tellLazily, type Findings } from '../../../../model/findings.ts';
import { SECTOR_SIZE } from '../../../../model/offsets.ts';
import type { RegionFacts } from '../../../../model/owners.ts';
import type { Finding } from '../../../../model/problem.ts';
import type { OddGrains } from '../grain-walk.ts';
import type { EntryFault, HostedFindings } from './findings.ts';
import type { HostedGeometry } from './layout/geometry.ts';
import type { HostedLayout } from './layout/hosted-layout.ts';
import type { HostedPlaces } from './places.ts';

/** Tells findings of the entries of an extent's directories and tables that are not plain. Entries are sectors. */
export class OddEntries implements OddGrains {
  readonly #extent: HostedLayout;
  readonly #geometry: HostedGeometry;
  readonly #places: HostedPlaces;
  readonly #findings: Findings<HostedFindings>;

  constructor(
    extent: HostedLayout,
    geometry: HostedGeometry,
    places: HostedPlaces,
    findings: Findings<HostedFindings>,
  ) {
    this.#extent = extent;
    this.#geometry = geometry;
    this.#places = places;
    this.#findings = findings;
  }

  /** A table that reaches into the grains. */
  strayTable(directory: 'gd' | 'rgd', index: number, entry: number): void {
    const found = this.#places.table(directory, index);
    const name = directory === 'gd' ? 'grain table' : 'redundant grain table';
    const region = `the ${name} of ${found.at.field ?? ''}`;
    const length = this.#geometry.tableSize;
    const limit = this.#extent.source.size;
    const data = { region, start: entry * SECTOR_SIZE, length, limit, other: 'the area of grains' };
    this.#findings.tell('vmdk4/tables-overlap', { ...found, data });
  }

  tooLow(grain: number, entry: number): void {
    const { file } = this.#extent;
    const limit = this.#geometry.overheadSectors * SECTOR_SIZE;
    if (entry === 1)
      tellLazily(this.#findings, 'vmdk4/gte-one-without-flag', file, () => this.#entry(grain, entry));
    else tellLazily(this.#findings, 'vmdk4/gte-in-metadata', file, () => this.#region(grain, entry, limit));
  }

  misaligned(grain: number, entry: number): void {
    // An entry past the end is told as that; where in a grain it would begin says nothing more.
    if (entry * SECTOR_SIZE >= this.#extent.source.size) return;
    tellLazily(this.#findings, 'vmdk4/gte-misaligned', this.#extent.file, () => {
      const { overheadSectors: first, grainSectors } = this.#geometry;
      const found = this.#entry(grain, entry);
      return { ...found, data: { ...found.data, first, grain: grainSectors } };
    });
  }

  beyond(grain: number, entry: number): void {
    if (this.#extent.isOfDoubtfulSize) return;
    tellLazily(this.#findings, 'vmdk4/gte-beyond-capacity', this.#extent.file, () => {
      const found = this.#entry(grain, entry);
      return { ...found, expected: '0', data: { ...found.data, grains: this.#geometry.grains } };
    });
  }

  cut(grain: number, entry: number): void {
    const found = this.#region(grain, entry, this.#extent.source.size);
    this.#findings.tell('vmdk4/gte-straddles-end', { ...found, severity: 'warning' });
  }

  /** A compressed grain whose marker has no data. */
  empty(grain: number, entry: number): void {
    this.#findings.tell('vmdk4/grain-size-zero', this.#entry(grain, entry));
  }

  /** A compressed grain that begins in a table, a directory or the footer. */
  stray(grain: number, entry: number): void {
    const found = this.#region(grain, entry, this.#extent.source.size);
    const data = { ...found.data, length: SECTOR_SIZE, other: 'a table, directory or footer' };
    this.#findings.tell('vmdk4/gte-in-metadata', { ...found, data });
  }

  /** A compressed grain whose marker gives it another guest sector. */
  foreign(grain: number, lba: bigint): void {
    const { at, guestOffset } = this.#places.grain(grain);
    const expected = String(grain * this.#geometry.grainSectors);
    const actual = String(lba);
    const data = { field: at.field ?? '', expected, actual };
    this.#findings.tell('vmdk4/grain-lba-mismatch', { at, guestOffset, expected, actual, data });
  }

  /** A compressed grain whose marker gives it more bytes than a grain can take. */
  oversized(grain: number, entry: number, size: number): void {
    const found = this.#entry(grain, entry);
    const data = { ...found.data, size, grainSize: this.#geometry.grainSize };
    this.#findings.tell('vmdk4/grain-size-excessive', { ...found, actual: String(size), data });
  }

  #entry(grain: number, entry: number): Finding<EntryFault> {
    const { at, guestOffset } = this.#places.grain(grain);
    return { at, guestOffset, actual: String(entry), data: { field: at.field ?? '', entry } };
  }

  #region(grain: number, entry: number, limit: number): Finding<RegionFacts> {
    const found = this.#entry(grain, entry);
    const region = `the grain of ${found.data.field}`;
    const place = { start: entry * SECTOR_SIZE, length: this.#geometry.grainSize, limit };
    return { ...found, data: { region, ...place, other: null } };
  }
}
