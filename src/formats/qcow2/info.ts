import { CompressionType, CryptMethod } from '../../../generated/qcow2.ts';
import { KeySlotState, type Luks1Header } from '../../../generated/luks.ts';
import type { ImageInfo } from '../../model/image.ts';
import type { BitmapDirectory } from './bitmaps.ts';
import { decodeText } from './extensions.ts';
import type { Qcow2Parts } from './image.ts';
import { snapshotInfo } from './snapshots.ts';

/** What `info` tells, with `qemu-img`'s keys. */
export function describe(parts: Qcow2Parts): ImageInfo {
  const { header, geometry, snapshots } = parts;
  const isEncrypted = header.cryptMethod !== CryptMethod.none;
  return {
    clusterSize: geometry.clusterSize,
    ...(isEncrypted ? { encrypted: true } : {}),
    dirty: header.incompatibleFeatures?.dirty ?? false,
    ...(snapshots.entries.length > 0 ? { snapshots: snapshots.entries.map(snapshotInfo) } : {}),
    formatSpecific: header.version === 2 ? describeVersion2(parts) : describeVersion3(parts),
  };
}

function describeVersion2(parts: Qcow2Parts): Readonly<Record<string, unknown>> {
  return { compat: '0.10', 'compression-type': 'zlib', 'refcount-bits': 16, ...describeEncryption(parts) };
}

function describeVersion3(parts: Qcow2Parts): Readonly<Record<string, unknown>> {
  const { header, geometry, bitmaps, dataFile } = parts;
  return {
    compat: '1.1',
    'compression-type': header.compressionType === CompressionType.zstd ? 'zstd' : 'zlib',
    'lazy-refcounts': header.compatibleFeatures?.lazyRefcounts ?? false,
    ...(bitmaps === null ? {} : { bitmaps: describeBitmaps(bitmaps) }),
    'refcount-bits': 2 ** geometry.refcountOrder,
    ...(dataFile?.name == null ? {} : { 'data-file': dataFile.name }),
    ...(dataFile === null ? {} : { 'data-file-raw': header.autoclearFeatures?.rawExternalData ?? false }),
    ...describeEncryption(parts),
    corrupt: header.incompatibleFeatures?.corrupt ?? false,
    'extended-l2': geometry.extendedL2,
  };
}

function describeBitmaps({ entries }: BitmapDirectory): readonly unknown[] {
  return entries.map(({ entry, name, granularityBits }) => ({
    flags: [...(entry.flags.inUse ? ['in-use'] : []), ...(entry.flags.auto ? ['auto'] : [])],
    name,
    granularity: 2 ** granularityBits,
  }));
}

function describeEncryption({ header, luks }: Qcow2Parts): Readonly<Record<string, unknown>> {
  if (header.cryptMethod === CryptMethod.aes) return { encrypt: { format: 'aes' } };
  if (header.cryptMethod !== CryptMethod.luks) return {};
  if (luks === null || luks.header === null) return { encrypt: { format: 'luks' } };
  return { encrypt: { format: 'luks', ...describeLuks(luks.header) } };
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
