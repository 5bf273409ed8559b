import type { Breach } from '../../../codec/index.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRule, defineSpecRule, type RaisableRule } from '../../../model/rule.ts';
import { formatCode, isSizeExact } from '../creator.ts';
import {
  computeGeometry,
  formatGeometry,
  geometryBytes,
  isSameGeometry,
  MAX_GEOMETRY,
  type Geometry,
} from '../geometry.ts';
import { fieldFinding, fieldPlace } from '../place.ts';
import { FOOTER_SIZE } from '../probe.ts';
import type { VhdImage } from '../types.ts';

const FOOTER_FORMAT = 'VHD 1.0, Hard Disk Footer Format';

/** A size that is wrong in itself, which explains whatever else does not fit it. */
const WRONG_SIZES = ['vhd/current-size-zero', 'vhd/current-size-unaligned', 'vhd/current-size-limit'];

/** A disk without bytes. */
export const currentSizeZero: RaisableRule<VhdImage, null> = defineRule({
  id: 'vhd/current-size-zero',
  severity: 'error',
  depth: 'header',
  title: 'The current size is 0',
  spec: `${FOOTER_FORMAT}, Current Size`,
  repair: 'none',
  message: () => 'the current size is 0 bytes, so there is no disk',
  check({ file, footer }, tell) {
    if (!footer.isTrusted || footer.fields.currentSize !== 0n) return;
    tell({ at: fieldPlace(file, footer, 'current_size'), data: null, actual: '0' });
  },
  explanation: {
    what: 'The footer gives the guest a disk of no bytes.',
    why: 'Nothing can be read, whatever the blocks of the file hold.',
    how: 'A footer that was written before the size was known, or a damaged field.',
    readers: 'QEMU goes by the geometry and may still show a disk; the others show none.',
    repair: 'Take the size from the original size or the geometry, if these are in order.',
  },
});

/** A size that is no whole number of sectors. */
export const currentSizeUnaligned: RaisableRule<VhdImage, { readonly size: bigint }> = defineRule({
  id: 'vhd/current-size-unaligned',
  severity: 'error',
  depth: 'header',
  title: 'The current size is no whole number of sectors',
  spec: `${FOOTER_FORMAT}, Current Size`,
  repair: 'none',
  message: ({ size }) => `the current size is ${size} bytes, ${size % 512n} more than whole sectors`,
  check({ file, footer }, tell) {
    const size = footer.fields.currentSize;
    if (!footer.isTrusted || size % BigInt(SECTOR_SIZE) === 0n) return;
    const at = fieldPlace(file, footer, 'current_size');
    tell({ at, data: { size }, expected: 'a multiple of 512', actual: String(size) });
  },
  explanation: {
    what: 'A disk consists of sectors of 512 bytes, but the current size is no multiple of 512.',
    why: 'The last sector exists only in part: readers round up or down and show different disks.',
    how: 'A file that is no disk was wrapped into a VHD, or a damaged field.',
    readers: 'Readers count in sectors and leave the partial one out, or refuse the disk.',
    repair: 'Find out what the size should be; to round up is right where the file holds the bytes.',
  },
});

/** A disk larger than the format allows. */
export const currentSizeLimit: RaisableRule<unknown, Breach> = defineSpecRule({
  id: 'vhd/current-size-limit',
  severity: 'error',
  depth: 'header',
  title: 'The disk is larger than the format allows',
  spec: `${FOOTER_FORMAT}, Current Size`,
  repair: 'none',
  message: ({ actual }) =>
    `the current size is ${BigInt(actual)} bytes, more than the 2040 GiB that a VHD can have`,
  explanation: {
    what: 'The current size is above 2040 GiB, the largest disk that a VHD can hold.',
    why: 'Sector numbers in the table have 32 bits, so blocks behind the limit cannot be found.',
    how: 'A damaged field, or a writer that does not know the limit.',
    readers: 'QEMU, Hyper-V and blktap refuse it.',
    repair: 'Convert the disk to VHDX or qcow2, if its size is right.',
  },
});

/** A disk that was made with another size than it has now. */
export const sizeOriginalMismatch: RaisableRule<
  VhdImage,
  { readonly original: bigint; readonly current: bigint }
