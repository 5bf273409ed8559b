import {
  COWD,
  HOSTED,
  SESPARSE,
  slotEntry,
  type buildSeSparse,
  type SeSparsePlan,
} from '../../support/vmdk.ts';
import { cowd, hosted, seSparse, stream, type RuleCase } from './cases.ts';

const SECTOR = 512;
const GRAIN = 65536;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;
const sound = hosted();
const soundStream = stream();
const soundCowd = cowd();
const soundSe = seSparse();
/** 400 grains, of which guest grain 2n + 1 is in slot n. */
const MANY: SeSparsePlan = {
  entries: Object.fromEntries(Array.from({ length: 400 }, (_, slot) => [2 * slot + 1, slotEntry(3, slot)])),
  slots: 400,
};

/** Lets the backmap give the guest grain of each slot of `MANY`. */
function writeBackmap(file: ReturnType<typeof buildSeSparse>): ReturnType<typeof buildSeSparse> {
  for (let slot = 0; slot < 400; slot++) file.u64(file.at.backmap + 8 * slot, 2 * slot + 1);
  return file;
}

const HEADER: readonly RuleCase[] = [
  {
    rule: 'vmdk4/magic',
    damaged: hosted((f) => f.put(0, 'kdmv')),
    near: sound,
    field: 'header.magic_number',
    offset: 0,
  },
  { rule: 'vmdk4/header-truncated', damaged: hosted((f) => f.cut(300)), near: hosted((f) => f.cut(512)) },
  {
    rule: 'vmdk4/version-unsupported',
    damaged: hosted((f) => f.u32(HOSTED.version, 4)),
    near: hosted((f) => f.u32(HOSTED.version, 3)),
    offset: 4,
  },
  {
    rule: 'vmdk4/version-flag-mismatch',
    damaged: hosted((f) => f.u32(HOSTED.version, 1), { zero: [3] }),
    near: hosted(undefined, { zero: [3] }),
  },
  {
    rule: 'vmdk4/version-flag-mismatch',
    damaged: hosted((f) => f.u32(HOSTED.version, 3)),
    near: {
      ...hosted((f) => f.u32(HOSTED.version, 3), {
        descriptor: { more: ['changeTrackPath="disk-ctk.vmdk"'] },
      }),
    },
    severity: 'info',
    offset: 4,
  },
  {
    rule: 'vmdk4/flags-unknown-incompatible',
    damaged: hosted((f) => f.u32(HOSTED.flags, 0x40003)),
    near: sound,
  },
  { rule: 'vmdk4/flags-unknown-compatible', damaged: hosted((f) => f.u32(HOSTED.flags, 0x13)), near: sound },
  {
    rule: 'vmdk4/markers-without-compression',
    damaged: hosted((f) => f.u32(HOSTED.flags, 0x20003)),
    near: soundStream,
  },
  {
    rule: 'vmdk4/compressed-without-markers',
    damaged: stream((f) => f.u32(HOSTED.flags, 0x10001)),
    near: soundStream,
  },
  {
    rule: 'vmdk4/compression-flag-mismatch',
    damaged: hosted((f) => f.u16(HOSTED.compression, 1)),
    near: soundStream,
  },
  {
    rule: 'vmdk4/compression-unknown',
    damaged: hosted((f) => f.u16(HOSTED.compression, 2)),
    near: hosted((f) => f.u16(HOSTED.compression, 0)),
  },
  {
    rule: 'vmdk4/newline-damage',
    damaged: hosted((f) => f.put(HOSTED.newline, '\r\n \r')),
    near: hosted((f) => f.put(HOSTED.newline, '\r\n \r').u32(HOSTED.flags, 2)),
    offset: 73,
  },
  { rule: 'vmdk4/newline-flag-unset', damaged: hosted((f) => f.u32(HOSTED.flags, 2)), near: sound },
  { rule: 'vmdk4/pad-nonzero', damaged: hosted((f) => f.u8(511, 1)), near: sound },
  {
    rule: 'vmdk4/unclean-shutdown',
    damaged: hosted((f) => f.u8(HOSTED.unclean, 1)),
    near: sound,
    severity: 'warning',
    offset: 72,
  },
  {
    rule: 'vmdk4/unclean-shutdown',
    damaged: hosted((f) => f.u8(HOSTED.unclean, 9)),
    near: sound,
    severity: 'error',
  },
  {
    rule: 'vmdk4/capacity-zero',
    damaged: hosted((f) => f.u64(HOSTED.capacity, 0), { descriptor: null }),
    near: sound,
  },
  {
    rule: 'vmdk4/capacity-overflow',
    damaged: hosted((f) => f.u64(HOSTED.capacity, 2n ** 63n)),
    near: sound,
    offset: 12,
  },
  {
    rule: 'vmdk4/capacity-not-grain-multiple',
    damaged: hosted(undefined, { capacity: 131000 }),
    near: sound,
  },
  {
    rule: 'vmdk4/grain-size-invalid',
    damaged: hosted((f) => f.u64(HOSTED.grainSize, 100)),
    near: sound,
    severity: 'error',
    offset: 20,
  },
  {
    rule: 'vmdk4/grain-size-invalid',
    damaged: hosted(undefined, { grainSize: 64 }),
    near: sound,
    severity: 'warning',
  },
  {
    rule: 'vmdk4/gtes-per-gt-invalid',
    damaged: hosted((f) => f.u32(HOSTED.numGtesPerGt, 0)),
    near: sound,
    severity: 'error',
  },
  {
    rule: 'vmdk4/gtes-per-gt-invalid',
    damaged: hosted(undefined, { entriesPerTable: 256 }),
    near: sound,
    severity: 'warning',
  },
  {
    rule: 'vmdk4/descriptor-bounds',
    damaged: hosted((f) => f.u64(HOSTED.descriptorOffset, 2n ** 60n)),
    near: sound,
  },
  { rule: 'vmdk4/descriptor-bounds', damaged: hosted((f) => f.u64(HOSTED.descriptorSize, 0)), near: sound },
  {
    rule: 'vmdk4/gd-offset-missing',
    damaged: hosted((f) => f.u64(HOSTED.gdOffset, 0)),
    near: sound,
    offset: 56,
  },
  {
    rule: 'vmdk4/gd-out-of-file',
    damaged: hosted((f) => f.u64(HOSTED.gdOffset, 2n ** 40n)),
    near: sound,
    field: 'header.gd_offset',
    offset: 56,
  },
  {
    rule: 'vmdk4/rgd-out-of-file',
    damaged: hosted((f) => f.u64(HOSTED.rgdOffset, 2n ** 40n)),
    near: sound,
    offset: 48,
  },
  {
    rule: 'vmdk4/rgd-flag-offset-mismatch',
    damaged: hosted((f) => f.u32(HOSTED.flags, 1)),
    near: hosted(undefined, { redundant: false }),
  },
  {
    rule: 'vmdk4/gd-rgd-same',
    damaged: hosted((f) => f.u64(HOSTED.rgdOffset, f.at.gd / SECTOR)),
    near: sound,
  },
  {
    rule: 'vmdk4/overhead-invalid',
    damaged: hosted((f) => f.u64(HOSTED.overhead, 2n ** 50n)),
    near: sound,
    severity: 'error',
  },
  {
    rule: 'vmdk4/overhead-invalid',
    damaged: hosted((f) => f.u64(HOSTED.overhead, 0)),
    near: sound,
    severity: 'warning',
  },
  { rule: 'vmdk4/overhead-alignment', damaged: hosted((f) => f.u64(HOSTED.overhead, 127)), near: sound },
  {
    rule: 'file/size-not-sector-multiple',
    damaged: hosted((f) => f.append(100)),
    near: hosted((f) => f.append(512)),
  },
];

