import { SourceError } from '../../errors.ts';
import { fileOffset, whenRead, type MaybePromise, type Source } from '../../io/source.ts';
import type { Inflate, Piece } from '../../model/disk.ts';
import type { Losses } from './losses.ts';
import { bytesInside, whyOutside } from './stored.ts';

/** A piece of a compressed unit. */
export type UnitPiece = Extract<Piece, { kind: 'compressed' }>;

/** What came of unpacking. */
export type Unpacked = { readonly bytes: Uint8Array } | { readonly error: unknown };

/** Inflated bytes that are kept: units of neighbouring reads, and of pieces that a child's data are between. */
const BUDGET = 8 * 1024 * 1024;

/** Inflates compressed units, and keeps the last ones. */
export class Units {
  readonly #inflate: Inflate;
  readonly #losses: Losses;
  /** By file, then by position in it; the least recently used first. */
  readonly #kept = new Map<string, Uint8Array>();
  #keptBytes = 0;

  constructor(inflate: Inflate, losses: Losses) {
    this.#inflate = inflate;
    this.#losses = losses;
  }

  /** A unit that is inflated already. */
  find(piece: UnitPiece): Uint8Array | undefined {
    const key = keyOf(piece);
    const unit = this.#kept.get(key);
    if (unit === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, unit);
    return unit;
  }

  /**
   * The bytes that `piece` has of its unit; they must not be changed.
   *
   * @throws UnreadableImageError where the unit is damaged; SourceError where it cannot be fetched
   */
  read(piece: UnitPiece): MaybePromise<Uint8Array> {
    const unit = this.find(piece);
    if (unit !== undefined) return partOf(piece, unit);
    try {
      const stored = this.#fetch(piece);
      if (!(stored instanceof Promise))
        return whenRead(this.#unpack(piece, stored), (found) => partOf(piece, found));
      return stored.then(
        async (bytes) => partOf(piece, await this.#unpack(piece, bytes)),
        (error: unknown) => this.#lose(piece, error),
      );
    } catch (error) {
      return this.#lose(piece, error);
    }
  }

  /** Unpacks the whole unit of a piece, and never rejects: what is wrong is said when `settle` is asked. */
  async start({ method, unit }: UnitPiece, stored: Uint8Array): Promise<Unpacked> {
    try {
      return { bytes: await this.#inflate(method, stored, unit.length, true) };
    } catch (error) {
      return { error };
    }
  }

  /**
   * The bytes that `piece` has of a unit that was unpacked.
   *
   * @throws UnreadableImageError where the unit is damaged
   */
  settle(piece: UnitPiece, unpacked: Unpacked): Uint8Array {
    const unit =
      'bytes' in unpacked ? this.#judge(piece, unpacked.bytes) : this.#replace(piece, unpacked.error);
    return partOf(piece, unit);
  }

  /** Inflates the whole unit of a piece and keeps it. */
  #unpack(piece: UnitPiece, stored: Uint8Array): MaybePromise<Uint8Array> {
    const { method, unit } = piece;
    try {
      const inflated = this.#inflate(method, stored, unit.length);
      if (!(inflated instanceof Promise)) return this.#keep(piece, this.#judge(piece, inflated));
      return inflated.then(
        (bytes) => this.#keep(piece, this.#judge(piece, bytes)),
        (error: unknown) => this.#replace(piece, error),
      );
    } catch (error) {
      return this.#replace(piece, error);
    }
  }

  #fetch(piece: UnitPiece): MaybePromise<Uint8Array> {
    const { file, offset } = piece.at;
    const length = bytesInside(piece.at, piece.storedLength);
    return length === 0 || file.source === null ? new Uint8Array(0) : readFrom(file.source, offset, length);
  }

  #judge(piece: UnitPiece, bytes: Uint8Array): Uint8Array {
    const { unit, least } = piece;
    if (bytes.length === unit.length) return bytes;
    if (bytes.length >= least) {
      const padded = new Uint8Array(unit.length);
      padded.set(bytes);
      return padded;
    }
    const wanted = least === unit.length ? `${unit.length}` : `${least} to ${unit.length}`;
    return this.#replace(piece, new RangeError(`${bytes.length} bytes come out instead of ${wanted}`));
  }

  /** Zeros for a unit that is lost, where losses are allowed. */
  #replace(piece: UnitPiece, error: unknown): Uint8Array {
    const { at, method, start, length, unit } = piece;
    const why = error instanceof Error ? error.message : String(error);
    const reason =
      bytesInside(at, 1) === 0
        ? whyOutside(at)
        : `the ${method} stream at byte ${at.offset} of ${at.file.path} cannot be unpacked (${why})`;
    this.#losses.add(start, length, reason, error);
    return new Uint8Array(unit.length);
  }

  #lose({ start, length }: UnitPiece, error: unknown): Uint8Array {
    if (!this.#losses.covers(error)) throw error;
    this.#losses.add(start, length, error instanceof SourceError ? error.message : String(error), error);
    return new Uint8Array(length);
  }

  #keep(piece: UnitPiece, unit: Uint8Array): Uint8Array {
    const key = keyOf(piece);
    this.#keptBytes += unit.length - (this.#kept.get(key)?.length ?? 0);
    this.#kept.set(key, unit);
    for (const [oldest, { length }] of this.#kept) {
      if (this.#keptBytes <= BUDGET || oldest === key) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= length;
    }
    return unit;
  }
}

function readFrom(source: Source, offset: number, length: number): MaybePromise<Uint8Array> {
  return source.read(fileOffset(offset), length);
}

/** A unit belongs to one guest range of one layer. */
function keyOf({ layer, unit, at }: UnitPiece): string {
  return `${layer}:${unit.start}:${at.offset}`;
}

function partOf({ start, length, unit }: UnitPiece, bytes: Uint8Array): Uint8Array {
  const from = start - unit.start;
  return bytes.subarray(from, from + length);
}
