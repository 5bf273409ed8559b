import {
  AutoclearFeatures,
  CompatibleFeatures,
  CompressionType,
  CryptMethod,
  Header,
  HeaderExtensionType,
  IncompatibleFeatures,
} from '../../../../generated/qcow2.ts';
import { UsageError } from '../../../errors.ts';
import { MAX_NAME } from '../layout/backing.ts';
import type { Qcow2Settings } from './settings.ts';

/** Where the tables are that the header points to. */
export interface TablePlaces {
  /** Bytes of the guest's disk. */
  readonly size: number;
  readonly l1Entries: number;
  /** Byte position; 0 where the table has no entries. */
  readonly l1Offset: number;
  readonly refcountTableOffset: number;
  readonly refcountTableClusters: number;
}

/** The layer below, as a header names it. */
export interface BackingText {
  readonly name: string;
  /** A driver name of QEMU; `null`: left to probing. */
  readonly format: string | null;
}

const FEATURE_NAMES: readonly (readonly [set: number, bit: number, name: string])[] = [
  [0, 0, 'dirty bit'],
  [0, 1, 'corrupt bit'],
  [0, 2, 'external data file'],
  [0, 3, 'compression type'],
  [0, 4, 'extended L2 entries'],
  [1, 0, 'lazy refcounts'],
  [2, 0, 'bitmaps'],
  [2, 1, 'raw external data'],
];
const FEATURE_NAME_BYTES = 48;

const HEADER_BYTES = { 2: 72, 3: 112 } as const;

/** The first cluster: header, extensions, name of the backing file. */
export function encodeHeader(
  settings: Qcow2Settings,
  places: TablePlaces,
  backing: BackingText | null,
): Uint8Array {
  const name = new TextEncoder().encode(backing?.name ?? '');
  if (name.length > MAX_NAME)
    throw new UsageError(`the name of the backing file has ${name.length} bytes; ${MAX_NAME} are the most`);
  const { version, clusterSize } = settings;
  const room = clusterSize - HEADER_BYTES[version] - name.length;
  const extensions = encodeExtensions(settings, backing, room);
  if (extensions.length > room)
    throw new UsageError(`clusters of ${clusterSize} bytes are too small for the names in the header`);
  const cluster = new Uint8Array(clusterSize);
  const nameOffset = HEADER_BYTES[version] + extensions.length;
  const header = headerOf(settings, places, {
    offset: name.length === 0 ? 0 : nameOffset,
    size: name.length,
  });
  cluster.set(header.toBytes());
  cluster.set(extensions, HEADER_BYTES[version]);
  cluster.set(name, nameOffset);
  return cluster;
}

function headerOf(
  settings: Qcow2Settings,
  places: TablePlaces,
  name: { readonly offset: number; readonly size: number },
): Header {
  const { version, clusterBits, refcountOrder, isLazy, isExtended, method, dataFile, isDataFileRaw } =
    settings;
  return Header.of({
    magic: Uint8Array.of(0x51, 0x46, 0x49, 0xfb),
    version,
    backingFileOffset: BigInt(name.offset),
    backingFileSize: name.size,
    clusterBits,
    size: BigInt(places.size),
    cryptMethod: CryptMethod.none,
    l1Size: places.l1Entries,
    l1TableOffset: BigInt(places.l1Offset),
    refcountTableOffset: BigInt(places.refcountTableOffset),
    refcountTableClusters: places.refcountTableClusters,
    nbSnapshots: 0,
    snapshotsOffset: 0n,
    ...(version === 2
      ? {}
      : {
          incompatibleFeatures: IncompatibleFeatures.of({
            externalDataFile: dataFile !== null,
            compressionType: method === 'zstd',
            extendedL2: isExtended,
          }),
          compatibleFeatures: CompatibleFeatures.of({ lazyRefcounts: isLazy }),
          autoclearFeatures: AutoclearFeatures.of({ rawExternalData: isDataFileRaw }),
          refcountOrder,
          headerLength: HEADER_BYTES[3],
          compressionType: method === 'zstd' ? CompressionType.zstd : CompressionType.deflate,
          padding: new Uint8Array(7),
        }),
  });
}

/** The extensions with the end mark; names of features are left out where there is no room for them. */
function encodeExtensions(
  { version, dataFile }: Qcow2Settings,
  backing: BackingText | null,
  room: number,
): Uint8Array {
  const encoder = new TextEncoder();
  const needed = [
    ...(backing?.format == null
      ? []
      : [encodeExtension(HeaderExtensionType.backing_format, encoder.encode(backing.format))]),
    ...(dataFile === null ? [] : [encodeExtension(HeaderExtensionType.data_file, encoder.encode(dataFile))]),
    encodeExtension(HeaderExtensionType.end, new Uint8Array(0)),
  ];
  const length = needed.reduce((sum, { length: bytes }) => sum + bytes, 0);
  const names = encodeExtension(HeaderExtensionType.feature_names, encodeFeatureNames());
  const all = version === 3 && length + names.length <= room ? [names, ...needed] : needed;
  const bytes = new Uint8Array(all.reduce((sum, { length: size }) => sum + size, 0));
  let at = 0;
  for (const extension of all) {
    bytes.set(extension, at);
    at += extension.length;
  }
  return bytes;
}

function encodeExtension(type: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + Math.ceil(data.length / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type);
  view.setUint32(4, data.length);
  bytes.set(data, 8);
  return bytes;
}

function encodeFeatureNames(): Uint8Array {
  const bytes = new Uint8Array(FEATURE_NAME_BYTES * FEATURE_NAMES.length);
  const encoder = new TextEncoder();
  for (const [index, [set, bit, name]] of FEATURE_NAMES.entries()) {
    const at = FEATURE_NAME_BYTES * index;
    bytes[at] = set;
    bytes[at + 1] = bit;
    bytes.set(encoder.encode(name), at + 2);
  }
  return bytes;
}
