import type { SpecRule as LuksRule } from '../../../generated/luks.ts';
import type { SpecRule as Qcow2Rule } from '../../../generated/qcow2.ts';
import type { Breach } from '../../codec/index.ts';
import type { ContentFacts } from '../../model/content.ts';
import type { FileFindings } from '../../model/file-findings.ts';
import type { FormatContext } from '../../model/format.ts';
import type { PartFacts, RegionFacts } from '../../model/owners.ts';

/** Rules that the specs raise. */
export type SpecRule = LuksRule | Qcow2Rule;

/** Rules that a spec raises and code too, each under several conditions: code tells the sentence. */
type SharedRule =
  | 'qcow2/backing-name-bounds'
  | 'qcow2/bitmap-directory-entry'
  | 'qcow2/bitmap-ext-invalid'
  | 'qcow2/cluster-bits'
  | 'qcow2/feature-table-malformed'
  | 'qcow2/header-length'
  | 'qcow2/header-truncated'
  | 'qcow2/l1-unaligned'
  | 'qcow2/luks-header-bounds'
  | 'qcow2/luks-slot'
  | 'qcow2/snapshot-date'
  | 'qcow2/snapshot-disk-size'
  | 'qcow2/snapshot-extra-size'
  | 'qcow2/snapshot-id'
  | 'qcow2/snapshot-l1-bounds'
  | 'qcow2/snapshot-table-bounds'
  | 'qcow2/snapshot-vmstate';

/** Rules that say all there is to say by their name. */
type PlainRule =
  | 'qcow2/bitmap-autoclear-orphan'
  | 'qcow2/crypt-aes-legacy'
  | 'qcow2/data-file-name-missing'
  | 'qcow2/luks-ext-missing'
  | 'qcow2/luks-no-active-slot'
  | 'qcow2/raw-external-with-backing';

/** Rules on single entries of tables that have no other figures. */
type EntryRule =
  | 'qcow2/compressed-high-bits'
  | 'qcow2/compressed-with-data-file'
  | 'qcow2/compressed-with-encryption'
  | 'qcow2/data-file-copied'
  | 'qcow2/l2-copied-without-offset'
  | 'qcow2/l2-unallocated-table'
  | 'qcow2/l2-zero-bit-v2';

/** Rules on where regions are. */
type RegionRule =
  | 'qcow2/compressed-in-metadata'
  | 'qcow2/compressed-out-of-file'
  | 'qcow2/l1-entry-duplicate'
  | 'qcow2/l1-entry-out-of-file'
  | 'qcow2/l2-entry-duplicate'
  | 'qcow2/l2-entry-in-metadata'
  | 'qcow2/l2-entry-out-of-file'
  | 'qcow2/metadata-overlap'
  | 'qcow2/reftable-entry-duplicate'
  | 'qcow2/reftable-entry-out-of-file';

/** Rules on what compressed clusters store. */
type ContentRule =
  | 'qcow2/compressed-corrupt'
  | 'qcow2/compressed-oversized-n'
  | 'qcow2/compressed-short-output'
  | 'qcow2/compressed-too-short';

/** A table entry by its field path. */
export interface EntryName {
  readonly entry: string;
}

/** An entry that points into the middle of a cluster; `target` is exact. */
export interface UnalignedEntry extends EntryName {
  readonly target: string;
  readonly clusterSize: number;
}

/** A COPIED flag and the count, in words, that it contradicts. */
export interface CopiedFigures extends EntryName {
  readonly isCopied: boolean;
  readonly refcount: string;
}

/** A subcluster bitmap, as it is in the image. */
export interface SubclusterFigures extends EntryName {
  readonly bits: string;
}

/** What a wrong count of one cluster is told with. */
export interface RefcountFigures {
  /** Number of the host cluster. */
  readonly cluster: number;
  /** Its first byte in the file; exact, also above 2^53. */
  readonly start: string;
  /** Exact, also where it has 64 bits. */
  readonly stored: string;
  readonly computed: number;
}

/**
 * What is told of the counts of clusters in use whose refcount block is missing; the other figures are the first
 * one's.
 */
export interface AbsentFigures {
  readonly absent?: { readonly block: number; readonly clusters: number };
}

/** Entries that a table has, and that the disk needs. */
export interface TableFigures {
  readonly entries: number;
  readonly needed: number;
}

/**
 * Everything that can be found out about a qcow2 image, and the figures that go with it. Positions and lengths are
 * bytes.
 */
