import type { BitmapsExtension, EncryptionExtension } from '../../../generated/qcow2.ts';
import type { Source } from '../../io/source.ts';
import type {
  CompressionMethod,
  DumpedStructure,
  Image,
  ImageFile,
  ImageInfo,
  Mapping,
  ParentLink,
  ReferenceState,
} from '../../model/image.ts';
import type { GuestRange } from '../../model/offsets.ts';
import type { FileLayout, Owners } from '../../model/owners.ts';
import type { BackingName } from './backing.ts';
import { claimImage, type ClaimInput } from './claim.ts';
import type { DecodedExtension, ExtensionRecord, FeatureNames } from './extensions.ts';
import type { Geometry } from './geometry.ts';
import { describe } from './info.ts';
import { mapClusters } from './mappings.ts';
import { nullOwners } from './null-owners.ts';
import { listStructures } from './structures.ts';
import type { ActiveScan } from './tree-walk.ts';

/** The external data file that an image names. */
export interface DataFile {
  /** `null` where the header does not name it. */
  readonly name: string | null;
  /** The extension that names it. */
  readonly record: ExtensionRecord | null;
  /** `null` where there is no name to open. */
  readonly file: ImageFile | null;
  readonly state: ReferenceState;
  /** Why it is not open, in a sentence; `null` where it is. */
  readonly reason: string | null;
}

/** What opening found, all of it plain. */
export interface Qcow2Parts extends ClaimInput {
  /** Bytes of the image's file. */
  readonly fileSize: number;
  /** The file as it was opened, without the zeros behind its end. */
  readonly opened: Source;
  /** As far as it is in the file. */
  readonly firstCluster: Uint8Array;
  readonly bitmapsExtension: DecodedExtension<BitmapsExtension> | null;
  readonly encryptionExtension: DecodedExtension<EncryptionExtension> | null;
  readonly featureNames: readonly FeatureNames[];
  /** How compressed clusters are packed. */
  readonly method: CompressionMethod;
  readonly backing: BackingName | null;
  readonly parent: ParentLink | null;
  /** `null` where guest data are in this file. */
  readonly dataFile: DataFile | null;
  /** A data file that is named although guest data are in this file. */
  readonly unusedDataFile: { readonly name: string; readonly record: ExtensionRecord } | null;
  /** Whether incompatible features are unknown, so that no table can be trusted. */
  readonly isOpaque: boolean;
  /** Whether the reference counts can be read. */
  readonly hasRefcounts: boolean;
}

/** An opened qcow2 image: what was read of it, and the answers that follow. */
export type Qcow2Image = Image &
  Qcow2Parts & {
    /** What the walk over the active tree found; walks it where nobody has claimed yet. */
    activeScan(): Promise<ActiveScan>;
  };

/** Makes an image of what opening found. */
export function makeImage(parts: Qcow2Parts): Qcow2Image {
  const { file, geometry, header, dataFile, parent, opened, isOpaque } = parts;
  const stored = storeOf(parts);
  let scan: ActiveScan | null = null;
  const claim = async (owners: Owners): Promise<ActiveScan> => (scan = await claimImage(parts, owners));
  return {
    format: 'qcow2',
    variant: header.version === 2 ? 'v2' : 'v3',
    size: geometry.size,
    files: dataFile?.file == null ? [file] : [file, dataFile.file],
    allocationUnit: geometry.clusterSize,
    mappings: (range) => (isOpaque ? mapNothing(parts, range) : mapClusters({ ...parts, stored }, range)),
    layout: (of) => (of === file && !isOpaque ? layoutOf(geometry) : null),
    claim: async (_file, owners) => void (await claim(owners)),
    activeScan: async () => scan ?? claim(nullOwners),
    structures: (): readonly DumpedStructure[] => listStructures(parts),
    info: (): ImageInfo => describe(parts),
    close: async () => {
      await opened.close();
      await dataFile?.file?.source?.close();
      await parent?.image?.close();
    },
    // Last: V8 copies properties onto an object that has its own already some thirty times faster than it adds others to a copy.
    ...parts,
  };
}

function layoutOf({ clusterSize, limit }: Geometry): FileLayout {
  return { placement: 'aligned', unit: clusterSize, origin: 0, limit };
}

/** The file with guest data. What is missing of the last cluster of the image reads as zeros. */
function storeOf({ file, source, hasDataFile, dataFile }: Qcow2Parts): ImageFile | string {
  if (!hasDataFile) return source === file.source ? file : { ...file, source };
  return dataFile?.file ?? dataFile?.reason ?? `${file.path} does not name its data file`;
}

async function* mapNothing({ file, geometry }: Qcow2Parts, range: GuestRange): AsyncGenerator<Mapping[]> {
  const length = Math.min(range.length, geometry.size - range.start);
  const at = { file, offset: null, length: null, field: 'header.incompatible_features' };
  const reason = `${file.path} uses an unknown incompatible feature`;
  if (length > 0) yield [{ kind: 'unreadable', start: range.start, length, at, reason }];
}
