import { ENTRY_TYPE, hexEntry, slotOf, TABLE_ENTRY, type SlotTables } from './layout/tables.ts';
import type { TellSeSparse } from './findings.ts';
import type { SeSparsePlaces } from './places.ts';

/**
 * Tells findings of the entries of an extent's directory and tables that are not plain, given as their two
 * halves.
 */
export class OddEntries {
  readonly #tables: SlotTables;
  readonly #places: SeSparsePlaces;
  readonly #findings: TellSeSparse;

  constructor(tables: SlotTables, places: SeSparsePlaces, findings: TellSeSparse) {
    this.#tables = tables;
    this.#places = places;
    this.#findings = findings;
  }

  /** A directory entry that names no table. */
  table(index: number, high: number, low: number): void {
    const found = this.#places.table(index);
    const actual = hexEntry(high, low);
    const field = found.at.field ?? '';
    if (high === TABLE_ENTRY << 28) {
      const data = { field, index: low, tables: this.#tables.tableSlots };
      this.#findings.tell('sesparse/gde-out-of-area', { ...found, actual, data });
    } else this.#findings.tell('sesparse/gde-type', { ...found, actual, data: { field, actual } });
  }

  /**
   * A table entry of an unknown kind, with a slot outside the area of grains, or with a slot where it should
   * have none.
   */
  grain(grain: number, high: number, low: number): void {
    const found = this.#places.grain(grain);
    const actual = hexEntry(high, low);
    const field = found.at.field ?? '';
    const finding = { ...found, actual, data: { field, actual } };
    switch (high >>> 28) {
      case ENTRY_TYPE.unallocated:
        this.#findings.tell('sesparse/gte-unallocated-payload', finding);
        break;
      case ENTRY_TYPE.zero:
        this.#findings.tell('sesparse/gte-zero-payload', finding);
        break;
      case ENTRY_TYPE.allocated: {
        const data = { field, slot: slotOf(high, low), slots: this.#tables.grainSlots };
        this.#findings.tell('sesparse/gte-out-of-area', { ...found, actual, data });
        break;
      }
      default:
        this.#findings.tell('sesparse/gte-type', finding);
    }
  }

  /** A table entry after the last grain of the disk. */
  beyond(grain: number, high: number, low: number): void {
    const found = this.#places.grain(grain);
    const actual = hexEntry(high, low);
    const data = { field: found.at.field ?? '', actual, grains: this.#tables.grains };
    this.#findings.tell('sesparse/gte-beyond-capacity', { ...found, actual, expected: '0', data });
  }
}
