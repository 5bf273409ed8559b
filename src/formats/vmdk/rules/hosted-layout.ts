import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { HostedGeometry } from '../extents/hosted-geometry.ts';
import type { HostedSparseExtent } from '../extents/hosted-sparse.ts';
import { agrees, defineFieldRule, headerFault, hostedExtents, type FieldRule } from './field-rule.ts';

const HEADER = 'VMware Virtual Disk Format 5.0, Hosted Sparse Extents, SparseExtentHeader';
/** An extent without usable figures has no tables to judge. */
const UNREADABLE = [
  'vmdk4/grain-size-invalid',
  'vmdk4/gtes-per-gt-invalid',
  'vmdk4/capacity-overflow',
  'vmdk4/capacity-zero',
];

/** No sectors. */
export const hostedCapacityZero: FieldRule = defineFieldRule({
  id: 'vmdk4/capacity-zero',
  severity: 'error',
  depth: 'header',
  title: 'The extent has no sectors',
  spec: `${HEADER}, capacity`,
  repair: 'none',
  explanation: {
    what: 'capacity is 0. That is only right in a header that carries the text descriptor of a flat disk, and this one carries none.',
    why: 'The guest sees a disk without any sector, or no disk.',
    how: 'A damaged header, or a writer that stopped before it filled the header in.',
    readers: 'QEMU opens it as an empty disk.',
    repair: 'The descriptor, if there is one, has the size in its extent line.',
  },
});

/** More sectors than can be. */
export const capacityOverflow: FieldRule = defineFieldRule({
  id: 'vmdk4/capacity-overflow',
  severity: 'error',
  depth: 'header',
  title: 'The capacity is larger than the layout allows',
  spec: `${HEADER}, capacity`,
  repair: 'none',
  message: ({ field, actual }) =>
    `${field} is ${actual} sectors, more than the tables of such an extent can describe`,
  explanation: {
    what: 'Tables hold 32-bit sector numbers, so an uncompressed extent has at most 2^32 sectors, and no disk has 2^63 bytes.',
    why: 'Part of the disk cannot have a place in the file, and computing with such a number goes wrong in careless readers.',
    how: 'A damaged header, or a file made to crash readers.',
    readers: 'QEMU refuses some of these with "L1 size too big"; others run out of memory.',
    repair: 'Restore the header; the descriptor has the size in its extent line.',
  },
});

/** The last grain is not whole. */
export const capacityNotGrainMultiple: FieldRule = defineFieldRule({
  id: 'vmdk4/capacity-not-grain-multiple',
  severity: 'info',
  depth: 'header',
  title: 'The disk ends inside a grain',
  spec: `${HEADER}, capacity`,
  repair: 'none',
  derivedFrom: UNREADABLE,
  message: ({ actual, expected }) =>
    `capacity is ${actual} sectors, not a multiple of the grain size (${expected})`,
  explanation: {
    what: 'The documents ask for a capacity that is a multiple of the grain size; this one is not.',
    why: 'The guest sees the size that the header gives. What is stored behind it in the last grain is invisible.',
    how: 'QEMU and Xen Orchestra write whatever size they are asked for.',
    readers: 'All readers accept it; they differ in how long the last compressed grain must be.',
    repair: 'Nothing needs to be done.',
  },
  check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const { geometry } = extent;
      if (geometry === null || geometry.capacitySectors % geometry.grainSectors === 0) continue;
      const actual = String(geometry.capacitySectors);
      tell(headerFault(extent, 'capacity', { expected: String(geometry.grainSectors), actual }));
    }
  },
});