> = defineRule({
  id: 'vhd/size-original-mismatch',
  severity: 'info',
  depth: 'header',
  title: 'The original size is not the current size',
  spec: `${FOOTER_FORMAT}, Original Size`,
  repair: 'safe',
  derivedFrom: WRONG_SIZES,
  message: ({ original, current }) =>
    `the disk was made with ${original} bytes and has ${current} now; libvhdi shows the first of these`,
  check({ file, footer }, tell) {
    const { originalSize: original, currentSize: current } = footer.fields;
    if (!footer.isTrusted || original === current) return;
    tell({
      at: fieldPlace(file, footer, 'original_size'),
      data: { original, current },
      severity: original > current ? 'warning' : 'info',
      expected: String(current),
      actual: String(original),
    });
  },
  explanation: {
    what: 'Original and current size of the footer differ, as they do after a resize.',
    why: 'Nothing is wrong with the data, but readers that take the original size show a disk of another length. An original size above the current one means that the disk was made smaller: what stood behind is gone.',
    how: 'A resized disk.',
    readers:
      'libvhdi goes by the original size; QEMU, Hyper-V, blktap and VirtualBox do not. Xen Orchestra refuses an original size above the current one.',
    repair: 'The original size is set to the current one.',
  },
});

/** Readers by geometry see another disk size than readers by size. */
export const sizeGeometryMismatch: RaisableRule<
  VhdImage,
  { readonly creator: string; readonly geometry: Geometry; readonly bytes: number; readonly size: bigint }
> = defineRule({
  id: 'vhd/size-geometry-mismatch',
  severity: 'warning',
  depth: 'header',
  title: 'Geometry and current size give different disks',
  spec: `${FOOTER_FORMAT}, Disk Geometry`,
  repair: 'lossy',
  derivedFrom: [...WRONG_SIZES, 'vhd/geometry-invalid'],
  message: ({ creator, geometry, bytes, size }) =>
    `the geometry ${formatGeometry(geometry)} has ${bytes} bytes, the current size is ${size}: for creator "${creator}" QEMU and Virtual PC show the first`,
  check({ file, footer }, tell) {
    const { diskGeometry: geometry, currentSize: size, creatorApplication } = footer.fields;
    const bytes = geometryBytes(geometry);
    if (!footer.isTrusted || isSizeExact(footer.fields) || BigInt(bytes) === size) return;
    tell({
      at: fieldPlace(file, footer, 'disk_geometry'),
      data: { creator: formatCode(creatorApplication), geometry, bytes, size },
      severity: isSameGeometry(geometry, computeGeometry(Number(size))) ? 'info' : 'warning',
      expected: String(size),
      actual: String(bytes),
    });
  },
  explanation: {
    what: 'Cylinders times heads times sectors is not the current size, and the creator is one for which QEMU goes by the geometry.',
    why: 'The guest sees another size, depending on who reads: the last sectors are missing for some, a backup partition table at the end is not found. Where the geometry is the one that the specification gives for the size, the difference is the rounding that comes with it, which Virtual PC disks always have, and only noted.',
    how: 'Sizes that no geometry can express, written by VirtualBox, Xen Orchestra or Virtual PC; or a resize that forgot the geometry.',
    readers:
      'Virtual PC and QEMU take the geometry, Hyper-V, Azure, blktap, VirtualBox and vdcheck the current size.',
    repair: 'The geometry is set to its maximum 65535/16/255, which says that the current size counts.',
  },
});

/** A geometry with a part that cannot be. */
export const geometryInvalid: RaisableRule<VhdImage, Breach> = defineRule({
  id: 'vhd/geometry-invalid',
  severity: 'warning',
  depth: 'header',
  title: 'Impossible geometry',
  spec: `${FOOTER_FORMAT}, Disk Geometry`,
  repair: 'safe',
  message: ({ field, actual }) => `${field} is ${actual}, which no disk has`,
  check({ file, footer }, tell) {
    const { heads } = footer.fields.diskGeometry;
    if (!footer.isTrusted || heads !== 255) return;
    const fault = { expected: '1 to 16', actual: '255', severity: 'info' } as const;
    tell(fieldFinding(file, footer, 'disk_geometry.heads', fault));
  },
  explanation: {
    what: 'Cylinders, heads or sectors of the geometry are 0, or there are more than 16 heads.',
    why: 'Readers that go by the geometry see a disk of no bytes or of a wrong size.',
    how: 'A writer that left the geometry out. Old versions of QEMU wrote 255 heads for disks above 127 GiB, which is only noted.',
    readers: 'QEMU shows a disk of 0 bytes for most creators; readers that go by the size do not look.',
    repair: 'The geometry is computed from the current size.',
  },
});

