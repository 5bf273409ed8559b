import { CryptMethod, CompressionType, HeaderExtensionType, type Header } from '../../../generated/qcow2.ts';
import { UnreadableImageError, UnsupportedFeatureError } from '../../errors.ts';
import type { Source } from '../../io/source.ts';
import type { OpenContext } from '../../model/format.ts';
import type { ParentLink } from '../../model/image.ts';
import { toSafeNumber } from '../../model/offsets.ts';
import { fileFindings } from '../shared/file-rules.ts';
import { breachSink } from '../shared/spec-rules.ts';
import { readBacking, type BackingName } from './backing.ts';
import { readBitmaps } from './bitmaps.ts';
import {
  decodeText,
  findExtension,
  readBitmapsExtension,
  readEncryptionExtension,
  readExtensions,
  readFeatureNames,
  type ExtensionList,
  type ExtensionRecord,
  type SinkAt,
} from './extensions.ts';
import { makeGeometry, MAX_L1_ENTRIES, neededL1Entries, toPosition, type Geometry } from './geometry.ts';
import { readHeader } from './header.ts';
import { makeImage, type DataFile, type Qcow2Image } from './image.ts';
import { readLuks } from './luks.ts';
import { padSource } from './padded-source.ts';
import { endOf } from './places.ts';
import { PointerTable } from './pointer-table.ts';
import { MAX_BYTES, readPointerTable } from './pointer-reader.ts';
import { specRules } from './rules/from-spec.ts';
import { judgeSize, sizeLimit } from './rules/header.ts';
import { readSnapshots, type SnapshotTable } from './snapshots.ts';

const MAX_REFCOUNT_TABLE = 0x80_0000;
/** Bytes of the largest disk that any tables can map. */
const MAX_DISK = 2n ** 61n;

/**
 * Opens a qcow2 image: header, extensions, the tables that lead to all others, the names of other files.
 *
 * @throws UnreadableImageError where version, cluster size or disk size are impossible; UnsupportedFeatureError for a disk of 2^53 bytes or more
 */
export async function openQcow2(context: OpenContext): Promise<Qcow2Image> {
  const { file, source: opened, problems } = context;
  const sinkAt: SinkAt = (offset, name) => breachSink(specRules, { file, offset, name }, problems);
  const { header, firstCluster, hasLength } = await readHeader(context, sinkAt);
  const geometry = geometryOf(context, header);
  const source = padSource(opened, geometry.limit);
  const extensions = extensionsOf(header, firstCluster, geometry, hasLength, sinkAt);
  const backing = readBacking(header, firstCluster, extensions);
  const bitmapsExtension = readBitmapsExtension(extensions, sinkAt);
  const encryptionExtension = readEncryptionExtension(extensions, sinkAt);
  const hasDataFile = header.incompatibleFeatures?.externalDataFile ?? false;
  const namedDataFile = readDataFileName(extensions);
  const parent = await openBacking(context, backing, geometry);
  const incompatible = header.incompatibleFeatures;
  const refcountTable = await readRefcountTable(header, source, geometry);
  const snapshots = await readSnapshots(file, source, header, geometry, sinkAt);
  limitSnapshots(context, snapshots);
  return makeImage({
    file,
    source,
    opened,
    fileSize: opened.size,
    header,
    geometry,
    firstCluster,
    extensions,
    bitmapsExtension,
    encryptionExtension,
    featureNames: readFeatureNames(extensions, sinkAt),
    backing,
    parent,
    hasDataFile,
    dataFile: hasDataFile ? await openDataFile(context, namedDataFile) : null,
    unusedDataFile: hasDataFile ? null : namedDataFile,
    isEncrypted: header.cryptMethod !== CryptMethod.none,
    method: header.compressionType === CompressionType.zstd ? 'zstd' : 'deflate',
    isOpaque: incompatible !== undefined && (incompatible.reserved1 !== 0 || incompatible.reserved2 !== 0),
    hasRefcounts: refcountTable.length > 0 && (header.refcountOrder ?? 4) <= 6,
    l1: await readL1(header, source, geometry),
    refcountTable,
    snapshots,
    bitmaps: await readBitmaps(file, source, bitmapsExtension, geometry, sinkAt),
    hasValidBitmaps: header.autoclearFeatures?.bitmaps ?? false,
    luks: await readLuks(file, source, encryptionExtension, geometry, sinkAt),
  });
}

function geometryOf(context: OpenContext, header: Header): Geometry {
  const order = header.refcountOrder ?? 4;
  const size = toSafeNumber(header.size);
  const geometry = makeGeometry({
    clusterBits: header.clusterBits,
    version: header.version === 2 ? 2 : 3,
    extendedL2: header.incompatibleFeatures?.extendedL2 ?? false,
    refcountOrder: order <= 6 ? order : 4,
    size: size ?? 0,
    fileSize: context.source.size,
  });
  if (size === null) refuseSize(context, header, geometry);
  return geometry;
}