/** A grain size that cannot be, or an unusual one. */
export const grainSizeInvalid: FieldRule = defineFieldRule({
  id: 'vmdk4/grain-size-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The grain size is not one that readers take',
  spec: `${HEADER}, grainSize`,
  repair: 'none',
  explanation: {
    what: 'A grain has a power of two of sectors, 8 at least and 2097152 at most; 128 (64 KiB) is what all writers use.',
    why: "Every position on the guest's disk is computed from it: with a wrong one all data is in the wrong place.",
    how: 'A damaged header; other valid sizes come from tools that experiment.',
    readers:
      'libvmdk, VirtualBox and open-vmdk refuse invalid sizes; open-vmdk refuses those above 128, too.',
    repair: 'Restore the header from a copy, for one the footer of a streamOptimized extent.',
  },
  check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const sectors = extent.geometry?.grainSectors ?? 128;
      if (sectors !== 128 && sectors >= 8)
        tell(
          headerFault(
            extent,
            'grain_size',
            { expected: '128, as all writers use', actual: String(sectors) },
            { severity: 'warning' },
          ),
        );
    }
  },
});

/** Entries in a table that cannot be, or are unusual. */
export const gtesPerGtInvalid: FieldRule = defineFieldRule({
  id: 'vmdk4/gtes-per-gt-invalid',
  severity: 'error',
  depth: 'header',
  title: 'The number of entries in a grain table is not one that readers take',
  spec: `${HEADER}, numGTEsPerGT`,
  repair: 'none',
  explanation: {
    what: 'A grain table has 512 entries. Smaller powers of two are possible by the layout; anything else is damage.',
    why: 'Which table answers for which part of the disk is computed from it: with a wrong one all data is in the wrong place.',
    how: 'A damaged header.',
    readers: 'QEMU refuses more than 512, libvmdk everything but 512, VirtualBox less than 128.',
    repair: 'Write 512 if the distance between grain tables is four sectors.',
  },
  check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const entries = extent.geometry?.entriesPerTable ?? 512;
      if (entries !== 512)
        tell(
          headerFault(
            extent,
            'num_gtes_per_gt',
            { expected: '512, as all writers use', actual: String(entries) },
            { severity: 'warning' },
          ),
        );
    }
  },
});

/** The embedded descriptor is not inside the file. */
export const descriptorBounds: FieldRule = defineFieldRule({
  id: 'vmdk4/descriptor-bounds',
  severity: 'error',
  depth: 'header',
  title: 'The embedded descriptor is not where the header says',
  spec: `${HEADER}, descriptorOffset and descriptorSize`,
  repair: 'none',
  message: ({ field, expected, actual }) =>
    field.endsWith('_size')
      ? `${field} is ${actual} sectors, must be 1 to 20480`
      : `${field} is ${actual}: ${expected}`,
  explanation: {
    what: 'descriptorOffset names a place for the text descriptor that has no size, is larger than 10 MiB, or is not inside the file behind the header.',
    why: 'Without its descriptor the disk has no identity and no link to its parent; readers refuse it.',
    how: 'A file that was cut off, or a damaged header.',
    readers: 'VirtualBox and libvmdk refuse it; QEMU reads what is there.',
    repair: 'A new descriptor can be made from the header; the content id and the link to a parent are lost.',
  },
});

/** No grain directory is named. */
export const gdOffsetMissing: FieldRule = defineFieldRule({
  id: 'vmdk4/gd-offset-missing',
  severity: 'error',
  depth: 'header',
  title: 'The header names no grain directory',
  spec: `${HEADER}, gdOffset`,
  repair: 'lossy',
  message: ({ field, actual }) => `${field} is ${actual}, which is no place of a grain directory`,
  explanation: {
    what: "gdOffset is 0, so no table leads to the guest's data.",
    why: 'The disk looks empty or cannot be opened, while its data may all be there.',
    how: 'A damaged header, or a writer that stopped before it wrote the directory.',
    readers: 'QEMU reads the header itself as a directory; others refuse it.',
    repair: 'Use the redundant directory, if the header names one; its tables hold the same entries.',
  },
});

