import type { ImageFile, Located } from './image-file.ts';
import type { Place } from './problem.ts';

/** What an image means another file to be. */
export type NameKind = 'backing file' | 'parent' | 'data file' | 'extent' | 'change tracking file';

/** A name in an image that means another file, whether readers use it or not. */
export interface NamedFile {
  readonly kind: NameKind;
  /** As it stands in the image. */
  readonly name: string;
  readonly at: Place;
  /** The one extent of an embedded descriptor, which is the file that contains it; what matters is that it is a plain name. */
  readonly isOwn?: boolean;
}

/** Part of an image that is no file: a raw device mapping, an object of a datastore. */
export interface NamedDevice {
  /** As the image says it: `VMFSRDM`. */
  readonly what: string;
  readonly at: Place;
}

/** A table that readers keep in memory while an image is open. */
export interface DeclaredTable {
  readonly name: string;
  /** Bytes as the header declares them; more than the file has is possible. */
  readonly bytes: number;
  readonly at: Place;
}

/** Text that whoever made the image left in it. */
export interface LeftText {
  readonly text: string;
  readonly at: Place;
}

/** A size of the disk that some readers see. */
export interface SeenSize {
  /** As messages name them: `QEMU below 10`. */
  readonly readers: string;
  /** The platforms among them, by the names of `--for`. */
  readonly platforms: readonly string[];
  readonly bytes: number;
}

/** What a VMDK is to those who take images in. */
export interface VmdkTraits {
  readonly format: 'vmdk';
  /** As the descriptor spells it; `null` where there is no descriptor or it does not say. */
  readonly createType: string | null;
  /** `null` where there is none. */
  readonly descriptor: {
    readonly isEmbedded: boolean;
    /** Byte position in the file. */
    readonly offset: number;
    readonly isAscii: boolean;
    readonly at: Place;
    /** As it is written; `null` where it is missing. */
    readonly version: string | null;
    /** Lines that are neither comment, property nor extent. */
    readonly unparsedLines: number;
  } | null;
  /** Type words of the extents, in upper case. */
  readonly extentTypes: readonly string[];
  readonly adapterType: { readonly name: string; readonly at: Place } | null;
  /** Kinds of the extents' files. */
  readonly kinds: readonly string[];
  /** The header of the first hosted sparse extent. */
  readonly hosted: {
    readonly version: number;
    readonly isCompressed: boolean;
    readonly hasMarkers: boolean;
    /** Whether the directory is named by a footer at the end. */
    readonly isDirectoryAtEnd: boolean;
    readonly grainSectors: number;
    readonly at: Place;
  } | null;
}

/** What a VHD is to those who take images in. */
export interface VhdTraits {
  readonly format: 'vhd';
  readonly variant: 'fixed' | 'dynamic' | 'differencing';
  readonly diskTypeAt: Place;
  /** Bytes as the footer states them. */
  readonly currentSize: number;
  readonly currentSizeAt: Place;
  /** Bytes of the file in front of the footer. */
  readonly dataBytes: number;
  /** Creator's operating system as four letters. */
  readonly creatorOs: string;
  readonly creatorOsAt: Place;
  /** Whether any data block is not aligned to 4096 bytes; `null` without blocks. */
  readonly blockSize: number | null;
}

/** What a qcow2 is to those who take images in. */
export interface Qcow2Traits {
  readonly format: 'qcow2';
  readonly version: 2 | 3;
  readonly versionAt: Place;
  readonly hasExtendedL2: boolean;
  readonly hasUnknownFeatures: boolean;
  readonly featuresAt: Place | null;
  readonly hasDataFile: boolean;
  readonly hasBackingFile: boolean;
  readonly snapshots: number;
}

/** What a VDI is to those who take images in. */
export interface VdiTraits {
  readonly format: 'vdi';
  readonly variant: string | null;
}

/** Nothing is known of a raw disk. */
export interface RawTraits {
  readonly format: 'raw';
}

/** What those who take images in ask of each format. */
export type Traits = VmdkTraits | VhdTraits | Qcow2Traits | VdiTraits | RawTraits;

/**
 * What an image says about itself to those who take it in: a gate for images from strangers, a platform. Plain facts; nothing here
 * is judged.
 */
export interface Disclosure {
  readonly traits: Traits;
  /** Names of other files, in file order. */
  readonly names: readonly NamedFile[];
  readonly devices: readonly NamedDevice[];
  /** Why this layer is not a whole disk by itself although it names nothing: it is an extent of a set, or a child of a parent that it has an id of. */
  readonly needs: readonly {
    readonly what: 'parent' | 'other files';
    readonly reason: string;
    readonly at: Place;
  }[];
  /** Files whose bytes from `offset` on are the guest's own, from the start of its disk or of an extent. */
  readonly plain: readonly Located[];
  readonly encryption: { readonly method: string; readonly at: Place } | null;
  readonly tables: readonly DeclaredTable[];
  readonly texts: readonly LeftText[];
  /** Where readers disagree, what each sees; else empty. */
  readonly sizes: readonly SeenSize[];
}

/** The place of a whole file. */
export function wholeFile(file: ImageFile): Place {
  return { file, offset: null, length: null, field: null };
}
