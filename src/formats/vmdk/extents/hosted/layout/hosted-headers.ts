import type { SparseExtentHeader } from '../../../../../../generated/vmdk4.ts';
import type { Placed } from '../../../../shared/placed.ts';

/** The value of `gd_offset` that sends the reader to the footer (GD_AT_END). */
export const GD_AT_END = 0xffff_ffff_ffff_ffffn;

/** A header or footer; it is trusted where its magic is right, without which the other one is more to be believed. */
export type HostedHeader = Placed<SparseExtentHeader>;

/** The header at the start of an extent, and the footer that repeats it in streams. */
export interface HostedHeaders {
  readonly header: HostedHeader;
  readonly footer: HostedHeader | null;
  /** The one whose offsets count. */
  readonly current: HostedHeader;
  /** Fields of the header that are wrong by themselves, which was told. */
  readonly flaws: ReadonlySet<string>;
}
