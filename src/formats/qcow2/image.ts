import type { BitmapsExtension, EncryptionExtension, Header } from '../../../generated/qcow2.ts';
import type { Source } from '../../io/source.ts';
import type { CompressionMethod, Image, ImageFile, ParentLink } from '../../model/image.ts';
import type { Placed } from '../shared/placed.ts';
import type { BackingName } from './layout/backing.ts';
import type { BitmapDirectory } from './layout/bitmaps.ts';
import type { DataFile, NamedDataFile } from './layout/data-file.ts';
import type { DecodedExtension, ExtensionList, FeatureNames } from './layout/extensions.ts';
import type { Geometry } from './layout/geometry.ts';
import type { LuksArea } from './layout/luks.ts';
import type { PointerTable } from './layout/pointer-table.ts';
import type { SnapshotTable } from './layout/snapshots.ts';

/** What opening read of an image, all of it plain. */
export interface Qcow2Layout {
  readonly file: ImageFile;
  /** The image's file, followed by zeros up to the end of its last cluster. */
  readonly source: Source;
  /** The file as it was opened, without the zeros past its end. */
  readonly opened: Source;
  /** Bytes of the image's file. */
  readonly fileSize: number;
  readonly geometry: Geometry;
  readonly header: Placed<Header>;
  /** As far as it is in the file. */
  readonly firstCluster: Uint8Array;
  readonly extensions: ExtensionList;
  readonly bitmapsExtension: DecodedExtension<BitmapsExtension> | null;
  readonly encryptionExtension: DecodedExtension<EncryptionExtension> | null;
  readonly featureNames: readonly FeatureNames[];
  readonly backing: BackingName | null;
  readonly parent: ParentLink | null;
  /** Whether guest data are in an external data file. */
  readonly hasDataFile: boolean;
  /** `null` where guest data are in this file. */
  readonly dataFile: DataFile | null;
  /** A data file that is named although guest data are in this file. */
  readonly unusedDataFile: NamedDataFile | null;
  readonly isEncrypted: boolean;
  /** How compressed clusters are packed. */
  readonly method: CompressionMethod;
  /** Whether incompatible features are unknown, so that no table can be trusted. */
  readonly isOpaque: boolean;
  /** Whether the reference counts can be read. */
  readonly hasRefcounts: boolean;
  readonly l1: PointerTable;
  readonly refcountTable: PointerTable;
  readonly snapshots: SnapshotTable;
  readonly bitmaps: BitmapDirectory | null;
  /** Whether the bitmaps are in force; stale ones own nothing. */
  readonly hasValidBitmaps: boolean;
  readonly luks: LuksArea | null;
}

/** An opened qcow2 image: what was read of it, and the answers that follow. */
export type Qcow2Image = Image & Qcow2Layout;

/** What a walk over the active tree learns besides who owns what. */
export interface Qcow2Walk {
  /** Guest clusters whose entry has a host cluster but not COPIED; compressed ones never have it. */
  uncopied: number;
  /** First guest byte after the last cluster that is stored. */
  storedEnd: number;
  /** Clusters that are allocated past the end of the disk, and the first of them. */
  beyondSize: number;
  firstBeyondSize: number;
  /**
   * Whether compressed clusters follow one another in the file as their guest clusters do, no two with the same
   * bytes.
   */
  areStreamsInOrder: boolean;
  /** L1 entries whose L2 table has no entry in use. */
  readonly emptyTables: number[];
}
