import type { Geometry } from '../../../../generated/vdi.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import { defineRules } from '../../../model/rule.ts';
import type { VdiFindings } from '../findings.ts';
import type { VdiImage } from '../layout/image.ts';
import type { VdiWalk } from '../walk.ts';

const HEADER = 'VirtualBox 7.0, VDICore.h, VDIHEADER1PLUS';
const VALIDATION = 'VirtualBox 7.0, VDI.cpp, vdiValidateHeader';

const USUAL_BLOCK_SIZE = 2 ** 20;

/** The rules on the size of the disk, its blocks and its geometry. */
export const sizeRules = defineRules<VdiImage, VdiFindings, VdiWalk>()({
  'vdi/disk-size-zero': {
    severity: 'error',
    depth: 'header',
    title: 'The disk size is 0',
    spec: VALIDATION,
    repair: 'none',
    message: () => 'the disk size is 0 bytes, so there is no disk',
  },
  'vdi/disk-size-unaligned': {
    severity: 'warning',
    depth: 'header',
    title: 'The disk size is not a multiple of 512',
    spec: HEADER,
    repair: 'none',
    message: ({ size }) => `the disk size is ${size} bytes, ${size % SECTOR_SIZE} more than whole sectors`,
    check({ header, size }, tell) {
      if (size % SECTOR_SIZE === 0) return;
      const texts = { expected: 'a multiple of 512', actual: String(size) };
      tell({ at: header.at('disk_size'), data: { size }, ...texts });
    },
  },
  'vdi/disk-size-limit': {
    severity: 'error',
    depth: 'header',
    title: 'The disk size is impossible',
    spec: 'Limits of vdcheck',
    repair: 'none',
    message: ({ size }) => `the disk size of ${size} bytes does not fit 2^53`,
  },
  'vdi/block-size-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The block size is not a power of two',
    spec: VALIDATION,
    repair: 'none',
    message: ({ actual }) => `the block size is ${actual}, must be a power of two of at least 512 bytes`,
  },
  'vdi/block-size-unusual': {
    severity: 'info',
    depth: 'header',
    title: 'Blocks of another size than 1 MiB',
    spec: 'QEMU 7.2, block/vdi.c',
    repair: 'none',
    derivedFrom: ['vdi/block-size-invalid'],
    message: ({ blockSize }) => `blocks have ${blockSize} bytes; QEMU opens images with blocks of 1 MiB only`,
    check({ header }, tell) {
      const { blockSize } = header.fields;
      if (blockSize === USUAL_BLOCK_SIZE) return;
      const texts = { expected: String(USUAL_BLOCK_SIZE), actual: String(blockSize) };
      tell({ at: header.at('block_size'), data: { blockSize }, ...texts });
    },
  },
  'vdi/block-extra-invalid': {
    severity: 'error',
    depth: 'header',
    title: 'The extra size of a block is not a power of two',
    spec: VALIDATION,
    repair: 'none',
    message: ({ actual }) => `the extra size of a block is ${actual}, must be 0 or a power of two above 1`,
  },
  'vdi/block-extra-used': {
    severity: 'warning',
    depth: 'header',
    title: 'Blocks have extra bytes before their data',
    spec: 'QEMU 7.2, block/vdi.c',
    repair: 'none',
    derivedFrom: ['vdi/block-extra-invalid'],
    message: ({ extra }) => `each block has ${extra} bytes before its data, which QEMU takes as guest data`,
    check({ header }, tell) {
      const extra = header.fields.blockExtra;
      if (extra === 0) return;
      tell({ at: header.at('block_extra'), data: { extra }, expected: '0', actual: String(extra) });
    },
  },
  'vdi/blocks-too-few': {
    severity: 'error',
    depth: 'header',
    title: 'The block map has too few entries for the disk',
    spec: VALIDATION,
    repair: 'none',
    derivedFrom: ['vdi/block-size-invalid'],
    message: ({ entries, needed }) =>
      `the block map has ${entries} entries, but the disk has ${needed} blocks`,
    check({ header, map }, tell) {
      if (map === null || map.entries >= map.needed) return;
      const { entries, needed, blockSize } = map;
      tell({
        at: header.at('num_blocks'),
        data: { entries, needed },
        guestOffset: entries * blockSize,
        expected: `at least ${needed}`,
        actual: String(entries),
      });
    },
  },
  'vdi/blocks-excess': {
    severity: 'info',
    depth: 'header',
    title: 'The block map has more entries than the disk needs',
    spec: HEADER,
    repair: 'none',
    derivedFrom: ['vdi/disk-size-zero', 'vdi/map-out-of-file', 'vdi/data-offset-invalid'],
    message: ({ entries, needed }) => `the block map has ${entries} entries, the disk has ${needed} blocks`,
    check({ header, map }, tell) {
      if (map === null || map.entries <= map.needed) return;
      const { entries, needed } = map;
      const texts = { expected: String(needed), actual: String(entries) };
      tell({ at: header.at('num_blocks'), data: { entries, needed }, ...texts });
    },
  },
  'vdi/sector-size': {
    severity: 'warning',
    depth: 'header',
    title: 'Sectors of another size than 512 bytes',
    spec: `${VALIDATION}; QEMU 7.2, block/vdi.c`,
    repair: 'safe',
    message: ({ field, sectorSize }) => `${field} is ${sectorSize}, must be 512`,
    check({ header }, tell) {
      for (const name of ['legacy_geometry', 'logical_geometry'] as const) {
        const geometry =
          name === 'legacy_geometry' ? header.fields.legacyGeometry : header.fields.logicalGeometry;
        if (geometry === undefined || geometry.sectorSize === SECTOR_SIZE) continue;
        const { sectorSize } = geometry;
        const at = header.at(`${name}.sector_size`);
        tell({
          at,
          data: { field: at.field ?? name, sectorSize },
          severity: name === 'logical_geometry' && isEmpty(geometry) ? 'info' : 'warning',
          expected: '512',
          actual: String(sectorSize),
        });
      }
    },
  },
  'vdi/geometry-too-large': {
    severity: 'info',
    depth: 'header',
    title: 'The geometry has more bytes than the disk',
    spec: HEADER,
    repair: 'safe',
    derivedFrom: ['vdi/disk-size-zero'],
    message: ({ bytes, size }) => `the logical geometry has ${bytes} bytes, the disk only ${size}`,
    check({ header, size }, tell) {
      const geometry = header.fields.logicalGeometry;
      if (geometry === undefined) return;
      const { cylinders, heads, sectorsPerTrack } = geometry;
      const bytes = BigInt(cylinders) * BigInt(heads) * BigInt(sectorsPerTrack) * BigInt(SECTOR_SIZE);
      if (bytes <= BigInt(size)) return;
      const texts = { expected: `at most ${size}`, actual: String(bytes) };
      tell({ at: header.at('logical_geometry'), data: { bytes, size }, ...texts });
    },
  },
});

/** Whether the writer left the geometry out, the size of its sectors too. */
function isEmpty({ cylinders, heads, sectorsPerTrack, sectorSize }: Geometry): boolean {
  return cylinders === 0 && heads === 0 && sectorsPerTrack === 0 && sectorSize === 0;
}
