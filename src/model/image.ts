import type { CompressionMethod } from './compression.ts';
import type { FieldNode } from '../codec/index.ts';
import type { ImageFile, Located } from './image-file.ts';
import type { Place } from './problem.ts';
import type { GuestOffset, GuestRange } from './offsets.ts';
import type { AnyWalkListeners, FileLayout } from './owners.ts';
import type { ReferenceState } from './reference-state.ts';

export type { CompressionMethod } from './compression.ts';
export type { FileRole, ImageFile, Located } from './image-file.ts';
export type { ReferenceState } from './reference-state.ts';

/** A run of guest bytes and where they come from. */
export type Mapping = { readonly start: GuestOffset; readonly length: number } & (
  | { readonly kind: 'data'; readonly at: Located }
  /**
   * A part of one compressed unit, or all of it: `unit` are the guest bytes that the stream inflates to, which may
   * end past the end of the disk. `at` is where the stream begins and `storedLength` how many bytes may be read for
   * it, where the stream itself says where it ends.
   */
  | {
      readonly kind: 'compressed';
      readonly at: Located;
      readonly storedLength: number;
      readonly method: CompressionMethod;
      readonly unit: GuestRange;
      /**
       * Bytes that the stream inflates to at least: fewer than the unit has where the disk, or the part of it that
       * this file stores, ends inside it.
       */
      readonly least: number;
    }
  /** Reads as zeros by statement of the format; the parent is not asked. */
  | { readonly kind: 'zero' }
  /** Not stored in this layer: ask the parent, else zeros. */
  | { readonly kind: 'unallocated' }
  /** Unknown: the table or the file that tells cannot be read. `reason` ends a sentence. */
  | { readonly kind: 'unreadable'; readonly at: Place | null; readonly reason: string }
);

/** A link from an image to the one below it. */
export interface ParentLink {
  /** The name as the image gives it. */
  readonly name: string;
  /** The format that the image says the parent has; `null` where it does not say. */
  readonly formatHint: string | null;
  readonly state: ReferenceState;
  /** The path that was opened or would have been; `null` where none fits. */
  readonly path: string | null;
  /**
   * The format whose marks the parent shows, the stated one where it is among several; `raw` where a format with
   * marks is stated and none is seen. `null` where nothing can be said.
   */
  readonly recognised: string | null;
  /** Present where `state` is `opened`. */
  readonly image: Image | null;
  /** Why it is not open, in a sentence; `null` where it is. */
  readonly reason: string | null;
  /** The name under which it was found, where that is not the one that the image gives. */
  readonly foundAs?: string;
}

/** One structure of an image for `dump`: its fields in file order with positions relative to the file. */
export interface DumpedStructure {
  /** In the format's own words: `header`, `footer`, `descriptor`. */
  readonly name: string;
  readonly file: ImageFile;
  readonly offset: number;
  readonly size: number;
  /** Offsets are relative to the structure. */
  readonly fields: readonly FieldNode[];
}

/** What `info` tells of an image besides its sizes; keys and values as `qemu-img info --output=json` has them. */
export interface ImageInfo {
  /** Bytes; `null` where the format has no unit of allocation. */
  readonly clusterSize: number | null;
  readonly encrypted?: boolean;
  readonly compressed?: boolean;
  readonly dirty?: boolean;
  readonly snapshots?: readonly SnapshotInfo[];
  /** The `data` of `format-specific`. */
  readonly formatSpecific: Readonly<Record<string, unknown>> | null;
}

/** An internal snapshot, as `qemu-img info` lists it. */
export interface SnapshotInfo {
  readonly id: string;
  readonly name: string;
  /** Bytes; a `bigint` where a number would round it. */
  readonly vmStateSize: number | bigint;
  readonly dateSec: number;
  readonly dateNsec: number;
  readonly vmClockSec: number;
  readonly vmClockNsec: number;
  /** Instructions executed; a `bigint` where a number would round it. */
  readonly icount?: number | bigint;
}

/** An opened image: it answers where each guest byte lives and what owns each file byte, and nothing more. */
export interface Image {
  /** Format id: `vmdk`, `vhd`, `qcow2`, `raw`. */
  readonly format: string;
  /** The format's own subformat name; `null` where it has none or it cannot be told. */
  readonly variant: string | null;
  /** Bytes of the guest's disk. */
  readonly size: number;
  /** The files this layer consists of, the one that was opened first; those of parents are not among them. */
  readonly files: readonly ImageFile[];
  /** The layer below; `null` for an image without one. */
  readonly parent: ParentLink | null;
  /** Bytes of one unit of allocation; `null` where there is none (raw, flat). */
  readonly allocationUnit: number | null;
  /**
   * Guest to file, in ascending order without gaps, coalesced, in batches, clipped to `range` and to the disk's
   * size. A table that is damaged is `unreadable` for what it would tell.
   *
   * @throws SourceError where bytes of a table cannot be fetched
   */
  mappings(range: GuestRange): AsyncIterable<readonly Mapping[]>;
  /**
   * The same by the second copies of tables, where the format has any: for ranges of which the first copy tells
   * nothing that can be read.
   */
  otherMappings?(range: GuestRange): AsyncIterable<readonly Mapping[]>;
  /** How regions are placed in `file`; `null` for files without structure (flat extents, raw). */
  layout(file: ImageFile): FileLayout | null;
  /**
   * File to owner: one pass over the tables of `file` that tells `owners` every range that the format uses, and
   * `findings` what is odd.
   *
   * @returns what was learned on the way; rules get it as `facts.walk(file)`
   */
  walk?(file: ImageFile, listeners: AnyWalkListeners): unknown;
  /** Every header-like structure, in file order. */
  structures(): readonly DumpedStructure[];
  info(): ImageInfo;
  /** Closes the files of this layer and its parents. */
  close(): Promise<void>;
}
