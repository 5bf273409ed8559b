import type { MaybePromise } from '../io/source.ts';
import type { CompressionMethod, Mapping } from './image.ts';
import type { GuestOffset, GuestRange } from './offsets.ts';

/** Guest bytes that are up to a layer that is not open: `reason` says why, in a sentence. */
export interface UnknownPiece {
  readonly start: GuestOffset;
  readonly length: number;
  readonly kind: 'unknown';
  readonly reason: string;
}

/**
 * A mapping after all layers were asked. `layer` counts from the image itself, which is 0, and names the layer that
 * decides. `unallocated` then reads as zeros: no layer stores it.
 */
export type Piece = (Mapping | UnknownPiece) & { readonly layer: number };

/** Guest bytes in order: what is stored, and the holes between. */
export type Chunk =
  /** `bytes` belong to the disk and are valid until the next chunk is asked for. */
  | {
      readonly kind: 'data';
      readonly start: GuestOffset;
      readonly length: number;
      readonly bytes: Uint8Array;
    }
  /** Reads as zeros: `zero` because a layer says so, `unallocated` because none stores it. */
  | { readonly kind: 'zero' | 'unallocated'; readonly start: GuestOffset; readonly length: number };

/**
 * Unpacks the stream that `bytes` begins with; what follows it is ignored. Given by the platform.
 *
 * @param size bytes that come out at most
 * @param isBulk whether many units are unpacked side by side, so that it may be done beside other work; `bytes` do
 *   not change until it is done
 * @returns what came out, which the caller owns
 * @throws any error where `bytes` is no whole stream of that kind, or more than `size` bytes come out
 */
export type Inflate = (
  method: CompressionMethod,
  bytes: Uint8Array,
  size: number,
  isBulk?: boolean,
) => MaybePromise<Uint8Array>;

/** Guest bytes that could not be read and were replaced by zeros. */
export interface Loss extends GuestRange {
  /** Why, as the end of a sentence. */
  readonly reason: string;
}

/** How chunks are read. */
export interface ChunkOptions {
  readonly signal?: AbortSignal;
}

/** The disk that a guest sees: an image with the layers below it. */
export interface Disk {
  /** Bytes of the guest's disk. */
  readonly size: number;
  /** Where guest bytes are stored, in ascending order without gaps, in batches; `range` is clipped to the disk. */
  pieces(range?: GuestRange): AsyncIterable<readonly Piece[]>;
  /**
   * Reads `into.length` bytes from `at` on; the range must be inside the disk.
   *
   * @throws UnreadableImageError where a table or a compressed unit that is needed is damaged; SourceError where
   *   bytes cannot be fetched
   */
  read(at: GuestOffset, into: Uint8Array): MaybePromise<void>;
  /** Reads forward, holes left out; chunks are in ascending order without gaps. Throws as `read`. */
  chunks(range?: GuestRange, options?: ChunkOptions): AsyncIterable<Chunk>;
}
