import fc from 'fast-check';
import type { FieldValue, StructureValues } from './encode.ts';
import { bytesOf, nonZeroBytes, structureOf, unsigned } from './structure.ts';

const incompatibleFeatures = structureOf('qcow2', 'incompatible_features');
const compatibleFeatures = structureOf('qcow2', 'compatible_features');
const autoclearFeatures = structureOf('qcow2', 'autoclear_features');

/** Fields of version 3, in the order of the header. */
const versionThreeFields = [
  ...[
    'incompatible_features',
    'compatible_features',
    'autoclear_features',
    'refcount_order',
    'header_length',
  ],
  ...['compression_type', 'padding', 'unknown_fields'],
];

const header = structureOf('qcow2', 'header', {
  inner: [incompatibleFeatures, compatibleFeatures, autoclearFeatures],
  sound: {
    l1_table_offset: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
    nb_snapshots: fc.constant(0n),
    header_length: fc.constantFrom(104n, 112n, 120n, 160n),
    autoclear_features: autoclearFeatures.sound.map((features) => ({ ...features, raw_external_data: 0n })),
    unknown_fields: fc.constant(new Uint8Array(0)),
  },
  fit: fitHeader,
  broken: {
    l1_table_offset: fc.record({
      l1_size: fc.bigInt({ min: 1n, max: 0x400000n }),
      l1_table_offset: fc.constant(0n),
    }),
    incompatible_features: fc.record({
      nb_snapshots: fc.bigInt({ min: 1n, max: 65536n }),
      incompatible_features: incompatibleFeatures.sound.map((features) => ({
        ...features,
        external_data_file: 1n,
      })),
    }),
    autoclear_features: fc.record({
      incompatible_features: incompatibleFeatures.sound.map((features) => ({
        ...features,
        external_data_file: 0n,
      })),
      autoclear_features: autoclearFeatures.sound.map((features) => ({ ...features, raw_external_data: 1n })),
    }),
    header_length: fc.record({
      header_length: unsigned(32).filter(
        (length) => length < 104n || length > 0x200000n || length % 8n !== 0n,
      ),
    }),
    unknown_fields: fc.integer({ min: 1, max: 6 }).chain((words) =>
      fc.record({
        header_length: fc.constant(112n + 8n * BigInt(words)),
        unknown_fields: nonZeroBytes(words * 8),
      }),
    ),
  },
});

function fitHeader(values: StructureValues): StructureValues {
  const length = Number(values['header_length']);
  const absent =
    values['version'] === 2n
      ? versionThreeFields
      : versionThreeFields.slice(length < 112 ? 5 : length === 112 ? 7 : 8);
  const unknown: StructureValues = length > 112 ? { unknown_fields: new Uint8Array(length - 112) } : {};
  const present = Object.entries({ ...values, ...unknown }).filter(([id]) => !absent.includes(id));
  return Object.fromEntries(present);
}

const headerExtension = structureOf('qcow2', 'header_extension', {
  sound: {
    type: fc.oneof(
      fc.constantFrom(0n, 0xe2792acan, 0x6803f857n, 0x23852875n, 0x0537be77n, 0x44415441n),
      unsigned(32),
    ),
    length: fc.constant(0n),
    data: bytesOf(0, 40),
    padding: fc.constant(new Uint8Array(0)),
  },
  fit: (values) => {
    const data = values['type'] === 0n ? new Uint8Array(0) : bytesIn(values['data']);
    return {
      ...values,
      data,
      length: BigInt(data.length),
      padding: new Uint8Array(paddingAfter(data.length)),
    };
  },
  broken: {
    length: fc.record({
      type: fc.constant(0n),
      length: fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }),
      data: fc.constant(new Uint8Array(0)),
      padding: fc.constant(new Uint8Array(0)),
    }),
    padding: bytesOf(1, 7).chain((data) =>
      fc.record({
        type: fc.constant(0xe2792acan),
        length: fc.constant(BigInt(data.length)),
        data: fc.constant(data),
        padding: nonZeroBytes(8 - data.length),
      }),
    ),
  },
});

const l2StandardEntry = structureOf('qcow2', 'l2_standard_entry');

const l2ExtendedEntry = structureOf('qcow2', 'l2_extended_entry', {
  inner: [l2StandardEntry],
  sound: {
    standard: l2StandardEntry.sound.map((entry) => ({ ...entry, zero: 0n })),
    allocation_bitmap: unsigned(32),
  },
  fit: (entry) => ({
    ...entry,
    allocation_bitmap: integerIn(entry['allocation_bitmap']) & ~integerIn(entry['zero_bitmap']),
  }),
  broken: {
    standard: fc.record({ standard: l2StandardEntry.sound.map((entry) => ({ ...entry, zero: 1n })) }),
    allocation_bitmap: fc.tuple(unsigned(32), unsigned(32), fc.nat(31)).map(([zero, allocated, bit]) => {
      const both = 1n << BigInt(bit);
      return { zero_bitmap: zero | both, allocation_bitmap: allocated | both };
    }),
  },
});

