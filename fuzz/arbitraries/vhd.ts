import fc from 'fast-check';
import { nonZeroBytes, structureOf } from './structure.ts';
import type { StructureValues } from './encode.ts';

const blktap = 0x74617000n;
const qemu = 0x71656d75n;
const none = 0n;
const w2ku = 0x57326b75n;
const w2ru = 0x57327275n;

const unusedLocator = { platform_data_space: 0n, platform_data_length: 0n, platform_data_offset: 0n };

const footerFeatures = structureOf('vhd', 'footer_features');

const diskGeometry = structureOf('vhd', 'disk_geometry', {
  sound: { heads: fc.oneof(fc.bigInt({ min: 1n, max: 16n }), fc.constant(255n)) },
  broken: { heads: fc.record({ heads: fc.oneof(fc.constant(0n), fc.bigInt({ min: 17n, max: 254n })) }) },
});

const footer = structureOf('vhd', 'footer', {
  inner: [footerFeatures, diskGeometry],
  sound: {
    creator_version: fc.bigInt({ min: 0x10000n, max: 0x10003n }),
    unique_id: nonZeroBytes(16),
    hidden: fc.constant(0n),
  },
  broken: {
    creator_version: fc.record({
      creator_application: fc.constant(blktap),
      creator_version: fc.oneof(fc.constant(1n), fc.bigInt({ min: 0x10004n, max: 2n ** 32n - 1n })),
    }),
    unique_id: fc.constant({ unique_id: new Uint8Array(16) }),
    hidden: fc.record({ creator_application: fc.constant(qemu), hidden: fc.bigInt({ min: 1n, max: 255n }) }),
  },
});

const parentLocatorEntry = structureOf('vhd', 'parent_locator_entry', {
  sound: {
    platform_data_length: fc.bigInt({ min: 1n, max: 2n ** 31n - 1n }).map((half) => half * 2n),
    platform_data_offset: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  },
  fit: (entry) => (entry['platform_code'] === none ? { ...entry, ...unusedLocator } : entry),
  broken: {
    platform_data_length: fc.record({
      platform_code: fc.constantFrom(w2ku, w2ru),
      platform_data_length: fc.oneof(
        fc.constant(0n),
        fc.bigInt({ min: 0n, max: 2n ** 31n - 1n }).map((half) => half * 2n + 1n),
      ),
    }),
    platform_data_offset: fc
      .constantFrom('platform_data_space', 'platform_data_length', 'platform_data_offset')
      .map((id): StructureValues => ({ platform_code: none, ...unusedLocator, [id]: 512n })),
  },
});

const batmapKeyhash = structureOf('vhd', 'batmap_keyhash');

/** Every structure of a VHD. */
export const vhdStructures = [
  footerFeatures,
  diskGeometry,
  footer,
  parentLocatorEntry,
  structureOf('vhd', 'dynamic_header', { inner: [parentLocatorEntry] }),
  batmapKeyhash,
  structureOf('vhd', 'batmap_header', { inner: [batmapKeyhash] }),
];
