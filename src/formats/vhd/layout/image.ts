import type { BatmapHeader, DynamicHeader, Footer } from '../../../../generated/vhd.ts';
import type { Source } from '../../../io/source.ts';
import type { Image, ImageFile } from '../../../model/image.ts';
import type { Placed } from '../../shared/placed.ts';

/** A footer, the one at the end or the copy at the start. */
export type PlacedFooter = Placed<Footer>;

/** How a VHD stores its guest's bytes. */
export type VhdVariant = 'fixed' | 'dynamic' | 'differencing';

/** The block allocation table with what is needed to walk it. */
export interface BlockTable {
  /** Byte position of the table. */
  readonly offset: number;
  /**
   * Sector number of each block's bitmap, or `UNALLOCATED`: as many as are in the file, at most as many as are
   * declared.
   */
  readonly entries: Uint32Array;
  /** Indices of the entries that are not `UNALLOCATED`, ascending. */
  readonly stored: Uint32Array;
  /** Entries that the disk's size asks for. */
  readonly needed: number;
  /** What is between the last entry and the end of its sector. */
  readonly padding: Uint8Array;
  /** Bytes of guest data in a block. */
  readonly blockSize: number;
  /** Bytes of the sector bitmap before them, whole sectors. */
  readonly bitmapBytes: number;
  /**
   * Whether it is the table: `false` where the header that names its place is damaged and the entries do not look
   * like those of a table. It may then be read by, but what is wrong with its entries says nothing of them.
   */
  readonly isTrusted: boolean;
  /** Whether bits count from the lowest of each byte, as blktap 0.1 had it. */
  readonly lowBitFirst: boolean;
}

/** Entry of a block that is not stored. */
export const UNALLOCATED = 0xffffffff;

/** blktap's map of blocks of which every sector is written. */
export interface Batmap {
  /** Trusted where its checksum is that of the map. */
  readonly header: Placed<BatmapHeader>;
  /** One bit for each block, highest bit first; `null` where the header does not point to one. */
  readonly map: Uint8Array | null;
  /** Byte position of the map. */
  readonly mapOffset: number;
}

/** A parent locator entry in use, with what it points to. */
export interface Locator {
  /** Number of the entry, 0 to 7. */
  readonly index: number;
  /** Four letters, or hex where they are none. */
  readonly code: string;
  /** Byte position of the data as the entry says; `null` where it cannot be one. */
  readonly offset: number | null;
  /** Bytes of the room for it after the 512 rule; `null` where the figure is neither sectors nor bytes. */
  readonly space: number | null;
  /** Bytes of the data. */
  readonly length: number;
  /** The data; `null` where they are not in the file. */
  readonly data: Uint8Array | null;
  /** The data as text; `null` where they are none. */
  readonly text: string | null;
}

/** A file that exists under the path of one locator. */
export interface LocatedParent {
  readonly locator: Locator;
  readonly path: string;
  /** As in `Source.identity`. */
  readonly identity: string;
}

/** An opened VHD. */
export interface VhdImage extends Image {
  readonly format: 'vhd';
  readonly variant: VhdVariant;
  readonly file: ImageFile;
  readonly source: Source;
  /** The footer that counts. */
  readonly footer: PlacedFooter;
  readonly footers: { readonly end: PlacedFooter | null; readonly copy: PlacedFooter | null };
  /** First byte of the footer at the end; the size of the file where there is none. */
  readonly limit: number;
  /** `null` in a fixed disk, and where none is found. */
  readonly header: Placed<DynamicHeader> | null;
  /** `null` where no table can be found. */
  readonly blocks: BlockTable | null;
  readonly batmap: Batmap | null;
  readonly locators: readonly Locator[];
  /** The files that locators point to by themselves, where the parent was opened. */
  readonly locatedParents: readonly LocatedParent[];
}

/** Whether an image is a VHD: no other format's images bear its id. */
export function isVhdImage(image: Image): image is VhdImage {
  return image.format === 'vhd';
}