const snapshotEntry = structureOf('qcow2', 'snapshot_entry', {
  sound: {
    extra_data_size: fc.oneof(fc.constantFrom(0n, 8n, 16n, 24n, 40n), fc.bigInt({ min: 0n, max: 64n })),
    vm_state_size_large: unsigned(64),
    unknown_extra_data: fc.constant(new Uint8Array(0)),
    id_str: bytesOf(1, 12),
    name: bytesOf(0, 20),
    padding: fc.constant(new Uint8Array(0)),
  },
  fit: fitSnapshot,
  broken: {
    id_str_size: fc.constant({ id_str_size: 0n, id_str: new Uint8Array(0) }),
    vm_state_size_large: fc
      .tuple(fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 2n ** 32n }))
      .map(([size, more]) => ({ vm_state_size: size, vm_state_size_large: size + more })),
  },
});

function fitSnapshot(values: StructureValues): StructureValues {
  const extra = Number(values['extra_data_size']);
  const idSize = bytesIn(values['id_str']).length;
  const nameSize = bytesIn(values['name']).length;
  const absent = ['vm_state_size_large', 'disk_size', 'icount'].slice(Math.min(3, Math.floor(extra / 8)));
  const large = integerIn(values['vm_state_size_large']);
  const fitted: StructureValues = {
    ...values,
    vm_state_size: large < 2n ** 32n ? large : 0n,
    id_str_size: BigInt(idSize),
    name_size: BigInt(nameSize),
    unknown_extra_data: new Uint8Array(extra < 24 ? extra % 8 : extra - 24),
    padding: new Uint8Array(paddingAfter(extra + idSize + nameSize)),
  };
  return Object.fromEntries(Object.entries(fitted).filter(([id]) => !absent.includes(id)));
}

const bitmapFlags = structureOf('qcow2', 'bitmap_flags');

const bitmapDirectoryEntry = structureOf('qcow2', 'bitmap_directory_entry', {
  inner: [bitmapFlags],
  sound: {
    extra_data: fc.constant(new Uint8Array(0)),
    name: bytesOf(1, 24),
    padding: fc.constant(new Uint8Array(0)),
  },
  fit: (values) => {
    const { length } = bytesIn(values['name']);
    return { ...values, name_size: BigInt(length), padding: new Uint8Array(paddingAfter(length)) };
  },
  broken: {
    padding: bytesOf(1, 7).chain((name) =>
      fc.record({
        name_size: fc.constant(BigInt(name.length)),
        name: fc.constant(name),
        padding: nonZeroBytes(8 - name.length),
      }),
    ),
  },
});

const bitmapTableEntry = structureOf('qcow2', 'bitmap_table_entry', {
  sound: { all_ones: unsigned(1) },
  fit: (entry) => (entry['all_ones'] === 1n ? { ...entry, offset_sectors: 0n } : entry),
  broken: {
    all_ones: fc.record({
      all_ones: fc.constant(1n),
      offset_sectors: fc.bigInt({ min: 1n, max: 2n ** 47n - 1n }),
    }),
  },
});

const activeSlot = 0xac71f3n;

const keySlot = structureOf('luks', 'key_slot', {
  sound: { stripes: fc.bigInt({ min: 1n, max: 2n ** 32n - 1n }) },
  broken: { stripes: fc.constant({ state: activeSlot, stripes: 0n }) },
});

/** Every structure of a qcow2 image, its LUKS header included. */
export const qcow2Structures = [
  header,
  incompatibleFeatures,
  compatibleFeatures,
  autoclearFeatures,
  headerExtension,
  structureOf('qcow2', 'feature_name_entry'),
  structureOf('qcow2', 'bitmaps_extension'),
  structureOf('qcow2', 'encryption_extension'),
  structureOf('qcow2', 'l1_entry'),
  l2StandardEntry,
  l2ExtendedEntry,
  structureOf('qcow2', 'l2_compressed_entry'),
  structureOf('qcow2', 'refcount_table_entry'),
  snapshotEntry,
  bitmapFlags,
  bitmapDirectoryEntry,
  bitmapTableEntry,
  keySlot,
  structureOf('luks', 'luks1_header', { inner: [keySlot] }),
];

function paddingAfter(length: number): number {
  return (8 - (length % 8)) % 8;
}

function bytesIn(value: FieldValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Error('bytes are wanted');
  return value;
}

function integerIn(value: FieldValue | undefined): bigint {
  if (typeof value !== 'bigint') throw new Error('an integer is wanted');
  return value;
}