const TABLES: readonly RuleCase[] = [
  { rule: 'vmdk4/tables-overlap', damaged: hosted((f) => f.u64(HOSTED.gdOffset, 20)), near: sound },
  {
    rule: 'vmdk4/gde-out-of-file',
    damaged: hosted((f) => f.u32(f.at.gd + 4, 0x7fffffff)),
    near: sound,
    field: 'gd[1]',
  },
  {
    rule: 'vmdk4/gde-in-metadata',
    damaged: hosted((f) => f.u32(f.at.gd + 4, 1)),
    near: sound,
    field: 'gd[1]',
  },
  {
    rule: 'vmdk4/gde-duplicate',
    damaged: hosted((f) => f.u32(f.at.gd + 4, f.at.gt / SECTOR)),
    near: sound,
    field: 'gd[1]',
  },
  {
    rule: 'vmdk4/gde-zero',
    damaged: hosted((f) => f.u32(f.at.gd + 4, 0)),
    near: sound,
    severity: 'warning',
    field: 'gd[1]',
  },
  {
    rule: 'vmdk4/gde-zero',
    damaged: hosted((f) => f.u32(f.at.gd + 4, 0)),
    near: stream((f) => f.u32(f.at.gd, 0)),
  },
  {
    rule: 'vmdk4/gde-shared-with-rgd',
    damaged: hosted((f) => f.u32(f.at.rgd, f.at.gt / SECTOR)),
    near: sound,
    field: 'rgd[0]',
  },
  { rule: 'vmdk4/gd-padding-nonzero', damaged: hosted((f) => f.u8(f.at.gd + 500, 1)), near: sound },
  {
    rule: 'vmdk4/rgde-out-of-file',
    damaged: hosted((f) => f.u32(f.at.rgd, 0x7fffffff)),
    near: sound,
    field: 'rgd[0]',
  },
  {
    rule: 'vmdk4/rgt-mismatch',
    damaged: hosted((f) => f.u32(f.at.rgt + 20, 0)),
    near: sound,
    severity: 'warning',
    field: 'rgt[0][5]',
  },
  {
    rule: 'vmdk4/rgt-mismatch',
    damaged: hosted((f) => f.u32(f.at.gt + 20, 0)),
    near: sound,
    severity: 'warning',
    field: 'gt[0][5]',
  },
  {
    rule: 'vmdk4/rgt-mismatch',
    damaged: hosted((f) => f.u32(f.at.rgt + 20, 77777)),
    near: sound,
    severity: 'error',
    field: 'rgt[0][5]',
  },
  {
    rule: 'vmdk4/rgt-mismatch',
    damaged: hosted((f) => f.u32(f.at.rgt + 20, 128)),
    near: sound,
    severity: 'error',
    field: 'gt[0][5]',
  },
  {
    rule: 'vmdk4/gte-out-of-file',
    damaged: hosted((f) => f.u32(f.at.gt + 20, 0xffffff80)),
    near: sound,
    field: 'gt[0][5]',
  },
  {
    rule: 'vmdk4/gte-straddles-end',
    damaged: hosted((f) => f.cut(f.bytes.length - 512)),
    near: sound,
    severity: 'error',
  },
  {
    rule: 'vmdk4/gte-straddles-end',
    damaged: hosted((f) => f.cut(f.at.grains + 40 * SECTOR), { capacity: 128 * 2 + 40, grains: [2] }),
    near: sound,
    severity: 'warning',
  },
  {
    rule: 'vmdk4/gte-in-metadata',
    damaged: hosted((f) => f.u32(f.at.gt + 4, f.at.gd / SECTOR)),
    near: sound,
    field: 'gt[0][1]',
  },
  {
    rule: 'vmdk4/gte-one-without-flag',
    damaged: hosted((f) => f.u32(f.at.gt + 4, 1)),
    near: hosted(undefined, { zero: [3] }),
    field: 'gt[0][1]',
  },
  {
    rule: 'vmdk4/gte-duplicate',
    damaged: hosted((f) => f.u32(f.at.gt + 4, f.at.grains / SECTOR)),
    near: sound,
    field: 'gt[0][1]',
  },
  {
    rule: 'vmdk4/grain-overlap',
    damaged: hosted((f) => f.u32(f.at.gt + 4, f.at.grains / SECTOR + 8)),
    near: sound,
  },
  {
    rule: 'vmdk4/gte-misaligned',
    damaged: hosted((f) => f.u32(f.at.gt + 4, f.at.grains / SECTOR + 8)),
    near: sound,
    field: 'gt[0][1]',
  },
  {
    rule: 'vmdk4/gte-beyond-capacity',
    damaged: hosted((f) => f.u32(f.at.gt + 2048 + 2044, f.at.grains / SECTOR), { capacity: 100_000 }),
    near: sound,
    field: 'gt[1][511]',
  },
  {
    rule: 'vmdk4/grain-unreferenced',
    damaged: hosted((f) => f.u32(f.at.gt + 4, 0).u32(f.at.rgt + 4, 0)),
    near: sound,
  },
  {
    rule: 'vmdk4/trailing-data',
    damaged: hosted((f) => f.append(1024, 7)),
    near: hosted((f) => f.append(GRAIN, 7)),
  },
  {
    rule: 'vmdk4/table-empty-image',
    damaged: hosted((f) => f.append(4 * GRAIN), { grains: [] }),
    near: hosted(undefined, { grains: [] }),
  },
];