export interface Qcow2Findings
  extends
    Record<
      Exclude<SpecRule, SharedRule | 'qcow2/bitmap-table-entry' | 'qcow2/size-limit' | 'qcow2/dirty'>,
      Breach
    >,
    Record<SharedRule, Breach | string>,
    Record<PlainRule, null>,
    Record<EntryRule, EntryName>,
    Record<RegionRule, RegionFacts>,
    Record<ContentRule, ContentFacts> {
  'qcow2/dirty': { readonly stale: number };
  'qcow2/backing-cycle': { readonly reason: string };
  'qcow2/backing-depth': { readonly reason: string };
  'qcow2/backing-format-mismatch': { readonly stated: string; readonly found: string };
  'qcow2/backing-format-missing': { readonly name: string };
  'qcow2/backing-format-unknown': { readonly format: string };
  'qcow2/backing-missing': { readonly reason: string };
  'qcow2/backing-not-opened': { readonly reason: string };
  'qcow2/backing-name-empty': { readonly offset: string };
  'qcow2/backing-name-nul': { readonly name: string };
  'qcow2/backing-newer': { readonly name: string };
  'qcow2/backing-size-mismatch': { readonly size: number; readonly backing: number };
  'qcow2/bitmap-autoclear-missing': { readonly count: number };
  'qcow2/bitmap-name-duplicate': { readonly name: string };
  'qcow2/bitmap-size-mismatch': { readonly label: string } & TableFigures;
  'qcow2/bitmap-table-entry': Breach | RegionFacts | UnalignedEntry;
  'qcow2/bitmap-tail-bits': { readonly label: string; readonly bits: number };
  'qcow2/data-file-raw-hole': { readonly first: number; readonly sectors: number };
  'qcow2/trailing-data': { readonly first: number; readonly sectors: number; readonly end: number };
  'qcow2/compressed-overlap': EntryName & {
    readonly start: number;
    readonly end: number;
    readonly other: string;
  };
  'qcow2/compression-type': { readonly type: number; readonly bit: boolean };
  'qcow2/data-file-missing': { readonly reason: string };
  'qcow2/data-file-not-opened': { readonly reason: string };
  'qcow2/data-file-name-unexpected': { readonly name: string };
  'qcow2/data-file-offset-mismatch': EntryName & { readonly target: string; readonly guest: number };
  'qcow2/data-file-short': { readonly size: number; readonly needed: number };
  'qcow2/ext-duplicate': { readonly type: string; readonly first: number };
  'qcow2/ext-no-end': { readonly end: number };
  'qcow2/ext-unknown': { readonly type: string; readonly length: number };
  'qcow2/first-cluster-foreign-data': { readonly count: number; readonly offset: number };
  'qcow2/l1-copied-mismatch': CopiedFigures;
  'qcow2/l1-entry-unaligned': UnalignedEntry;
  'qcow2/l1-excess': TableFigures;
  'qcow2/l1-out-of-file': { readonly where: string; readonly fileSize: number };
  'qcow2/l1-too-small': TableFigures;
  'qcow2/l2-beyond-size': EntryName & { readonly clusters: number; readonly size: number };
  'qcow2/l2-copied-mismatch': CopiedFigures;
  'qcow2/l2-entry-unaligned': UnalignedEntry;
  'qcow2/luks-ext-unexpected': { readonly method: number };
  'qcow2/refcount-leak': RefcountFigures;
  'qcow2/refcount-overflow': RefcountFigures & { readonly max: number };
  'qcow2/refcount-past-eof': RefcountFigures;
  'qcow2/refcount-self': RefcountFigures;
  'qcow2/refcount-too-low': RefcountFigures & AbsentFigures;
  'qcow2/reftable-entry-unaligned': UnalignedEntry;
  'qcow2/reftable-out-of-file': { readonly range: string; readonly fileSize: number };
  'qcow2/reftable-too-large': { readonly clusters: number; readonly bytes: number };
  'qcow2/reftable-unaligned': { readonly offset: string; readonly clusterSize: number };
  /** `entries` are the L1 entries that the disk needs; both exact. */
  'qcow2/size-limit': Breach | { readonly size: string; readonly entries: string };
  'qcow2/size-unaligned': { readonly size: number };
  /** `within` names the snapshot. */
  'qcow2/snapshot-entry-errors': PartFacts;
  'qcow2/subcluster-compressed-bitmap': SubclusterFigures;
  'qcow2/subcluster-no-offset': SubclusterFigures;
  'qcow2/v2-nonzero-tail': { readonly type: string };
}

/** What code of this format is given to open an image. */
export type Qcow2Context = FormatContext<FileFindings & Qcow2Findings>;
