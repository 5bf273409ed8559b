import { CompressionType, CryptMethod } from '../../../generated/qcow2.ts';
import { KeySlotState, type Luks1Header } from '../../../generated/luks.ts';
import type { ImageInfo } from '../../model/image.ts';
import type { BitmapDirectory } from './layout/bitmaps.ts';
import { decodeText } from './layout/extensions.ts';
import type { Qcow2Layout } from './image.ts';
import { snapshotInfo } from './layout/snapshots.ts';

/** What `info` tells, with `qemu-img`'s keys. */
export function describe(layout: Qcow2Layout): ImageInfo {
  const {
    header: { fields: header },
    geometry,
    snapshots,
  } = layout;
  const isEncrypted = header.cryptMethod !== CryptMethod.none;
  return {
    clusterSize: geometry.clusterSize,
    ...(isEncrypted ? { encrypted: true } : {}),
    dirty: header.incompatibleFeatures?.dirty ?? false,
    ...(snapshots.entries.length > 0 ? { snapshots: snapshots.entries.map(snapshotInfo) } : {}),
    formatSpecific: header.version === 2 ? describeVersion2(layout) : describeVersion3(layout),
  };
}

function describeVersion2(layout: Qcow2Layout): Readonly<Record<string, unknown>> {
  return { compat: '0.10', 'compression-type': 'zlib', 'refcount-bits': 16, ...describeEncryption(layout) };
}

function describeVersion3(layout: Qcow2Layout): Readonly<Record<string, unknown>> {
  const {
    header: { fields: header },
    geometry,
    bitmaps,
    dataFile,
  } = layout;
  return {
    compat: '1.1',
    'compression-type': header.compressionType === CompressionType.zstd ? 'zstd' : 'zlib',
    'lazy-refcounts': header.compatibleFeatures?.lazyRefcounts ?? false,
    ...(bitmaps === null ? {} : { bitmaps: describeBitmaps(bitmaps) }),
    'refcount-bits': 2 ** geometry.refcountOrder,
    ...(dataFile?.named == null ? {} : { 'data-file': dataFile.named.name }),
    ...(dataFile === null ? {} : { 'data-file-raw': header.autoclearFeatures?.rawExternalData ?? false }),
    ...describeEncryption(layout),
    corrupt: header.incompatibleFeatures?.corrupt ?? false,
    'extended-l2': geometry.extendedL2,
  };
}

function describeBitmaps({ entries }: BitmapDirectory): readonly unknown[] {
  return entries.map(({ entry: { fields }, name, granularityBits }) => ({
    flags: [...(fields.flags.inUse ? ['in-use'] : []), ...(fields.flags.auto ? ['auto'] : [])],
    name,
    granularity: 2 ** granularityBits,
  }));
}

function describeEncryption({
  header: { fields: header },
  luks,
}: Qcow2Layout): Readonly<Record<string, unknown>> {
  if (header.cryptMethod === CryptMethod.aes) return { encrypt: { format: 'aes' } };
  if (header.cryptMethod !== CryptMethod.luks) return {};
  if (luks === null || luks.header === null) return { encrypt: { format: 'luks' } };
  return { encrypt: { format: 'luks', ...describeLuks(luks.header.fields) } };
}

function describeLuks(luks: Luks1Header): Readonly<Record<string, unknown>> {
  const [mode = '', ivgen = ''] = text(luks.cipherMode).split('-');
  // The key of a cipher in XTS mode is two keys.
  const keyBits = luks.keyBytes * (mode === 'xts' ? 4 : 8);
  return {
    'ivgen-alg': ivgen,
    'hash-alg': text(luks.hashSpec),
    'cipher-alg': `${text(luks.cipherName)}-${keyBits}`,
    uuid: text(luks.uuid),
    'cipher-mode': mode,
    slots: luks.keySlots.map((slot) =>
      slot.state === KeySlotState.active
        ? {
            active: true,
            iters: slot.iterations,
            'key-offset': slot.keyMaterialOffset * 512,
            stripes: slot.stripes,
          }
        : { active: false, 'key-offset': slot.keyMaterialOffset * 512 },
    ),
    'payload-offset': luks.payloadOffset * 512,
    'master-key-iters': luks.mkDigestIter,
  };
}

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeText(end < 0 ? bytes : bytes.subarray(0, end));
}
