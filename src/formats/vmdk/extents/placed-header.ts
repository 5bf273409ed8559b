import type { SparseExtentHeader } from '../../../../generated/vmdk4.ts';
import type { ImageFile } from '../../../model/image.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Place } from '../../../model/problem.ts';
import { hasHostedMagic } from '../marks.ts';

/** The value of `gd_offset` that sends the reader to the footer (GD_AT_END). */
export const GD_AT_END = 0xffff_ffff_ffff_ffffn;

/** A decoded header and where it lies. */
export interface PlacedHeader {
  readonly name: 'header' | 'footer';
  /** Byte position in the file. */
  readonly offset: number;
  readonly fields: SparseExtentHeader;
  /** Fields that are wrong by themselves, which was reported. */
  readonly flaws: ReadonlySet<string>;
}

/** The header at the start of an extent, and the footer that repeats it in streams. */
export interface HostedHeaders {
  readonly header: PlacedHeader;
  readonly footer: PlacedHeader | null;
  /** The one whose offsets count. */
  readonly current: PlacedHeader;
}

/** The place of a field of a header, for problems; `field` is the spec's id. */
export function headerPlace(
  file: ImageFile,
  { name, offset, fields }: PlacedHeader,
  field: Parameters<SparseExtentHeader['at']>[0],
): Place {
  const span = fields.at(field);
  return {
    file,
    offset: offset + (span?.offset ?? 0),
    length: span?.size ?? SECTOR_SIZE,
    field: `${name}.${field}`,
  };
}

/** Whether a header has its magic, without which a footer is more to be trusted. */
export function isIntact({ fields }: PlacedHeader): boolean {
  return hasHostedMagic(fields.magicNumber, 0);
}
