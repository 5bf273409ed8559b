import { UsageError } from '../../../errors.ts';
import type { CompressionMethod } from '../../../model/image.ts';
import type { OptionValues, WriteContext } from '../../../model/writer.ts';

/** What a new image is like, worked out of its creation options. */
export interface Qcow2Settings {
  readonly version: 2 | 3;
  /** log2 of the cluster size, 9 to 21. */
  readonly clusterBits: number;
  /** Bytes. */
  readonly clusterSize: number;
  /** log2 of the bits of one refcount, 0 to 6. */
  readonly refcountOrder: number;
  readonly isLazy: boolean;
  /** Whether L2 entries have 16 bytes, with a bitmap of 32 subclusters. */
  readonly isExtended: boolean;
  readonly method: Exclude<CompressionMethod, 'zlib'>;
  readonly isCompressed: boolean;
  readonly preallocation: 'off' | 'metadata' | 'full';
  /** Name of the file that takes guest data; `null` where the image itself does. */
  readonly dataFile: string | null;
  readonly isDataFileRaw: boolean;
}

const MIN_CLUSTER = 512;
const MAX_CLUSTER = 2 * 1024 * 1024;
/** Subclusters, 32 in a cluster, have 512 bytes at least. */
const MIN_EXTENDED_CLUSTER = 16 * 1024;

/** @throws UsageError where options are out of range or do not fit each other */
export function settingsOf({ values, compress, backing }: WriteContext): Qcow2Settings {
  const version = ['0.10', 'v2'].includes(text(values, 'compat', '1.1')) ? 2 : 3;
  const clusterSize = number(values, 'cluster_size', 65_536);
  if (!isPowerOfTwo(clusterSize) || clusterSize < MIN_CLUSTER || clusterSize > MAX_CLUSTER)
    throw new UsageError(`cluster_size is a power of two from 512 to 2M, not ${clusterSize}`);
  const bits = number(values, 'refcount_bits', 16);
  if (!isPowerOfTwo(bits) || bits > 64)
    throw new UsageError(`refcount_bits is 1, 2, 4, 8, 16, 32 or 64, not ${bits}`);
  const preallocation = text(values, 'preallocation', 'off');
  const settings: Qcow2Settings = {
    version,
    clusterSize,
    clusterBits: Math.log2(clusterSize),
    refcountOrder: Math.log2(bits),
    isLazy: values['lazy_refcounts'] === true,
    isExtended: values['extended_l2'] === true,
    method: values['compression_type'] === 'zstd' ? 'zstd' : 'deflate',
    isCompressed: compress !== undefined,
    // Bytes that are written are allocated on every system; nothing less is the same for all.
    preallocation: preallocation === 'falloc' ? 'full' : (preallocation as 'off' | 'metadata' | 'full'),
    dataFile: text(values, 'data_file', '') || null,
    isDataFileRaw: values['data_file_raw'] === true,
  };
  demandVersion(settings, bits);
  demandLevel(settings.method, compress?.level);
  demandFit(settings, backing !== null);
  return settings;
}

function demandVersion(settings: Qcow2Settings, bits: number): void {
  if (settings.version === 3) return;
  const refuse = (option: string): never => {
    throw new UsageError(`${option} needs version 3 (compat=1.1)`);
  };
  if (bits !== 16) refuse(`refcount_bits=${bits}`);
  if (settings.isLazy) refuse('lazy_refcounts=on');
  if (settings.isExtended) refuse('extended_l2=on');
  if (settings.method === 'zstd') refuse('compression_type=zstd');
  if (settings.dataFile !== null) refuse('data_file');
}

function demandLevel(method: Qcow2Settings['method'], level: number | undefined): void {
  const [name, most] = method === 'zstd' ? ['zstd', 22] : ['zlib', 9];
  if (level !== undefined && (level < 1 || level > most))
    throw new UsageError(`--level of ${name} goes from 1 to ${most}, not ${level}`);
}

function demandFit(settings: Qcow2Settings, hasBacking: boolean): void {
  const { clusterSize, isExtended, dataFile, isDataFileRaw, isCompressed, preallocation } = settings;
  if (isExtended && clusterSize < MIN_EXTENDED_CLUSTER)
    throw new UsageError(`extended_l2=on needs cluster_size=16k or more, not ${clusterSize}`);
  if (isDataFileRaw && dataFile === null) throw new UsageError('data_file_raw=on needs data_file');
  if (isDataFileRaw && hasBacking)
    throw new UsageError('data_file_raw=on and a backing file exclude each other');
  if (isCompressed && dataFile !== null)
    throw new UsageError('-c and data_file exclude each other: a data file stores clusters as they are');
  if (isCompressed && preallocation !== 'off')
    throw new UsageError(`-c and preallocation exclude each other`);
  if (hasBacking && preallocation !== 'off')
    throw new UsageError('preallocation and a backing file exclude each other: all of it would be hidden');
  if (dataFile !== null && /[/\\]/.test(dataFile))
    throw new UsageError(`data_file is a name without a folder: the file is made beside the image`);
}

function text(values: OptionValues, name: string, preset: string): string {
  const value = values[name];
  return typeof value === 'string' ? value : preset;
}

function number(values: OptionValues, name: string, preset: number): number {
  const value = values[name];
  return typeof value === 'number' ? value : preset;
}

function isPowerOfTwo(value: number): boolean {
  return value >= 1 && Number.isInteger(Math.log2(value));
}
