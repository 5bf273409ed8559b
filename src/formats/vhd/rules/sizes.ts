import { latin1 } from '../../../io/latin1.ts';
import { fileOffset, readAvailable } from '../../../io/source.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRules } from '../../../model/rule.ts';
import { fieldFault } from '../../shared/field-fault.ts';
import type { VhdFindings } from '../findings.ts';
import { formatCode, isSizeExact } from '../layout/creator.ts';
import {
  computeGeometry,
  formatGeometry,
  geometryBytes,
  isSameGeometry,
  MAX_GEOMETRY,
} from '../layout/geometry.ts';
import type { VhdImage } from '../layout/image.ts';
import { FOOTER_SIZE } from '../probe.ts';
import type { VhdWalk } from '../walk.ts';

const FOOTER_FORMAT = 'VHD 1.0, Hard Disk Footer Format';

/** A size that is wrong in itself, which explains whatever else does not fit it. */
const WRONG_SIZES = ['vhd/current-size-zero', 'vhd/current-size-unaligned', 'vhd/current-size-limit'];

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

/** The rules on sizes and geometry. */
export const sizeRules = defineRules<VhdImage, VhdFindings, VhdWalk>()({
  'vhd/current-size-zero': {
    severity: 'error',
    depth: 'header',
    title: 'The current size is 0',
    spec: `${FOOTER_FORMAT}, Current Size`,
    repair: 'none',
    message: () => 'the current size is 0 bytes, so there is no disk',
    check({ footer }, tell) {
      if (!footer.isTrusted || footer.fields.currentSize !== 0n) return;
      tell({ at: footer.at('current_size'), data: null, actual: '0' });
    },
  },
  'vhd/current-size-unaligned': {
    severity: 'error',
    depth: 'header',
    title: 'The current size is no whole number of sectors',
    spec: `${FOOTER_FORMAT}, Current Size`,
    repair: 'none',
    message: ({ size }) => `the current size is ${size} bytes, ${size % 512n} more than whole sectors`,
    check({ footer }, tell) {
      const size = footer.fields.currentSize;
      if (!footer.isTrusted || size % BigInt(SECTOR_SIZE) === 0n) return;
      const at = footer.at('current_size');
      tell({ at, data: { size }, expected: 'a multiple of 512', actual: String(size) });
    },
  },
  'vhd/current-size-limit': {
    severity: 'error',
    depth: 'header',
    title: 'The disk is larger than the format allows',
    spec: `${FOOTER_FORMAT}, Current Size`,
    repair: 'none',
    message: ({ actual }) =>
      `the current size is ${BigInt(actual)} bytes, more than the 2040 GiB that a VHD can have`,
  },
  'vhd/size-original-mismatch': {
    severity: 'info',
    depth: 'header',
    title: 'The original size is not the current size',
    spec: `${FOOTER_FORMAT}, Original Size`,
    repair: 'safe',
    derivedFrom: WRONG_SIZES,
    message: ({ original, current }) =>
      `the disk was made with ${original} bytes and has ${current} now; libvhdi shows the first of these`,
    check({ footer }, tell) {
      const { originalSize: original, currentSize: current } = footer.fields;
      if (!footer.isTrusted || original === current) return;
      tell({
        at: footer.at('original_size'),
        data: { original, current },
        severity: original > current ? 'warning' : 'info',
        expected: String(current),
        actual: String(original),
      });
    },
  },
  'vhd/size-geometry-mismatch': {
    severity: 'warning',
    depth: 'header',
    title: 'Geometry and current size give different disks',
    spec: `${FOOTER_FORMAT}, Disk Geometry`,
    repair: 'lossy',
    derivedFrom: [...WRONG_SIZES, 'vhd/geometry-invalid'],
    message: ({ creator, geometry, bytes, size }) =>
      `the geometry ${formatGeometry(geometry)} has ${bytes} bytes, the current size is ${size}: for creator "${creator}" QEMU and Virtual PC show the first`,
    check({ footer }, tell) {
      const { diskGeometry: geometry, currentSize: size, creatorApplication } = footer.fields;
      const bytes = geometryBytes(geometry);
      if (!footer.isTrusted || isSizeExact(footer.fields) || BigInt(bytes) === size) return;
      tell({
        at: footer.at('disk_geometry'),
        data: { creator: formatCode(creatorApplication), geometry, bytes, size },
        severity: isSameGeometry(geometry, computeGeometry(Number(size))) ? 'info' : 'warning',
        expected: String(size),
        actual: String(bytes),
      });
    },
  },
  'vhd/geometry-invalid': {
    severity: 'warning',
    depth: 'header',
    title: 'Impossible geometry',
    spec: `${FOOTER_FORMAT}, Disk Geometry`,
    repair: 'safe',
    message: ({ field, actual }) => `${field} is ${actual}, which no disk has`,
    check({ footer }, tell) {
      const { heads } = footer.fields.diskGeometry;
      if (!footer.isTrusted || heads !== 255) return;
      const fault = { expected: '1 to 16', actual: '255', severity: 'info' } as const;
      tell(fieldFault(footer, 'disk_geometry.heads', fault));
    },
  },
  'vhd/geometry-too-large': {
    severity: 'warning',
    depth: 'header',
    title: 'The geometry has more bytes than the disk',
    spec: `${FOOTER_FORMAT}, Disk Geometry`,
    repair: 'safe',
    derivedFrom: [...WRONG_SIZES, 'vhd/geometry-invalid'],
    message: ({ geometry, bytes, size }) =>
      `the geometry ${formatGeometry(geometry)} has ${bytes} bytes, the disk only ${size}`,
    check({ footer }, tell) {
      const { diskGeometry: geometry, currentSize: size } = footer.fields;
      const bytes = geometryBytes(geometry);
      if (!footer.isTrusted || BigInt(bytes) <= size) return;
      tell({
        at: footer.at('disk_geometry'),
        data: { geometry, bytes, size },
        severity: isSameGeometry(geometry, MAX_GEOMETRY) ? 'info' : 'warning',
        expected: `at most ${size}`,
        actual: String(bytes),
      });
    },
  },
  'vhd/geometry-nonstandard': {
    severity: 'info',
    depth: 'header',
    title: "Not the specification's geometry for this size",
    spec: 'VHD 1.0, appendix: CHS Calculation',
    repair: 'safe',
    derivedFrom: [...WRONG_SIZES, 'vhd/geometry-invalid'],
    message: ({ geometry, standard }) =>
      `the geometry is ${formatGeometry(geometry)}; the specification gives ${formatGeometry(standard)} for this size`,
    check({ footer }, tell) {
      const { diskGeometry: geometry, currentSize } = footer.fields;
      const standard = computeGeometry(Number(currentSize));
      if (!footer.isTrusted || isSameGeometry(geometry, standard)) return;
      tell({
        at: footer.at('disk_geometry'),
        data: { geometry, standard },
        expected: formatGeometry(standard),
        actual: formatGeometry(geometry),
      });
    },
  },
  'vhd/fixed-size-mismatch': {
    severity: 'error',
    depth: 'header',
    title: 'A fixed disk of another length than its size',
    spec: 'VHD 1.0, Fixed Hard Disk Image',
    repair: 'lossy',
    derivedFrom: [...WRONG_SIZES, 'vhd/disk-type-layout-mismatch'],
    message: ({ dataBytes, size }) =>
      dataBytes < size
        ? `the disk has ${size} bytes, but only ${dataBytes} are before the footer: ${size - dataBytes} are missing`
        : `the disk has ${size} bytes, but ${dataBytes} are before the footer: ${dataBytes - size} too many`,
    check({ footer, variant, limit, size }, tell) {
      if (!footer.isTrusted || variant !== 'fixed' || limit === size) return;
      tell({
        at: footer.at('current_size'),
        data: { dataBytes: limit, size },
        severity: limit < size ? 'error' : 'warning',
        expected: String(limit),
        actual: String(size),
        guestOffset: limit < size ? limit : null,
      });
    },
  },
  'vhd/fixed-probe-hazard': {
    severity: 'warning',
    depth: 'header',
    title: 'A fixed disk that begins like another format',
    spec: 'VHD 1.0, Fixed Hard Disk Image',
    repair: 'none',
    derivedFrom: ['vhd/disk-type-layout-mismatch', 'file/polyglot-magic', 'policy/guest-header-in-flat'],
    message: ({ format }) =>
      `the first bytes of this fixed disk, which the guest writes, are those of ${format}`,
    async check({ file, source, variant }, tell) {
      if (variant !== 'fixed' || source.size <= FOOTER_SIZE) return;
      const head = await readAvailable(source, fileOffset(0), FOOTER_SIZE);
      const text = latin1(head);
      const found = MAGICS.find(([, offset, magic]) => text.startsWith(magic, offset));
      if (found === undefined) return;
      const [format, offset, magic] = found;
      const at = { file, offset, length: magic.length, field: null };
      tell({ at, data: { format }, guestOffset: offset });
    },
  },
});
