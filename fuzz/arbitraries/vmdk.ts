import fc from 'fast-check';
import { nonZeroBytes, structureOf, unsigned } from './structure.ts';

const newlineDetector = Uint8Array.of(0x0a, 0x20, 0x0d, 0x0a);

const sparseExtentFlags = structureOf('vmdk4', 'sparse_extent_flags', {
  sound: { markers: unsigned(1) },
  fit: (flags) => ({ ...flags, markers: flags['compressed'] ?? 0n }),
  broken: { markers: fc.constant({ compressed: 0n, markers: 1n }) },
});

const plainFlags = sparseExtentFlags.sound.map((flags) => ({ ...flags, compressed: 0n, markers: 0n }));
const unmarkedFlags = sparseExtentFlags.sound.map((flags) => ({ ...flags, compressed: 1n, markers: 0n }));

const sparseExtentHeader = structureOf('vmdk4', 'sparse_extent_header', {
  inner: [sparseExtentFlags],
  sound: {
    capacity: fc.bigInt({ min: 1n, max: 2n ** 32n }),
    descriptor_size: fc.bigInt({ min: 1n, max: 20480n }),
    gd_offset: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    overhead: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    newline_detector: fc.constant(newlineDetector),
  },
  broken: {
    flags: fc.record({ flags: unmarkedFlags }),
    capacity: fc.oneof(
      fc.record({ capacity: fc.bigInt({ min: 2n ** 54n, max: 2n ** 64n - 1n }) }),
      fc.record({ capacity: fc.bigInt({ min: 2n ** 32n + 1n, max: 2n ** 54n }), flags: plainFlags }),
    ),
    descriptor_size: fc.record({
      descriptor_offset: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      descriptor_size: fc.oneof(fc.constant(0n), fc.bigInt({ min: 20481n, max: 2n ** 64n - 1n })),
    }),
    gd_offset: fc.constant({ gd_offset: 0n }),
    overhead: fc.constant({ overhead: 0n }),
    newline_detector: fc.record({
      newline_detector: nonZeroBytes(4).map((flips) =>
        newlineDetector.map((byte, index) => byte ^ (flips[index] ?? 0)),
      ),
    }),
  },
});

const grainsPerTable = 4096n;

const cowdHeader = structureOf('cowd', 'cowd_header', {
  sound: {
    grain_size: fc.nat(31).map((power) => 1n << BigInt(power)),
    num_gd_entries: fc.bigInt({ min: 2n ** 20n, max: 2n ** 32n - 1n }),
  },
  broken: {
    grain_size: fc.record({
      grain_size: unsigned(32).filter((size) => size === 0n || (size & (size - 1n)) !== 0n),
    }),
    num_gd_entries: fc
      .tuple(fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }), fc.nat(20), unsigned(32))
      .map(([sectors, power, entries]) => {
        const grainSize = 1n << BigInt(power);
        const needed = (sectors + grainSize * grainsPerTable - 1n) / (grainSize * grainsPerTable);
        return { num_sectors: sectors, grain_size: grainSize, num_gd_entries: entries % needed };
      }),
  },
});

const constHeader = structureOf('sesparse', 'const_header', {
  sound: { grains_size: fc.bigInt({ min: 2n ** 37n, max: 2n ** 64n - 1n }) },
  broken: {
    grains_size: fc
      .tuple(fc.bigInt({ min: 1n, max: 2n ** 37n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 37n }))
      .map(([capacity, size]) => ({ capacity, grains_size: size % capacity })),
  },
});

const grainDirEntry = structureOf('sesparse', 'grain_dir_entry', {
  sound: { type: fc.constantFrom(0n, 1n) },
  fit: (entry) => (entry['type'] === 0n ? { ...entry, table_index: 0n } : entry),
  broken: {
    type: fc.oneof(
      fc.record({ type: fc.bigInt({ min: 2n, max: 15n }) }),
      fc.record({ type: fc.constant(0n), table_index: fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }) }),
    ),
  },
});

/** Every structure of the binary VMDK extents. */
export const vmdkStructures = [
  sparseExtentFlags,
  sparseExtentHeader,
  structureOf('vmdk4', 'grain_marker'),
  structureOf('vmdk4', 'metadata_marker'),
  cowdHeader,
  constHeader,
  structureOf('sesparse', 'volatile_header'),
  grainDirEntry,
  structureOf('sesparse', 'grain_table_entry'),
];
