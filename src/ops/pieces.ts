import { UnreadableImageError } from '../errors.ts';
import type { Piece } from '../model/disk.ts';
import type { Image, Mapping } from '../model/image.ts';
import { guestOffset, type GuestRange } from '../model/offsets.ts';
import { clipMapping } from './clip.ts';
import { mappingsOf, type MappingOptions } from './salvage.ts';

/**
 * Where the bytes of a range are stored, over all layers that are open: in ascending order without gaps, clipped to
 * the disk, in batches. This is the one way through a chain: maps, reads, copies and comparisons all go by it. What
 * is stored nowhere is `unallocated`; what a layer that is not open would tell is `unknown`.
 *
 * @throws SourceError where bytes of a table cannot be fetched, unless `options` ask for what can be saved
 */
export async function* pieces(
  image: Image,
  range: GuestRange = { start: guestOffset(0), length: image.size },
  options: MappingOptions = {},
): AsyncGenerator<readonly Piece[], void, undefined> {
  const end = Math.min(range.start + range.length, image.size);
  if (range.start < end) yield* resolveLayer(image, 0, range.start, end, options);
}

/**
 * The pieces of a layer with those of the layers below in its holes. Each is walked once, side by side, from its
 * first hole on.
 */
async function* resolveLayer(
  image: Image,
  layer: number,
  from: number,
  to: number,
  options: MappingOptions,
): AsyncGenerator<readonly Piece[], void, undefined> {
  const { parent } = image;
  const below = parent?.image == null ? null : new Cursor(parent.image, layer + 1, to, options);
  const reason = parent === null || below !== null ? null : (parent.reason ?? `${parent.name} is not open`);
  try {
    for await (const batch of mappingsOf(image, { start: guestOffset(from), length: to - from }, options)) {
      const found: Piece[] = [];
      for (const mapping of batch) {
        if (mapping.kind !== 'unallocated') found.push(toPiece(mapping, layer));
        else if (below !== null) await below.fill(mapping, layer, found);
        else if (reason === null) found.push(toPiece(mapping, layer));
        else found.push({ kind: 'unknown', start: mapping.start, length: mapping.length, reason, layer });
      }
      yield found;
    }
  } finally {
    await below?.close();
  }
}

/** Each kind gets all of its properties at once: pieces are made by the million. */
function toPiece(mapping: Mapping, layer: number): Piece {
  const { start, length } = mapping;
  switch (mapping.kind) {
    case 'data':
      return { kind: 'data', start, length, at: mapping.at, layer };
    case 'compressed': {
      const { at, storedLength, method, unit, least } = mapping;
      return { kind: 'compressed', start, length, at, storedLength, method, unit, least, layer };
    }
    case 'unreadable':
      return { kind: 'unreadable', start, length, at: mapping.at, reason: mapping.reason, layer };
    case 'zero':
    case 'unallocated':
      return { kind: mapping.kind, start, length, layer };
  }
}

/** Reads the pieces of the layer below, forward only. */
class Cursor {
  readonly #image: Image;
  readonly #layer: number;
  readonly #end: number;
  readonly #options: MappingOptions;
  #batches: AsyncGenerator<readonly Piece[], void, undefined> | null = null;
  #batch: readonly Piece[] = [];
  #index = 0;

  constructor(image: Image, layer: number, end: number, options: MappingOptions) {
    this.#image = image;
    this.#layer = layer;
    this.#end = Math.min(end, image.size);
    this.#options = options;
  }

  /**
   * Appends to `found` what the layer has in a hole of the layer `upper`; after the layer's end the hole stays one
   * of that.
   */
  async fill({ start, length }: GuestRange, upper: number, found: Piece[]): Promise<void> {
    const end = start + length;
    let at: number = start;
    while (at < Math.min(end, this.#end)) {
      const piece = this.#pieceAt(at) ?? (await this.#nextPieceAt(at));
      if (piece === null) break;
      const part = clipMapping(piece, at, end);
      found.push(part);
      at += part.length;
    }
    if (at < end) found.push({ kind: 'unallocated', start: guestOffset(at), length: end - at, layer: upper });
  }

  async close(): Promise<void> {
    await this.#batches?.return();
  }

  #pieceAt(at: number): Piece | null {
    for (; this.#index < this.#batch.length; this.#index++) {
      const piece = this.#batch[this.#index];
      if (piece !== undefined && piece.start + piece.length > at) return piece;
    }
    return null;
  }

  async #nextPieceAt(at: number): Promise<Piece | null> {
    this.#batches ??= resolveLayer(this.#image, this.#layer, at, this.#end, this.#options);
    for (;;) {
      const next = await this.#batches.next();
      if (next.done === true) return null;
      this.#batch = next.value;
      this.#index = 0;
      const piece = this.#pieceAt(at);
      if (piece !== null) return piece;
    }
  }
}

/** Why guest bytes cannot be read. */
export function unreadable(
  start: number,
  length: number,
  reason: string,
  cause?: unknown,
): UnreadableImageError {
  const what = length === 1 ? `guest byte ${start}` : `guest bytes ${start} to ${start + length - 1}`;
  return new UnreadableImageError(`${what} cannot be read: ${reason}`, { cause });
}