const STREAM: readonly RuleCase[] = [
  { rule: 'vmdk4/footer-missing', damaged: stream((f) => f.cut(f.at.grains + 1024)), near: soundStream },
  {
    rule: 'vmdk4/footer-missing',
    damaged: stream((f) => f.append(512)),
    near: stream((f) => f.append(512), { directory: 'front' }),
  },
  { rule: 'vmdk4/footer-magic', damaged: stream((f) => f.put(f.at.footer, 'XDMV')), near: soundStream },
  { rule: 'vmdk4/footer-marker', damaged: stream((f) => f.u32(f.at.footer - 500, 2)), near: soundStream },
  {
    rule: 'vmdk4/footer-header-mismatch',
    damaged: stream((f) => f.u64(f.at.footer + HOSTED.capacity, 65000)),
    near: soundStream,
    field: 'footer.capacity',
  },
  {
    rule: 'vmdk4/footer-gd-unresolved',
    damaged: stream((f) => f.u64(f.at.footer + HOSTED.gdOffset, ALL_ONES)),
    near: soundStream,
  },
  {
    rule: 'vmdk4/footer-gd-unresolved',
    damaged: stream((f) => f.u64(f.at.footer + HOSTED.gdOffset, 0)),
    near: soundStream,
  },
  {
    rule: 'vmdk4/footer-unexpected',
    damaged: stream((f) => f.u64(HOSTED.gdOffset, f.at.gd / SECTOR)),
    near: soundStream,
  },
  { rule: 'vmdk4/eos-missing', damaged: stream((f) => f.u8(f.bytes.length - 1, 1)), near: soundStream },
  {
    rule: 'vmdk4/marker-missing',
    damaged: stream((f) => f.u32(f.at.gdMarker + 12, 1)),
    near: soundStream,
    field: 'gd',
  },
  {
    rule: 'vmdk4/marker-type-unknown',
    damaged: stream((f) => f.u32(f.at.gdMarker + 12, 9)),
    near: soundStream,
    field: 'gd',
  },
  {
    rule: 'vmdk4/marker-length',
    damaged: stream((f) => f.u64(f.at.gtMarker, 3)),
    near: stream((f) => f.u64(f.at.gtMarker, 0)),
  },
  {
    rule: 'vmdk4/marker-pad-nonzero',
    damaged: stream((f) => f.u8(f.at.gtMarker + 100, 3)),
    near: soundStream,
  },
  {
    rule: 'vmdk4/grain-marker-out-of-file',
    damaged: stream((f) =>
      f
        .u32(f.at.gt + 20, f.bytes.length / SECTOR - 1)
        .u32(f.bytes.length - 504, 9000)
        .u64(f.bytes.length - 512, 640),
    ),
    near: soundStream,
  },
  {
    rule: 'vmdk4/grain-lba-mismatch',
    damaged: stream((f) => f.u64(f.at.grains, 2n ** 53n + 1n)),
    near: soundStream,
    field: 'gt[0][0]',
  },
  { rule: 'vmdk4/grain-size-zero', damaged: stream((f) => f.u32(f.at.grains + 8, 0)), near: soundStream },
  {
    rule: 'vmdk4/grain-size-excessive',
    damaged: stream((f) => f.u32(f.at.grains + 8, 2 ** 31)),
    near: soundStream,
  },
  {
    rule: 'vmdk4/grain-overlap-compressed',
    damaged: stream((f) => f.u32(f.at.grains + 8, 1000)),
    near: soundStream,
  },
  { rule: 'vmdk4/grain-order', damaged: stream(undefined, { grains: [5, 1, 0] }), near: soundStream },
];