/** A geometry that promises more than the disk has. */
export const geometryTooLarge: RaisableRule<
  VhdImage,
  { readonly geometry: Geometry; readonly bytes: number; readonly size: bigint }
> = defineRule({
  id: 'vhd/geometry-too-large',
  severity: 'warning',
  depth: 'header',
  title: 'The geometry has more bytes than the disk',
  spec: `${FOOTER_FORMAT}, Disk Geometry`,
  repair: 'safe',
  derivedFrom: [...WRONG_SIZES, 'vhd/geometry-invalid'],
  message: ({ geometry, bytes, size }) =>
    `the geometry ${formatGeometry(geometry)} has ${bytes} bytes, the disk only ${size}`,
  check({ file, footer }, tell) {
    const { diskGeometry: geometry, currentSize: size } = footer.fields;
    const bytes = geometryBytes(geometry);
    if (!footer.isTrusted || BigInt(bytes) <= size) return;
    tell({
      at: fieldPlace(file, footer, 'disk_geometry'),
      data: { geometry, bytes, size },
      severity: isSameGeometry(geometry, MAX_GEOMETRY) ? 'info' : 'warning',
      expected: `at most ${size}`,
      actual: String(bytes),
    });
  },
  explanation: {
    what: 'Cylinders times heads times sectors is more than the current size.',
    why: 'A reader that goes by the geometry lets the guest write behind the end of the disk.',
    how: 'A geometry that was rounded up, or a disk that was made smaller. QEMU writes the largest geometry on purpose with exact sizes (force_size); that is only noted.',
    readers: 'vhd-util refuses the file; QEMU gives the guest the larger disk for most creators.',
    repair: 'The geometry is computed from the current size.',
  },
});

/** A geometry that is not the specification's. */
export const geometryNonstandard: RaisableRule<
  VhdImage,
  { readonly geometry: Geometry; readonly standard: Geometry }
> = defineRule({
  id: 'vhd/geometry-nonstandard',
  severity: 'info',
  depth: 'header',
  title: "Not the specification's geometry for this size",
  spec: 'VHD 1.0, appendix: CHS Calculation',
  repair: 'safe',
  derivedFrom: [...WRONG_SIZES, 'vhd/geometry-invalid'],
  message: ({ geometry, standard }) =>
    `the geometry is ${formatGeometry(geometry)}; the specification gives ${formatGeometry(standard)} for this size`,
  check({ file, footer }, tell) {
    const { diskGeometry: geometry, currentSize } = footer.fields;
    const standard = computeGeometry(Number(currentSize));
    if (!footer.isTrusted || isSameGeometry(geometry, standard)) return;
    tell({
      at: fieldPlace(file, footer, 'disk_geometry'),
      data: { geometry, standard },
      expected: formatGeometry(standard),
      actual: formatGeometry(geometry),
    });
  },
  explanation: {
    what: 'The geometry is not the one that the algorithm of the specification gives for the current size.',
    why: 'Guest data are not affected. Very old guests that go by the geometry may not boot on another host.',
    how: 'Several writers have rules of their own: QEMU rounds sizes up to a geometry, Xen Orchestra rounds cylinders up.',
    readers: 'Nobody refuses such a disk for this alone.',
    repair: 'The geometry is computed from the current size.',
  },
});

/** A fixed disk whose file has another length than its size asks for. */
export const fixedSizeMismatch: RaisableRule<
  VhdImage,
  { readonly dataBytes: number; readonly size: number }
