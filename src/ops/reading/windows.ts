import type { MaybePromise } from '../../io/source.ts';
import type { Piece } from '../../model/disk.ts';
import type { Image } from '../../model/image.ts';
import { guestOffset } from '../../model/offsets.ts';
import { pieces } from '../pieces.ts';
import type { MappingOptions } from '../salvage.ts';

/** Guest bytes whose pieces are resolved together for random reads: an L2 table or a few grain tables. */
const WINDOW = 4 * 1024 * 1024;

/** Pieces that are kept. */
const BUDGET = 65_536;

/** The pieces of parts of a disk, found out where they are asked for and kept while they are used. */
export class PieceWindows {
  readonly #image: Image;
  readonly #options: MappingOptions;
  /** By number; the least recently used first. */
  readonly #kept = new Map<number, MaybePromise<readonly Piece[]>>();
  #keptPieces = 0;

  constructor(image: Image, options: MappingOptions) {
    this.#image = image;
    this.#options = options;
  }

  /** The piece with guest byte `at`, which must be inside the disk. */
  pieceAt(at: number): MaybePromise<Piece> {
    const number = Math.floor(at / WINDOW);
    const window = this.#find(number);
    return window instanceof Promise ? window.then((found) => search(found, at)) : search(window, at);
  }

  #find(number: number): MaybePromise<readonly Piece[]> {
    const known = this.#kept.get(number);
    if (known !== undefined) {
      this.#kept.delete(number);
      this.#kept.set(number, known);
      return known;
    }
    const window = this.#resolve(number).then(
      (found) => this.#keep(number, found),
      (error: unknown) => {
        this.#kept.delete(number);
        throw error;
      },
    );
    this.#kept.set(number, window);
    return window;
  }

  async #resolve(number: number): Promise<readonly Piece[]> {
    const found: Piece[] = [];
    const range = { start: guestOffset(number * WINDOW), length: WINDOW };
    for await (const batch of pieces(this.#image, range, this.#options))
      for (const piece of batch) found.push(piece);
    return found;
  }

  #keep(number: number, found: readonly Piece[]): readonly Piece[] {
    this.#kept.set(number, found);
    this.#keptPieces += found.length;
    for (const [oldest, window] of this.#kept) {
      if (this.#keptPieces <= BUDGET) break;
      if (oldest === number || window instanceof Promise) continue;
      this.#kept.delete(oldest);
      this.#keptPieces -= window.length;
    }
    return found;
  }
}

/** The piece with guest byte `at` among pieces without gaps. */
function search(found: readonly Piece[], at: number): Piece {
  let low = 0;
  let high = found.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((found[middle]?.start ?? Infinity) <= at) low = middle;
    else high = middle - 1;
  }
  const piece = found[low];
  if (piece === undefined) throw new Error(`no piece for guest byte ${at}`);
  return piece;
}