const COWD_CASES: readonly RuleCase[] = [
  { rule: 'vmdk3/magic', damaged: cowd((f) => f.put(0, 'XOWD')), near: soundCowd },
  { rule: 'vmdk3/header-truncated', damaged: cowd((f) => f.cut(2000)), near: cowd((f) => f.cut(2048)) },
  { rule: 'vmdk3/version', damaged: cowd((f) => f.u32(COWD.version, 2)), near: soundCowd },
  { rule: 'vmdk3/flags', damaged: cowd((f) => f.u32(COWD.flags, 1)), near: soundCowd },
  { rule: 'vmdk3/capacity-zero', damaged: cowd((f) => f.u32(COWD.numSectors, 0)), near: soundCowd },
  {
    rule: 'vmdk3/grain-size-invalid',
    damaged: cowd((f) => f.u32(COWD.grainSize, 0)),
    near: cowd(undefined, { grainSize: 8 }),
    severity: 'error',
  },
  {
    rule: 'vmdk3/grain-size-invalid',
    damaged: cowd(undefined, { grainSize: 256 }),
    near: soundCowd,
    severity: 'warning',
  },
  {
    rule: 'vmdk3/gd-offset-invalid',
    damaged: cowd((f) => f.u32(COWD.gdOffset, 2)),
    near: soundCowd,
    severity: 'error',
  },
  {
    rule: 'vmdk3/gd-offset-invalid',
    damaged: cowd((f) => f.u32(COWD.gdOffset, 0xffffffff)),
    near: soundCowd,
    severity: 'error',
  },
  {
    rule: 'vmdk3/gd-entries-mismatch',
    damaged: cowd((f) => f.u32(COWD.numGdEntries, 0)),
    near: soundCowd,
    severity: 'error',
  },
  {
    rule: 'vmdk3/gd-entries-mismatch',
    damaged: cowd((f) => f.u32(COWD.numGdEntries, 9)),
    near: soundCowd,
    severity: 'warning',
  },
  {
    rule: 'vmdk3/free-sector-invalid',
    damaged: cowd((f) => f.u32(COWD.freeSector, 6)),
    near: soundCowd,
    severity: 'error',
  },
  {
    rule: 'vmdk3/free-sector-invalid',
    damaged: cowd((f) => f.u32(COWD.freeSector, 9999)),
    near: soundCowd,
    severity: 'warning',
  },
  {
    rule: 'vmdk3/gde-out-of-file',
    damaged: cowd((f) => f.u32(f.at.gd, 9999)),
    near: soundCowd,
    field: 'gd[0]',
  },
  { rule: 'vmdk3/gde-in-metadata', damaged: cowd((f) => f.u32(f.at.gd, 1)), near: soundCowd, field: 'gd[0]' },
  {
    rule: 'vmdk3/gde-duplicate',
    damaged: cowd((f) => f.u32(f.at.gd + 4, f.at.gt / SECTOR), { sectors: 8192 }),
    near: soundCowd,
    field: 'gd[1]',
  },
  {
    rule: 'vmdk3/gte-out-of-file',
    damaged: cowd((f) => f.u32(f.at.gt, 9999)),
    near: soundCowd,
    field: 'gt[0][0]',
  },
  {
    rule: 'vmdk3/gte-in-metadata',
    damaged: cowd((f) => f.u32(f.at.gt, 4)),
    near: soundCowd,
    field: 'gt[0][0]',
  },
  {
    rule: 'vmdk3/gte-in-metadata',
    damaged: cowd((f) => f.u32(f.at.gt, 1)),
    near: soundCowd,
    field: 'gt[0][0]',
  },
  {
    rule: 'vmdk3/gte-duplicate',
    damaged: cowd((f) => f.u32(f.at.gt + 4, f.at.grains / SECTOR)),
    near: soundCowd,
    field: 'gt[0][1]',
  },
  {
    rule: 'vmdk3/gte-beyond-capacity',
    damaged: cowd((f) => f.u32(f.at.gt + 4 * 4095, f.at.grains / SECTOR + 2), { sectors: 4000 }),
    near: soundCowd,
  },
  { rule: 'vmdk3/gd-padding-nonzero', damaged: cowd((f) => f.u8(f.at.gd + 511, 1)), near: soundCowd },
  { rule: 'vmdk3/grain-unreferenced', damaged: cowd((f) => f.u32(f.at.gt + 4, 0)), near: soundCowd },
  { rule: 'vmdk3/unclean-shutdown', damaged: cowd((f) => f.u32(COWD.unclean, 1)), near: soundCowd },
  {
    rule: 'vmdk3/parent-name-mismatch',
    damaged: cowd((f) => f.put(COWD.parentFileName, 'other.vmdk')),
    near: cowd((f) => f.put(COWD.parentFileName, 'base.vmdk')),
  },
  { rule: 'vmdk3/no-parent', damaged: cowd(undefined, {}, { parentCid: 'ffffffff' }), near: soundCowd },
];