> = defineRule({
  id: 'vhd/fixed-size-mismatch',
  severity: 'error',
  depth: 'header',
  title: 'A fixed disk of another length than its size',
  spec: 'VHD 1.0, Fixed Hard Disk Image',
  repair: 'lossy',
  derivedFrom: [...WRONG_SIZES, 'vhd/disk-type-layout-mismatch'],
  message: ({ dataBytes, size }) =>
    dataBytes < size
      ? `the disk has ${size} bytes, but only ${dataBytes} stand in front of the footer: ${size - dataBytes} are missing`
      : `the disk has ${size} bytes, but ${dataBytes} stand in front of the footer: ${dataBytes - size} too many`,
  check({ file, footer, variant, limit, size }, tell) {
    if (!footer.isTrusted || variant !== 'fixed' || limit === size) return;
    tell({
      at: fieldPlace(file, footer, 'current_size'),
      data: { dataBytes: limit, size },
      severity: limit < size ? 'error' : 'warning',
      expected: String(limit),
      actual: String(size),
      guestOffset: limit < size ? limit : null,
    });
  },
  explanation: {
    what: 'A fixed disk is its data and then the footer, but there are fewer or more bytes in front of the footer than the current size says.',
    why: 'Where bytes are missing, the end of the disk is lost or, if the cut was elsewhere, everything behind it has moved. Bytes too many are never seen by the guest.',
    how: 'A copy that skipped a part, a footer appended to the wrong file, or a resize of only the file.',
    readers: 'QEMU opens the file as if nothing were missing, and vhd-util says nothing either.',
    repair: 'Copy the file again. If only the size is wrong it can be set to what the file holds.',
  },
});

/** First bytes that readers take for another format, by the name of that format. */
const MAGICS: readonly (readonly [format: string, offset: number, magic: string])[] = [
  ['qcow2', 0, 'QFI\u00fb'],
  ['vmdk', 0, 'KDMV'],
  ['vmdk', 0, 'COWD'],
  ['vmdk', 0, '# Disk DescriptorFile'],
  ['vhdx', 0, 'vhdxfile'],
  ['vhd', 0, 'conectix'],
  ['qed', 0, 'QED\0'],
  ['vdi', 64, '\u007f\u0010\u00da\u00be'],
  ['parallels', 0, 'WithoutFreeSpace'],
  ['parallels', 0, 'WithouFreSpacExt'],
  ['luks', 0, 'LUKS\u00ba\u00be'],
];

/** A fixed disk whose guest data look like an image themselves. */
export const fixedProbeHazard: RaisableRule<VhdImage, { readonly format: string }> = defineRule({
  id: 'vhd/fixed-probe-hazard',
  severity: 'warning',
  depth: 'header',
  title: 'A fixed disk that begins like another format',
  spec: 'VHD 1.0, Fixed Hard Disk Image',
  repair: 'none',
  derivedFrom: ['vhd/disk-type-layout-mismatch', 'file/polyglot-magic'],
  message: ({ format }) =>
    `the first bytes of this fixed disk, which the guest writes, are those of ${format}`,
  async check({ file, source, variant }, tell) {
    if (variant !== 'fixed' || source.size <= FOOTER_SIZE) return;
    const head = await readAvailable(source, fileOffset(0), FOOTER_SIZE);
    const text = String.fromCharCode(...head);
    const found = MAGICS.find(([, offset, magic]) => text.startsWith(magic, offset));
    if (found === undefined) return;
    const [format, offset, magic] = found;
    const at = { file, offset, length: magic.length, field: null };
    tell({ at, data: { format }, guestOffset: offset });
  },
  explanation: {
    what: 'A fixed disk begins with the first sector of the guest, and there stands the mark of an image format.',
    why: 'A reader that probes the first bytes opens what the guest wrote as an image, which may name files of the host.',
    how: 'An image written to a disk without a partition table; or a guest that wants out.',
    readers: 'QEMU never recognises fixed VHDs by itself and would probe this one as the other format.',
    repair: 'Always name the format when the disk is opened (-f vpc).',
  },
});

/** The rules on sizes and geometry. */
export const sizeRules: readonly RaisableRule<VhdImage, never>[] = [
  currentSizeZero,
  currentSizeUnaligned,
  currentSizeLimit,
  sizeOriginalMismatch,
  sizeGeometryMismatch,
  geometryInvalid,
  geometryTooLarge,
  geometryNonstandard,
  fixedSizeMismatch,
  fixedProbeHazard,
];

/** Those that the spec states. */
export const sizeSpecRules: readonly RaisableRule<VhdImage, Breach>[] = [currentSizeLimit, geometryInvalid];
