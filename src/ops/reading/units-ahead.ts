import { joinParts } from '../../io/planned-reads.ts';
import { bytesOf, type Item, type Window } from './items.ts';
import type { UnitPiece, Units, Unpacked } from './units.ts';

/** Units that are unpacked side by side at most, and their bytes. */
const MOST_AHEAD = 16;
const AHEAD_BYTES = 1024 * 1024;

/** Unpacks the next units while others are told. */
export class UnitsAhead {
  readonly #units: Units;
  /** In the order of the disk: those that are not begun. */
  readonly #waiting: Item[] = [];
  #begun = 0;
  /** What was begun last: pieces of one unit share it. */
  #last: { readonly piece: UnitPiece; readonly unpacked: Promise<Unpacked | null> } | null = null;

  constructor(units: Units) {
    this.#units = units;
  }

  /** These come next; their reads are under way. */
  add(items: Window): void {
    for (const item of items) if (item.piece.kind === 'compressed') this.#waiting.push(item);
    this.#fill();
  }

  /** The bytes of the next piece of a unit. */
  async take({ unpacked }: Item, piece: UnitPiece): Promise<Uint8Array> {
    const found = await unpacked;
    this.#begun--;
    this.#fill();
    // What is wrong with a read is said by that of this unit alone, which may even succeed: its stream may end
    // before the fault.
    return found == null ? this.#units.read(piece) : this.#units.settle(piece, found);
  }

  #fill(): void {
    for (let item = this.#waiting[0]; item !== undefined; item = this.#waiting[0]) {
      const { piece } = item;
      if (piece.kind !== 'compressed') return;
      const most = Math.max(2, Math.min(MOST_AHEAD, Math.floor(AHEAD_BYTES / piece.unit.length)));
      if (this.#begun >= most) return;
      this.#begun++;
      this.#waiting.shift();
      item.unpacked = this.#isSameUnit(piece) ?? this.#begin(item, piece);
      this.#last = { piece, unpacked: item.unpacked };
    }
  }

  #isSameUnit({ layer, unit, at }: UnitPiece): Promise<Unpacked | null> | null {
    const last = this.#last;
    if (last === null) return null;
    const { piece } = last;
    const isSame = piece.layer === layer && piece.unit.start === unit.start && piece.at.offset === at.offset;
    return isSame ? last.unpacked : null;
  }

  async #begin({ source, parts }: Item, piece: UnitPiece): Promise<Unpacked | null> {
    if (source === null) return null;
    const found: Uint8Array[] = [];
    try {
      for (const { read, part } of parts) {
        const bytes = bytesOf(source, read, part);
        found.push(bytes instanceof Promise ? await bytes : bytes);
      }
    } catch {
      return null;
    }
    return this.#units.start(piece, joinParts(found));
  }
}
