import { CompressionType, CryptMethod, type Header } from '../../../generated/qcow2.ts';
import { UnreadableImageError, UnsupportedFeatureError } from '../../errors.ts';
import type { ImageFile, Mapping, ParentLink } from '../../model/image.ts';
import { toSafeNumber, type GuestRange } from '../../model/offsets.ts';
import type { FileLayout, WalkListeners } from '../../model/owners.ts';
import type { Placed } from '../shared/placed.ts';
import type { Qcow2Context, Qcow2Findings } from './findings.ts';
import type { Qcow2Image, Qcow2Layout } from './image.ts';
import { describe } from './info.ts';
import { readBacking, type BackingName } from './layout/backing.ts';
import { readBitmaps } from './layout/bitmaps.ts';
import { openDataFile, readDataFileName } from './layout/data-file.ts';
import {
  readBitmapsExtension,
  readEncryptionExtension,
  readExtensions,
  readFeatureNames,
  type ExtensionList,
} from './layout/extensions.ts';
import {
  exactL1Entries,
  makeGeometry,
  MAX_L1_ENTRIES,
  toPosition,
  type Geometry,
} from './layout/geometry.ts';
import { readHeader, type HeaderRead } from './layout/header.ts';
import { readLuks } from './layout/luks.ts';
import { padSource } from './layout/padded-source.ts';
import { MAX_BYTES } from './layout/pointer-reader.ts';
import { readSnapshots, type SnapshotTable } from './layout/snapshots.ts';
import { endOf } from './layout/spans.ts';
import { readL1, readRefcountTable } from './layout/tables.ts';
import { mapClusters } from './mappings.ts';
import { listStructures } from './structures.ts';
import { walkImage } from './walk.ts';

/** Bytes of the largest disk that any tables can map. */
const MAX_DISK = 2n ** 61n;

/**
 * Opens a qcow2 image.
 *
 * @throws UnreadableImageError where version, cluster size or disk size are impossible
 * @throws UnsupportedFeatureError for a disk of 2^53 bytes or more
 */
export async function openQcow2(context: Qcow2Context): Promise<Qcow2Image> {
  const layout = await readLayout(context);
  const { file, geometry, header, dataFile, parent, opened, isOpaque } = layout;
  const stored = storeOf(layout);
  return {
    format: 'qcow2',
    variant: header.fields.version === 2 ? 'v2' : 'v3',
    size: geometry.size,
    files: dataFile?.file == null ? [file] : [file, dataFile.file],
    allocationUnit: geometry.clusterSize,
    mappings: (range) => (isOpaque ? mapNothing(layout, range) : mapClusters({ ...layout, stored }, range)),
    layout: (of) => (of === file && !isOpaque ? layoutOf(geometry) : null),
    walk: (_file, listeners: WalkListeners<Qcow2Findings>) => walkImage(layout, listeners),
    structures: () => listStructures(layout),
    info: () => describe(layout),
    close: async () => {
      await opened.close();
      await dataFile?.file?.source?.close();
      await parent?.image?.close();
    },
    // Last: V8 copies properties onto an object that has its own already some thirty times faster than it adds others
    // to a copy.
    ...layout,
  };
}

/** Reads header, extensions, the tables that point to all others and the names of other files. */
async function readLayout(context: Qcow2Context): Promise<Qcow2Layout> {
  const { file, source: opened } = context;
  const head = await readHeader(context);
  const { header, firstCluster } = head;
  const { fields } = header;
  const geometry = geometryOf(context, header);
  const source = padSource(opened, geometry.limit);
  const extensions = extensionsOf(context, head, geometry);
  const backing = readBacking(fields, firstCluster, extensions);
  const bitmapsExtension = readBitmapsExtension(context, extensions);
  const encryptionExtension = readEncryptionExtension(context, extensions);
  const incompatible = fields.incompatibleFeatures;
  const hasDataFile = incompatible?.externalDataFile ?? false;
  const namedDataFile = readDataFileName(extensions);
  const parent = await openBacking(context, backing, geometry);
  const refcountTable = await readRefcountTable(fields, source, geometry);
  const snapshots = await readSnapshots(context, source, header, geometry);
  limitSnapshots(context, snapshots);
  return {
    file,
    source,
    opened,
    fileSize: opened.size,
    geometry,
    header,
    firstCluster,
    extensions,
    bitmapsExtension,
    encryptionExtension,
    featureNames: readFeatureNames(context, extensions),
    backing,
    parent,
    hasDataFile,
    dataFile: hasDataFile ? await openDataFile(context, namedDataFile) : null,
    unusedDataFile: hasDataFile ? null : namedDataFile,
    isEncrypted: fields.cryptMethod !== CryptMethod.none,
    method: fields.compressionType === CompressionType.zstd ? 'zstd' : 'deflate',
    isOpaque: incompatible !== undefined && (incompatible.reserved1 !== 0 || incompatible.reserved2 !== 0),
    hasRefcounts: refcountTable.length > 0 && (fields.refcountOrder ?? 4) <= 6,
    l1: await readL1(fields, source, geometry),
    refcountTable,
    snapshots,
    bitmaps: await readBitmaps(context, source, bitmapsExtension, geometry),
    hasValidBitmaps: fields.autoclearFeatures?.bitmaps ?? false,
    luks: await readLuks(context, source, encryptionExtension, geometry),
  };
}