const area =
  (field: number, offset: number, size: number) =>
  (f: { u64(at: number, value: number): { u64(at: number, value: number): unknown } }) =>
    f.u64(field, offset).u64(field + 8, size);

const SESPARSE_CASES: readonly RuleCase[] = [
  { rule: 'sesparse/const-magic', damaged: seSparse((f) => f.u64(0, 1)), near: soundSe },
  { rule: 'sesparse/version', damaged: seSparse((f) => f.u64(SESPARSE.version, 2)), near: soundSe },
  { rule: 'sesparse/grain-size', damaged: seSparse((f) => f.u64(SESPARSE.grainSize, 16)), near: soundSe },
  {
    rule: 'sesparse/grain-table-size',
    damaged: seSparse((f) => f.u64(SESPARSE.grainTableSize, 32)),
    near: soundSe,
  },
  { rule: 'sesparse/flags', damaged: seSparse((f) => f.u64(SESPARSE.flags, 2n ** 63n)), near: soundSe },
  {
    rule: 'sesparse/reserved-nonzero',
    damaged: seSparse((f) => f.u64(SESPARSE.reserved1, 1)),
    near: soundSe,
  },
  { rule: 'sesparse/reserved-nonzero', damaged: seSparse((f) => f.u8(511, 1)), near: soundSe },
  { rule: 'sesparse/capacity-zero', damaged: seSparse((f) => f.u64(SESPARSE.capacity, 0)), near: soundSe },
  {
    rule: 'sesparse/capacity-zero',
    damaged: seSparse((f) => f.u64(SESPARSE.capacity, ALL_ONES)),
    near: soundSe,
  },
  { rule: 'sesparse/capacity-alignment', damaged: seSparse(undefined, { capacity: 8190 }), near: soundSe },
  {
    rule: 'sesparse/area-out-of-file',
    damaged: seSparse((f) => f.cut(f.at.gt)),
    near: soundSe,
    severity: 'error',
  },
  {
    rule: 'sesparse/area-out-of-file',
    damaged: seSparse(area(SESPARSE.journal, 2 ** 40, 2048)),
    near: soundSe,
    severity: 'warning',
  },
  { rule: 'sesparse/area-out-of-file', damaged: seSparse((f) => f.cut(100)), near: soundSe },
  {
    rule: 'sesparse/area-overlap',
    damaged: seSparse(area(SESPARSE.grainTables, 4096, 2048)),
    near: soundSe,
    field: 'const_header.grain_tables_offset',
  },
  { rule: 'sesparse/area-order', damaged: seSparse(area(SESPARSE.journal, 1000, 1048)), near: soundSe },
  { rule: 'sesparse/area-alignment', damaged: seSparse(area(SESPARSE.backmap, 10240, 1000)), near: soundSe },
  {
    rule: 'sesparse/volatile-magic',
    damaged: seSparse((f) => f.u64(f.at.volatile, 1)),
    near: soundSe,
    offset: 512,
  },
  {
    rule: 'sesparse/volatile-pad-nonzero',
    damaged: seSparse((f) => f.u8(f.at.volatile + 511, 1)),
    near: soundSe,
  },
  { rule: 'sesparse/replay-journal', damaged: seSparse((f) => f.u64(f.at.volatile + 24, 1)), near: soundSe },
  { rule: 'sesparse/free-gt-number', damaged: seSparse((f) => f.u64(f.at.volatile + 8, 0)), near: soundSe },
  { rule: 'sesparse/txn-seq', damaged: seSparse((f) => f.u64(f.at.volatile + 16, 0)), near: soundSe },
  {
    rule: 'sesparse/grain-dir-too-small',
    damaged: seSparse((f) => f.u64(SESPARSE.grainDir + 8, 0)),
    near: soundSe,
  },
  {
    rule: 'sesparse/grain-tables-too-small',
    damaged: seSparse((f) => f.u64(SESPARSE.grainTables + 8, 0)),
    near: soundSe,
  },
  {
    rule: 'sesparse/grains-too-small',
    damaged: seSparse((f) => f.u64(SESPARSE.grains + 8, 8184)),
    near: soundSe,
  },
  {
    rule: 'sesparse/bitmap-too-small',
    damaged: seSparse((f) => f.u64(SESPARSE.freeBitmap + 8, 0)),
    near: soundSe,
  },
  {
    rule: 'sesparse/backmap-too-small',
    damaged: seSparse((f) => f.u64(SESPARSE.backmap + 8, 1)),
    near: soundSe,
  },
  {
    rule: 'sesparse/gde-type',
    damaged: seSparse((f) => f.u64(f.at.gd, 3n << 60n)),
    near: soundSe,
    field: 'grain_dir[0]',
  },
  {
    rule: 'sesparse/gde-type',
    damaged: seSparse((f) => f.u64(f.at.gd, (1n << 60n) | (1n << 40n))),
    near: soundSe,
  },
  {
    rule: 'sesparse/gde-out-of-area',
    damaged: seSparse((f) => f.u64(f.at.gd, (1n << 60n) | 32n)),
    near: soundSe,
  },
  {
    rule: 'sesparse/gde-duplicate',
    damaged: seSparse((f) => f.u64(f.at.gd + 8, 1n << 60n), { capacity: 65536 }),
    near: soundSe,
    field: 'grain_dir[1]',
  },
  {
    rule: 'sesparse/gde-beyond-capacity',
    damaged: seSparse((f) => f.u64(f.at.gd + 80, 1n << 60n)),
    near: soundSe,
    field: 'grain_dir[10]',
  },
  {
    rule: 'sesparse/gte-type',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, 15n << 60n)),
    near: soundSe,
    field: 'gt[0][5]',
  },
  {
    rule: 'sesparse/gte-unallocated-payload',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, 1)),
    near: soundSe,
  },
  {
    rule: 'sesparse/gte-zero-payload',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, (2n << 60n) | 1n)),
    near: soundSe,
  },
  {
    rule: 'sesparse/gte-out-of-file',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, slotEntry(3, 500))),
    near: soundSe,
  },
  {
    rule: 'sesparse/gte-out-of-area',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, slotEntry(3, 1024))),
    near: soundSe,
  },
  {
    rule: 'sesparse/gte-duplicate',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, slotEntry(3, 1))),
    near: soundSe,
    field: 'gt[0][5]',
  },
  {
    rule: 'sesparse/gte-unmapped-reuse',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, slotEntry(1, 1))),
    near: seSparse((f) => f.u64(f.at.gt + 40, slotEntry(1))),
  },
  {
    rule: 'sesparse/gte-unmapped-semantics',
    damaged: seSparse((f) => f.u64(f.at.gt + 40, slotEntry(1))),
    near: soundSe,
  },
  {
    rule: 'sesparse/journal-nonzero-clean',
    damaged: seSparse((f) => f.u8(f.at.journal + 700, 1)),
    near: soundSe,
    severity: 'info',
  },
  {
    rule: 'sesparse/table-unreferenced-nonzero',
    damaged: seSparse((f) => f.u64(f.at.volatile + 8, 2).u64(f.at.gt + 32768 + 80, slotEntry(3, 1))),
    near: seSparse((f) => f.u64(f.at.volatile + 8, 2)),
    field: 'grain_tables[1]',
  },
  {
    rule: 'sesparse/table-unreferenced-nonzero',
    damaged: seSparse((f) => f.u64(f.at.gd, 0)),
    near: seSparse((f) => f.u64(f.at.gt + 32768 + 80, slotEntry(3, 1))),
    field: 'grain_tables[0]',
  },
  {
    rule: 'sesparse/bitmap-mismatch',
    damaged: seSparse((f) => f.u8(f.at.bitmap, 0xfe), MANY),
    near: seSparse((f) => f.put(f.at.bitmap, new Uint8Array(1024)), MANY),
    severity: 'warning',
    field: 'free_bitmap[0]',
  },
  {
    rule: 'sesparse/bitmap-mismatch',
    damaged: seSparse((f) => f.put(f.at.bitmap, new Uint8Array(20)), MANY),
    near: seSparse(undefined, MANY),
    severity: 'info',
  },
  {
    rule: 'sesparse/backmap-mismatch',
    damaged: seSparse((f) => writeBackmap(f).u64(f.at.backmap + 56, 99), MANY),
    near: seSparse((f) => writeBackmap(f), MANY),
    severity: 'warning',
    field: 'backmap[7]',
  },
  {
    rule: 'sesparse/backmap-mismatch',
    damaged: seSparse((f) => f.bytes.fill(7, f.at.backmap, f.at.backmap + 2000), MANY),
    near: seSparse(undefined, MANY),
    severity: 'info',
  },
  {
    rule: 'sesparse/gte-beyond-capacity',
    damaged: seSparse((f) => f.u64(f.at.gt + 8 * 4095, slotEntry(3, 1))),
    near: soundSe,
  },
  { rule: 'sesparse/slot-unreferenced', damaged: seSparse((f) => f.u64(f.at.gt, 0)), near: soundSe },
  { rule: 'sesparse/no-parent', damaged: seSparse(undefined, {}, { parentCid: 'ffffffff' }), near: soundSe },
];

/** Rules of extents, each with what triggers it. */
export const extentCases: readonly RuleCase[] = [
  ...HEADER,
  ...TABLES,
  ...STREAM,
  ...COWD_CASES,
  ...SESPARSE_CASES,
];
