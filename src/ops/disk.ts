import { UnsupportedFeatureError, UsageError } from '../errors.ts';
import type { MaybePromise } from '../io/source.ts';
import type { Chunk, ChunkOptions, Disk, Inflate, Loss, Piece } from '../model/disk.ts';
import type { Image } from '../model/image.ts';
import { guestOffset, type GuestOffset, type GuestRange } from '../model/offsets.ts';
import { clipMapping } from './clip.ts';
import { pieces } from './pieces.ts';
import { Losses } from './reading/losses.ts';
import { readAhead } from './reading/read-ahead.ts';
import { readStored } from './reading/stored.ts';
import { Units } from './reading/units.ts';
import { PieceWindows } from './reading/windows.ts';
import type { MappingOptions } from './salvage.ts';

/** How a disk is read. */
export interface DiskOptions {
  readonly inflate: Inflate;
  /**
   * Whether what is up to a layer that is not open reads as zeros, so that the image is read alone; default:
   * reading it fails.
   */
  readonly isDelta?: boolean;
  /** Is told of what cannot be read, which then reads as zeros; without it, reading such a place fails. */
  readonly onLoss?: (loss: Loss) => void;
  /**
   * Is told of ranges that second copies of tables are read by, where the first ones are lost and losses are
   * allowed.
   */
  readonly onRescue?: (range: GuestRange) => void;
}

/**
 * The disk that an opened image stores, with the layers below it. The image stays the caller's, who closes it.
 *
 * @throws UnsupportedFeatureError where a layer is encrypted
 */
export function readDisk(image: Image, options: DiskOptions): Disk {
  for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null)
    if (layer.info().encrypted === true)
      throw new UnsupportedFeatureError(
        `${layer.files[0]?.path ?? 'the image'} is encrypted, and cannot be read`,
      );
  return new ImageDisk(image, options);
}

class ImageDisk implements Disk {
  readonly size: number;
  readonly #image: Image;
  readonly #losses: Losses;
  readonly #units: Units;
  readonly #windows: PieceWindows;
  readonly #isDelta: boolean;
  readonly #mapping: MappingOptions;

  constructor(image: Image, { inflate, isDelta = false, onLoss, onRescue }: DiskOptions) {
    this.size = image.size;
    this.#image = image;
    this.#isDelta = isDelta;
    this.#losses = new Losses(onLoss ?? null);
    this.#units = new Units(inflate, this.#losses);
    this.#mapping = { salvage: onLoss !== undefined, ...(onRescue === undefined ? {} : { onRescue }) };
    this.#windows = new PieceWindows(image, this.#mapping);
  }

  async *pieces(range?: GuestRange): AsyncGenerator<readonly Piece[], void, undefined> {
    for await (const batch of pieces(this.#image, range, this.#mapping))
      yield this.#isDelta ? batch.map(toDelta) : batch;
  }

  read(at: GuestOffset, into: Uint8Array): MaybePromise<void> {
    if (at < 0 || at + into.length > this.size)
      throw new UsageError(
        `bytes ${at} to ${at + into.length} are not all inside the disk, which has ${this.size}`,
      );
    return this.#readFrom(at, into, 0);
  }

  async *chunks(range?: GuestRange, options: ChunkOptions = {}): AsyncGenerator<Chunk, void, undefined> {
    yield* readAhead(this.pieces(range), { units: this.#units, losses: this.#losses }, options);
  }

  /** Reads piece by piece, at once as long as the sources answer at once. */
  #readFrom(at: number, into: Uint8Array, from: number): MaybePromise<void> {
    for (let done = from; done < into.length;) {
      const step = this.#readSome(at + done, into.subarray(done));
      if (step instanceof Promise) return step.then((count) => this.#readFrom(at, into, done + count));
      done += step;
    }
    return undefined;
  }

  /** Reads what is in the same piece as guest byte `at`; returns how much. */
  #readSome(at: number, into: Uint8Array): MaybePromise<number> {
    const piece = this.#windows.pieceAt(at);
    return piece instanceof Promise
      ? piece.then((found) => this.#readPiece(found, at, into))
      : this.#readPiece(piece, at, into);
  }

  #readPiece(found: Piece, at: number, into: Uint8Array): MaybePromise<number> {
    const piece = clipMapping(found, at, at + into.length);
    const { start, length } = piece;
    const target = into.subarray(0, length);
    switch (piece.kind) {
      case 'data': {
        const read = readStored(piece.at, target, start, this.#losses);
        return read instanceof Promise ? read.then(() => length) : length;
      }
      case 'compressed': {
        const unit = this.#units.read(piece);
        if (unit instanceof Promise)
          return unit.then((bytes) => {
            target.set(bytes);
            return length;
          });
        target.set(unit);
        return length;
      }
      case 'unreadable':
        this.#losses.add(start, length, piece.reason);
        break;
      case 'unknown':
        if (!this.#isDelta) this.#losses.add(start, length, piece.reason);
        break;
      case 'zero':
      case 'unallocated':
    }
    target.fill(0);
    return length;
  }
}

function toDelta(piece: Piece): Piece {
  if (piece.kind !== 'unknown') return piece;
  const { start, length, layer } = piece;
  return { kind: 'unallocated', start: guestOffset(start), length, layer };
}
