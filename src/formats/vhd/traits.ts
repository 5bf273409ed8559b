import type { Place } from '../../model/problem.ts';

/** What a VHD is to those who take images in. */
export interface VhdTraits {
  readonly variant: 'fixed' | 'dynamic' | 'differencing';
  readonly diskTypeAt: Place;
  /** Bytes as the footer states them. */
  readonly currentSize: number;
  readonly currentSizeAt: Place;
  /** Bytes of the file before the footer. */
  readonly dataBytes: number;
  /** Creator's operating system as four letters. */
  readonly creatorOs: string;
  readonly creatorOsAt: Place;
  /** Bytes; `null` in a fixed disk. */
  readonly blockSize: number | null;
}

declare module '../../model/disclosure.ts' {
  interface TraitsByFormat {
    readonly vhd: VhdTraits;
  }
}
