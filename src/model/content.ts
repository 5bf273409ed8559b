import type { MaybePromise } from '../io/source.ts';
import type { CompressionMethod } from './compression.ts';

/** What became of unpacking one stream. */
export type Unpacked =
  | {
      readonly kind: 'whole';
      /** Bytes that came out. */
      readonly length: number;
      /** Whether all of them are zero. */
      readonly isZero: boolean;
      /** Bytes of the stream: what follows them was not looked at. */
      readonly used: number;
    }
  /** More bytes come out than were asked for; no more were made. */
  | { readonly kind: 'long' }
  /** The bytes end before the stream does. */
  | { readonly kind: 'cut' }
  /** `reason` ends a sentence. */
  | { readonly kind: 'damaged'; readonly reason: string };

/**
 * Unpacks the stream that `bytes` begins with, to see whether it can be. Given by the platform; up to `lanes` of them
 * may run at once, each on a core of its own where the platform can.
 *
 * @param bytes stay untouched until the promise settles
 * @param size bytes that may come out at most
 */
export type Unpack = (method: CompressionMethod, bytes: Uint8Array, size: number) => MaybePromise<Unpacked>;

/**
 * What can be wrong with the stream that a region stores.
 *
 * `notStream` does not begin as streams of its method do; `damaged` cannot be unpacked; `needsMore` can be, with bytes
 * that follow those it was given; `short` and `long` give fewer or more bytes than the unit has; `trailing` ends
 * before the bytes that were given to it; `padding`: what follows it in the region is not zero; `zero`: all that comes
 * out is zero.
 */
export type ContentFault =
  'notStream' | 'damaged' | 'needsMore' | 'short' | 'long' | 'trailing' | 'padding' | 'zero';

/** The figures of a content fault; positions and lengths in bytes. */
export interface ContentFacts {
  /** The region as messages name it: `the grain of gt[3][17]`. */
  readonly region: string;
  /** Where the stream begins in the file, and the bytes that it was given. */
  readonly start: number;
  readonly length: number;
  /** Bytes that it takes by itself; `null` where that is not known. */
  readonly used: number | null;
  /** Bytes that came out; `null` where that is not known. */
  readonly unpacked: number | null;
  /** Bytes that must come out, or the fewest of them. */
  readonly expected: number;
  /** Why it cannot be unpacked, as the end of a sentence; `null` where it can. */
  readonly reason: string | null;
}

/** Where a stream is in the bytes of its region. */
export interface StreamPlace {
  readonly from: number;
  readonly length: number;
}

/** What regions of a kind store, where that is packed and can be proved: depth `data` unpacks it. */
export interface Content {
  readonly method: CompressionMethod;
  /** Bytes of a unit. */
  readonly size: number;
  /** Bytes that must come out of unit `index` at least: fewer than the unit has where the disk ends inside it. */
  least(index: number): number;
  /**
   * Where the stream is in the region's bytes; absent: it begins them and may take all. `null`: it cannot be told, and
   * the walk has said why.
   */
  stream?(bytes: Uint8Array, index: number): StreamPlace | null;
  /** Bytes that a stream may be given past its end without fault: a sector where its length counts sectors. */
  readonly tolerance: number;
  /** Whether units may share streams, so that each is looked at once only. */
  readonly isShared: boolean;
  /** The rule for each fault; a fault without a rule is tolerated. */
  readonly rules: Readonly<Partial<Record<ContentFault, string>>>;
}

/** Ids of the rules in `M` whose figures are those of contents: what `Content.rules` may name. */
export type ContentRuleId<M> = { [Id in keyof M]: ContentFacts extends M[Id] ? Id : never }[keyof M];