/** The grain directory is not inside the file. */
export const gdOutOfFile: FieldRule = defineFieldRule({
  id: 'vmdk4/gd-out-of-file',
  severity: 'error',
  depth: 'header',
  title: 'The grain directory is not inside the file',
  spec: `${HEADER}, gdOffset`,
  repair: 'lossy',
  derivedFrom: ['vmdk4/footer-gd-unresolved'],
  message: ({ field, expected, actual }) => `${field} is ${actual}: the grain directory takes ${expected}`,
  explanation: {
    what: 'The sectors that the grain directory takes, by its offset and the capacity, are not all inside the file.',
    why: 'All parts of the disk whose entries are missing cannot be found: they read as zeros in tools that do not notice.',
    how: 'A file that was cut off, or a damaged gdOffset.',
    readers: 'QEMU reads zeros for what is missing, and the disk looks empty.',
    repair: 'If the redundant directory is inside the file use that; else restore the file from its source.',
  },
});

/** The redundant grain directory is not inside the file. */
export const rgdOutOfFile: FieldRule = defineFieldRule({
  id: 'vmdk4/rgd-out-of-file',
  severity: 'error',
  depth: 'header',
  title: 'The redundant grain directory is not inside the file',
  spec: `${HEADER}, rgdOffset`,
  repair: 'safe',
  message: ({ field, expected, actual }) =>
    `${field} is ${actual}: the redundant grain directory takes ${expected}`,
  explanation: {
    what: 'Flag bit 1 promises a second copy of directory and tables, but the place that rgdOffset names is not inside the file.',
    why: 'The copy that should help after damage is gone; readers that use it first show a wrong disk.',
    how: 'A file that was cut off, or a damaged rgdOffset.',
    readers:
      'QEMU uses the first directory and does not look at the copy; VirtualBox compares both and refuses.',
    repair: 'Clear the flag, or write the copy again from the directory.',
  },
});

/** The flag for redundancy and the offset contradict each other. */
export const rgdFlagOffsetMismatch: FieldRule = defineFieldRule({
  id: 'vmdk4/rgd-flag-offset-mismatch',
  severity: 'warning',
  depth: 'header',
  title: 'Flag and offset disagree whether there is a redundant grain directory',
  spec: `${HEADER}, flags bit 1 and rgdOffset`,
  repair: 'safe',
  explanation: {
    what: 'Bit 1 of the flags is set and rgdOffset names nothing, or the other way round.',
    why: "The guest's data is not concerned as long as the first directory is sound; what is used in its place depends on the reader.",
    how: 'A tool that dropped the copy and left one of the two fields.',
    readers: 'Some go by the flag, some by the offset.',
    repair: 'Make both say what is really in the file.',
  },
  check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const { flags, rgdOffset } = extent.headers.current.fields;
      if (!agrees(extent, ({ flags: { useRedundant } }) => useRedundant)) continue;
      const isNone = rgdOffset === 0n || rgdOffset === 0xffff_ffff_ffff_ffffn;
      if (flags.useRedundant === !isNone) continue;
      tell(
        headerFault(extent, 'rgd_offset', {
          expected: flags.useRedundant ? 'a sector (flag bit 1 is set)' : '0 (flag bit 1 is clear)',
          actual: String(rgdOffset),
        }),
      );
    }
  },
});

/** Both directories are one. */
export const gdRgdSame: FieldRule = defineFieldRule({
  id: 'vmdk4/gd-rgd-same',
  severity: 'error',
  depth: 'header',
  title: 'The redundant grain directory is the grain directory itself',
  spec: `${HEADER}, gdOffset and rgdOffset`,
  repair: 'lossy',
  derivedFrom: ['vmdk4/gd-out-of-file', 'vmdk4/rgd-out-of-file'],
  explanation: {
    what: 'gdOffset and rgdOffset name the same sectors, or areas that share some.',
    why: 'There is no second copy. A writer that keeps both damages one by writing the other.',
    how: 'A damaged header, or a tool that filled both fields with one number.',
    readers: 'QEMU reads the one and does not notice; VirtualBox refuses it.',
    repair: 'Clear flag bit 1 and rgdOffset after checking that the directory is sound.',
  },
  check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const { gd = null, rgd = null } = extent.geometry ?? {};
      if (gd === null || rgd === null || Math.abs(gd.offset - rgd.offset) >= gd.length) continue;
      tell(
        headerFault(extent, 'rgd_offset', {
          expected: `sectors apart from the grain directory at ${gd.offset / SECTOR_SIZE}`,
          actual: String(rgd.offset / SECTOR_SIZE),
        }),
      );
    }
  },
});

