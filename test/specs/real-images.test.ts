import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasCorpus } from '../conformance/corpus.ts';
import { breachesIn, codecNamed } from '../../fuzz/arbitraries/codecs.ts';
import { allKaitaiReaders, differencesFromKaitai, type KaitaiReader } from './kaitai.ts';

/** One structure of a real image: where it is, counted from the end where negative, and some of what it says. */
type Fact = readonly [image: string, type: string, offset: number, values: object];

const endOfTime = 2 ** 64;
const plainFlags = { validNewlineDetector: true, reservedCompatible: 0, reservedIncompatible: 0 };

/** Values that other tools print for these images, or that hex dumps show. */
const facts: readonly Fact[] = [
  [
    'Reverier-Xu__wxtla/ext2.vmdk',
    'vmdk4.sparse_extent_header',
    0,
    { version: 1, capacity: 8192, grainSize: 128, rgdOffset: 21, gdOffset: 26 },
  ],
  [
    'Reverier-Xu__wxtla/ext2.vmdk',
    'vmdk4.sparse_extent_header',
    0,
    { flags: { ...plainFlags, useRedundant: true, compressed: false } },
  ],
  [
    'log2timeline__plaso/image.vmdk',
    'vmdk4.sparse_extent_header',
    0,
    { capacity: 200, overhead: 128, uncleanShutdown: 0 },
  ],
  [
    'qemu/iotest-version3.vmdk',
    'vmdk4.sparse_extent_header',
    0,
    { version: 3, capacity: 33554432, gdOffset: endOfTime, compressAlgorithm: 1 },
  ],
  [
    'qemu/iotest-version3.vmdk',
    'vmdk4.sparse_extent_header',
    0,
    { flags: { ...plainFlags, compressed: true, markers: true } },
  ],
  ['qemu/iotest-version3.vmdk', 'vmdk4.metadata_marker', -1536, { numSectors: 1, size: 0, type: 3 }],
  ['qemu/iotest-version3.vmdk', 'vmdk4.sparse_extent_header', -1024, { capacity: 33554432, gdOffset: 545 }],
  ['qemu/iotest-version3.vmdk', 'vmdk4.metadata_marker', -512, { numSectors: 0, size: 0, type: 0 }],
  [
    'TalAloni__DiskAccessLibrary/StreamOptimized.vmdk',
    'vmdk4.sparse_extent_header',
    -1024,
    { gdOffset: 141, descriptorSize: 1 },
  ],
  [
    'SecurityRonin__vhd-forensic/fixed.vhd',
    'vhd.footer',
    -512,
    { diskType: 2, dataOffset: endOfTime, currentSize: 1079296 },
  ],
  [
    'qemu/virtualpc-dynamic.vhd',
    'vhd.footer',
    -512,
    { creatorApplication: 0x76706320, originalSize: 136365211648, diskType: 3 },
  ],
  [
    'qemu/virtualpc-dynamic.vhd',
    'vhd.footer',
    0,
    { diskGeometry: { cylinders: 65278, heads: 16, sectorsPerTrack: 255 } },
  ],
  [
    'qemu/virtualpc-dynamic.vhd',
    'vhd.dynamic_header',
    512,
    { tableOffset: 1536, maxTableEntries: 65024, blockSize: 2097152 },
  ],
  ['rubiojr__go-vhd/vbox.vhd', 'vhd.footer', -512, { creatorApplication: 0x76626f78, currentSize: 41943040 }],
  [
    'rubiojr__go-vhd/win8-child.vhd',
    'vhd.footer',
    -512,
    { diskType: 4, features: { unknown: 0, reserved: true, temporary: false } },
  ],
  [
    'jhermsmeier__node-vhd/dynamic.vhd.gz',
    'vhd.dynamic_header',
    512,
    { maxTableEntries: 256, dataOffset: endOfTime },
  ],
  [
    'log2timeline__plaso/image.qcow2',
    'qcow2.header',
    0,
    { version: 2, size: 102400, clusterBits: 16, snapshotsOffset: 0 },
  ],
  [
    'abbbi__virtnbdbackup/vm3-sda.qcow2',
    'qcow2.header',
    0,
    { version: 3, headerLength: 104, refcountOrder: 4 },
  ],
  [
    'abbbi__virtnbdbackup/vm6-sda.qcow2',
    'qcow2.header',
    0,
    { headerLength: 112, compressionType: 0, size: 2048 },
  ],
  [
    'abbbi__virtnbdbackup/vm6-sda.qcow2',
    'qcow2.header',
    0,
    { incompatibleFeatures: { externalDataFile: true, dirty: false, corrupt: false } },
  ],
  [
    'kubevirt__containerized-data-importer/cirros-snapshot2.qcow2',
    'qcow2.header',
    0,
    { backingFileOffset: 528, backingFileSize: 22 },
  ],
  [
    'kubevirt__containerized-data-importer/cirros-snapshot2.qcow2',
    'qcow2.header_extension',
    112,
    { type: 0xe2792aca, length: 5 },
  ],
  [
    'kubevirt__containerized-data-importer/cirros-snapshot2.qcow2',
    'qcow2.header_extension',
    128,
    { type: 0x6803f857, length: 384 },
  ],
  [
    'kubevirt__containerized-data-importer/cirros-snapshot2.qcow2',
    'qcow2.feature_name_entry',
    136,
    { featureType: 0, bitNumber: 0 },
  ],
];

if (!hasCorpus) console.warn('SKIPPED: the specs on real images, ../shared/corpus is not there');

let readers: ReadonlyMap<string, KaitaiReader> = new Map();

beforeAll(async () => {
  readers = await allKaitaiReaders();
});

describe.skipIf(!hasCorpus)('Kaitai reads with our specs', () => {
  it.each(facts)('%s: %s at %i', (image, type, offset, values) => {
    expect(readers.get(type)?.(openImage(image).subarray(offset))).toMatchObject(values);
  });

  it('nothing in a header that a fuzzer made up', () => {
    expect(() => readers.get('vmdk4.sparse_extent_header')?.(openImage('qemu-old/afl9.vmdk'))).toThrow(
      /not matching/,
    );
  });
});

const places = [
  ...new Map(
    facts.map(([image, type, offset]) => [`${image} ${type} ${offset}`, [image, type, offset] as const]),
  ).values(),
];

describe.skipIf(!hasCorpus)('generated code finds nothing wrong and reads what Kaitai reads', () => {
  it.each(places)('%s: %s at %i', (image, type, offset) => {
    const bytes = openImage(image).subarray(offset);
    const codec = codecNamed(type);
    expect(breachesIn(codec, bytes)).toEqual([]);
    expect(differencesFromKaitai(codec.from(bytes), readers.get(type)?.(bytes))).toEqual([]);
  });
});

function openImage(image: string): Uint8Array {
  const bytes = readFileSync(fileURLToPath(new URL(`../../../shared/corpus/${image}`, import.meta.url)));
  return image.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}