function layoutOf({ clusterSize, limit }: Geometry): FileLayout {
  return { placement: 'aligned', unit: clusterSize, origin: 0, limit };
}

/** The file with guest data. What is missing of the last cluster of the image reads as zeros. */
function storeOf({ file, source, hasDataFile, dataFile }: Qcow2Layout): ImageFile | string {
  if (!hasDataFile) return source === file.source ? file : { ...file, source };
  return dataFile?.file ?? dataFile?.reason ?? `${file.path} does not name its data file`;
}

async function* mapNothing({ file, geometry }: Qcow2Layout, range: GuestRange): AsyncGenerator<Mapping[]> {
  const length = Math.min(range.length, geometry.size - range.start);
  const at = { file, offset: null, length: null, field: 'header.incompatible_features' };
  const reason = `${file.path} uses an unknown incompatible feature`;
  if (length > 0) yield [{ kind: 'unreadable', start: range.start, length, at, reason }];
}

function geometryOf(context: Qcow2Context, header: Placed<Header>): Geometry {
  const { fields } = header;
  const order = fields.refcountOrder ?? 4;
  const size = toSafeNumber(fields.size);
  const geometry = makeGeometry({
    clusterBits: fields.clusterBits,
    version: fields.version === 2 ? 2 : 3,
    extendedL2: fields.incompatibleFeatures?.extendedL2 ?? false,
    refcountOrder: order <= 6 ? order : 4,
    size: size ?? 0,
    fileSize: context.source.size,
  });
  if (size === null) refuseSize(context, header, geometry);
  return geometry;
}

/** Ends the opening of an image whose disk has 2^53 bytes or more, which its tables may or may not be able to map. */
function refuseSize({ source, findings }: Qcow2Context, header: Placed<Header>, geometry: Geometry): never {
  const { size } = header.fields;
  const entries = exactL1Entries(geometry, size);
  if (entries <= MAX_L1_ENTRIES)
    throw new UnsupportedFeatureError(
      `${source.name}: disks of 2^53 bytes and more are not supported (${size})`,
    );
  const figures = { size: String(size), entries: String(entries) };
  // Above that the header's spec has told it.
  if (size <= MAX_DISK)
    findings.tell('qcow2/size-limit', { at: header.at('size'), data: figures, actual: figures.size });
  throw new UnreadableImageError(`${source.name}: the disk cannot have ${size} bytes`);
}

function extensionsOf(
  context: Qcow2Context,
  { header: { fields }, firstCluster, hasLength }: HeaderRead,
  { clusterSize }: Geometry,
): ExtensionList {
  const start = fields.version === 2 ? endOf(fields.at('snapshots_offset')) : (fields.headerLength ?? 0);
  if (!hasLength) return { start, end: start, stop: start, isEnded: false, records: [] };
  const name = toPosition(fields.backingFileOffset);
  const end = name >= start && name <= clusterSize ? name : clusterSize;
  return readExtensions(context, firstCluster, start, end);
}

/** Says so where the snapshots' L1 tables are more than is worked through. */
function limitSnapshots({ file, findings }: Qcow2Context, { offset, length, entries }: SnapshotTable): void {
  const count = entries.reduce((sum, { l1Entries }) => sum + 8 * l1Entries, 0);
  if (count <= MAX_BYTES) return;
  const at = { file, offset, length, field: 'snapshots' };
  const what = "bytes of the snapshots' L1 tables";
  findings.tell('file/limit-exceeded', { at, data: { what, count, limit: MAX_BYTES } });
}

/** Opens the backing file; `null` for an image without one. */
async function openBacking(
  context: Qcow2Context,
  backing: BackingName | null,
  { clusterSize }: Geometry,
): Promise<ParentLink | null> {
  if (backing === null || backing.length === 0) return null;
  const { name, format: formatHint, offset, length } = backing;
  if (offset + length <= clusterSize) return context.openParent({ name, formatHint });
  const reason = 'the name of the backing file is not inside the first cluster';
  return { name, formatHint, recognised: null, state: 'unreadable', path: null, image: null, reason };
}