/** The first sector behind the metadata makes no sense. */
export const overheadInvalid: FieldRule = defineFieldRule({
  id: 'vmdk4/overhead-invalid',
  severity: 'warning',
  depth: 'metadata',
  title: 'The header is wrong about where the grains begin',
  spec: `${HEADER}, overHead`,
  repair: 'safe',
  derivedFrom: ['vmdk4/footer-missing', 'vmdk4/gd-out-of-file', 'vmdk4/gd-rgd-same'],
  message: ({ field, expected, actual }) =>
    actual === '0'
      ? `${field} is 0, which would put grains over the header`
      : `${field} is ${actual}, must be ${expected}`,
  explanation: {
    what: 'overHead counts the sectors in front of the first grain. It is 0, ends before the directories do, or lies behind the end of the file.',
    why: 'Reading does not need it, but a writer that puts the first grain there destroys tables.',
    how: 'A damaged header, or a file that was cut off.',
    readers:
      'QEMU refuses an extent whose overHead is behind the end of the file, and does not look at it otherwise.',
    repair: 'Write the sector behind the last table, rounded up to a whole grain.',
  },
  async check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const { overhead } = extent.headers.current.fields;
      const { geometry, source } = extent;
      if (geometry === null || overhead === 0n) continue;
      const fileSectors = Math.ceil(source.size / SECTOR_SIZE);
      if (overhead > BigInt(fileSectors)) {
        const fault = { expected: `at most ${fileSectors}, where the file ends`, actual: String(overhead) };
        tell(headerFault(extent, 'overhead', fault, { severity: 'error' }));
        continue;
      }
      if (extent.headers.footer !== null) continue;
      const end = await endOfTables(extent, geometry);
      if (end <= fileSectors && overhead < end)
        tell(
          headerFault(extent, 'overhead', {
            expected: `at least ${end}, where the tables end`,
            actual: String(overhead),
          }),
        );
    }
  },
});

/** Sector behind the directories and behind the tables that follow each of them without a gap, as they do in extents with tables in front. */
async function endOfTables(extent: HostedSparseExtent, geometry: HostedGeometry): Promise<number> {
  const directories = await extent.directories();
  const tableSectors = Math.ceil(geometry.tableSize / SECTOR_SIZE);
  const ends = (['gd', 'rgd'] as const).map((name) => {
    const place = geometry[name];
    if (place === null) return 0;
    let end = Math.ceil((place.offset + place.length) / SECTOR_SIZE);
    for (const entry of directories[name]) {
      if (entry !== end) break;
      end += tableSectors;
    }
    return end;
  });
  return Math.max(...ends);
}

/** Grains do not begin at multiples of their size. */
export const overheadAlignment: FieldRule = defineFieldRule({
  id: 'vmdk4/overhead-alignment',
  severity: 'info',
  depth: 'header',
  title: 'Grains do not begin at multiples of their size',
  spec: `${HEADER}, overHead`,
  repair: 'none',
  derivedFrom: ['vmdk4/overhead-invalid', ...UNREADABLE],
  message: ({ field, actual, expected }) =>
    `${field} is ${actual}, not a multiple of the grain size (${expected})`,
  explanation: {
    what: 'overHead is not a multiple of the grain size, so that no grain begins at a multiple of its size in the file.',
    why: 'The data is right; reading and writing whole grains costs more on disks with large sectors.',
    how: 'A writer that does not round up the end of its tables.',
    readers: 'All readers accept it.',
    repair: 'Nothing needs to be done; converting the image aligns the grains.',
  },
  check(image, tell) {
    for (const extent of hostedExtents(image)) {
      const { geometry } = extent;
      if (
        geometry === null ||
        geometry.isCompressed ||
        geometry.overheadSectors % geometry.grainSectors === 0
      )
        continue;
      tell(
        headerFault(extent, 'overhead', {
          expected: String(geometry.grainSectors),
          actual: String(geometry.overheadSectors),
        }),
      );
    }
  },
});