/** Ends the opening of an image whose disk has 2^53 bytes or more, which its tables may or may not be able to map. */
function refuseSize(
  { file, source, problems }: OpenContext,
  header: Header,
  { clusterSize, l2Entries }: Geometry,
): never {
  const fault = judgeSize(file, header, clusterSize * l2Entries);
  if (fault === null)
    throw new UnsupportedFeatureError(
      `${source.name}: disks of 2^53 bytes and more are not supported (${header.size})`,
    );
  // Above that the header's spec has reported it.
  if (header.size <= MAX_DISK) problems.add(sizeLimit.report(fault));
  throw new UnreadableImageError(`${source.name}: the disk cannot have ${header.size} bytes`);
}

function extensionsOf(
  header: Header,
  cluster: Uint8Array,
  { clusterSize }: Geometry,
  hasLength: boolean,
  sinkAt: SinkAt,
): ExtensionList {
  const start = header.version === 2 ? endOf(header.at('snapshots_offset')) : (header.headerLength ?? 0);
  if (!hasLength) return { start, end: start, stop: start, isEnded: false, records: [] };
  const name = toPosition(header.backingFileOffset);
  return readExtensions(cluster, start, name >= start && name <= clusterSize ? name : clusterSize, sinkAt);
}

/** Reads the active L1 table. Of one that is impossibly large, what the disk needs. */
async function readL1(header: Header, source: Source, geometry: Geometry): Promise<PointerTable> {
  const offset = toPosition(header.l1TableOffset);
  if (offset % geometry.clusterSize !== 0) return emptyTable(offset, header.l1Size);
  const entries = header.l1Size > MAX_L1_ENTRIES ? neededL1Entries(geometry, geometry.size) : header.l1Size;
  return readPointerTable({ source, geometry }, offset, entries, 56);
}

/** Reads the refcount table. Of one that is impossibly large, what the file needs. */
async function readRefcountTable(header: Header, source: Source, geometry: Geometry): Promise<PointerTable> {
  const { clusterSize } = geometry;
  const offset = toPosition(header.refcountTableOffset);
  const bytes = header.refcountTableClusters * clusterSize;
  const needed = Math.ceil(geometry.limit / clusterSize / geometry.blockEntries);
  const entries = bytes > MAX_REFCOUNT_TABLE ? Math.min(needed, MAX_REFCOUNT_TABLE / 8) : bytes / 8;
  if (offset % clusterSize !== 0) return emptyTable(offset, entries);
  return readPointerTable({ source, geometry }, offset, entries, 64);
}

function emptyTable(offset: number, declared: number): PointerTable {
  return new PointerTable(new Uint8Array(0), offset, declared, 64);
}

interface NamedDataFile {
  readonly name: string;
  readonly record: ExtensionRecord;
}

function readDataFileName(extensions: ExtensionList): NamedDataFile | null {
  const record = findExtension(extensions, HeaderExtensionType.data_file);
  return record === null ? null : { name: decodeText(record.data), record };
}

async function openDataFile(context: OpenContext, named: NamedDataFile | null): Promise<DataFile> {
  if (named === null) return { name: null, record: null, file: null, state: 'none', reason: null };
  const { file, state, reason } = await context.openFile(
    { name: named.name, formatHint: 'raw' },
    'data-file',
  );
  return { ...named, file, state, reason };
}

/** Says so where the snapshots' L1 tables are more than is worked through. */
function limitSnapshots({ file, problems }: OpenContext, { offset, length, entries }: SnapshotTable): void {
  const count = entries.reduce((sum, { l1Entries }) => sum + 8 * l1Entries, 0);
  if (count <= MAX_BYTES) return;
  const at = { file, offset, length, field: 'snapshots' };
  const what = "bytes of the snapshots' L1 tables";
  fileFindings(problems).tell('file/limit-exceeded', { at, data: { what, count, limit: MAX_BYTES } });
}

/** Opens the backing file; `null` for an image without one. */
async function openBacking(
  context: OpenContext,
  backing: BackingName | null,
  { clusterSize }: Geometry,
): Promise<ParentLink | null> {
  if (backing === null || backing.length === 0) return null;
  const { name, format: formatHint, offset, length } = backing;
  if (offset + length <= clusterSize) return context.openParent({ name, formatHint });
  const reason = 'the name of the backing file does not lie in the first cluster';
  return { name, formatHint, recognised: null, state: 'unreadable', path: null, image: null, reason };
}
