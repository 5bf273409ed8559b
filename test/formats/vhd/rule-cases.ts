import type { MemoryFiles } from '../../support/open.ts';
import { allOutside, type RuleCase } from '../../support/rule-case.ts';
import { buildVhd, utf16, uuid, type LocatorPlan, type VhdEditor, type VhdPlan } from '../../support/vhd.ts';

const MIB = 1024 * 1024;
const NOW = Math.floor(Date.now() / 1000) - 946_684_800;

export type Change = (editor: VhdEditor) => unknown;

/** What changes a sound image, and what comes near without breaking the rule. */
interface Plan extends Omit<RuleCase, 'damaged' | 'near'> {
  readonly plan?: VhdPlan;
  readonly damage: Change;
  readonly nearMiss: Change;
  /** For a near miss that takes another image. */
  readonly nearPlan?: VhdPlan;
  /** `null`: there is none. */
  readonly parent?: VhdPlan | null;
}

export const TWO_BLOCKS: VhdPlan = { blocks: [[2], [0]] };
export const FIXED: VhdPlan = { type: 'fixed', size: MIB };
export const SMALL: VhdPlan = { blockSize: 4096, size: 65536, blocks: [[0]] };
export const BLKTAP: VhdPlan = { ...TWO_BLOCKS, creator: 'tap', creatorVersion: 0x10003, batmap: true };

export const W2RU: LocatorPlan = { code: 'W2ru', data: utf16('.\\parent.vhd', 'le') };
export const W2KU: LocatorPlan = { code: 'W2ku', data: utf16('C:\\disks\\parent.vhd', 'le') };
export const MACX: LocatorPlan = { code: 'MacX', data: new TextEncoder().encode('file://./parent.vhd') };
export const childOf = (locators: readonly LocatorPlan[]): VhdPlan => ({
  type: 'differencing',
  uniqueId: uuid(2),
  blocks: [[1, [[0, 8]]]],
  parent: { uniqueId: uuid(1), locators },
});
export const CHILD = childOf([W2RU, W2KU]);
export const nothing: Change = () => undefined;

/** Bytes in the built images of `TWO_BLOCKS`. */
const BLOCK_0 = 2048 + 512 + 2 * MIB;

const PLANS: readonly Plan[] = [
  // Footer
  { rule: 'vhd/footer-missing', damage: (e) => e.cut(e.bytes.length - 512), nearMiss: nothing },
  {
    rule: 'vhd/footer-missing',
    damage: (e) => e.insert(e.bytes.length, new Uint8Array(100)),
    nearMiss: nothing,
  },
  { rule: 'vhd/footer-missing', plan: FIXED, damage: (e) => e.flip(MIB + 3), nearMiss: nothing },
  {
    rule: 'vhd/footer-truncated',
    damage: (e) => e.cut(e.bytes.length - 100),
    nearMiss: (e) => e.cut(e.bytes.length - 1),
  },
  { rule: 'vhd/footer-short', damage: (e) => e.cut(e.bytes.length - 1), nearMiss: nothing, severity: 'info' },
  { rule: 'vhd/footer-short', plan: FIXED, damage: (e) => e.cut(e.bytes.length - 1), nearMiss: nothing },
  {
    rule: 'vhd/footer-poisoned',
    damage: (e) => e.footer('cookie', 'v_poison'),
    nearMiss: (e) => e.footer('hostOs', 'v_po'),
  },
  {
    rule: 'vhd/footer-checksum',
    damage: (e) => e.flip(BLOCK_0 + 2 * MIB + 512 + 50),
    nearMiss: nothing,
    field: 'footer.checksum',
  },
  {
    rule: 'vhd/footer-checksum',
    plan: FIXED,
    damage: (e) => e.flip(MIB + 50),
    nearMiss: (e) => e.flip(MIB - 1),
  },
  {
    rule: 'vhd/footer-copy-missing',
    damage: (e) => e.set(0, new Uint8Array(512)),
    nearMiss: (e) => e.endFooter('hidden', 0),
  },
  { rule: 'vhd/footer-copy-missing', damage: (e) => e.flip(2), nearMiss: nothing },
  {
    rule: 'vhd/footer-copy-checksum',
    damage: (e) => e.flip(50),
    nearMiss: nothing,
    field: 'footer_copy.checksum',
  },
  {
    rule: 'vhd/footer-copy-mismatch',
    damage: (e) => e.copy('uniqueId', uuid(9)),
    nearMiss: (e) => e.footer('uniqueId', uuid(9)),
    field: 'footer_copy.unique_id',
  },
  {
    rule: 'vhd/footer-copy-mismatch',
    plan: { ...BLKTAP, creatorVersion: 0x10001 },
    damage: (e) => e.copy('hidden', 1),
    nearMiss: (e) => e.footer('hidden', 1),
    severity: 'info',
  },
  {
    rule: 'vhd/features-reserved-bit',
    damage: (e) => e.footer('features', 0),
    nearMiss: (e) => e.footer('features', 2),
  },
  {
    rule: 'vhd/features-unknown',
    damage: (e) => e.footer('features', 0x8000_0002),
    nearMiss: (e) => e.footer('features', 3),
  },
  {
    rule: 'vhd/features-temporary',
    damage: (e) => e.footer('features', 3),
    nearMiss: nothing,
    severity: 'info',
  },
  { rule: 'vhd/format-version', damage: (e) => e.footer('version', 0x20000), nearMiss: nothing },
  {
    rule: 'vhd/data-offset-fixed',
    plan: FIXED,
    damage: (e) => e.footer('dataOffset', 512),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/data-offset-fixed',
    plan: FIXED,
    damage: (e) => e.footer('dataOffset', 0xffff_ffff),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/timestamp-future',
    damage: (e) => e.footer('timeStamp', NOW + 3600),
    nearMiss: (e) => e.footer('timeStamp', NOW + 1000),
    severity: 'info',
  },
  {
    rule: 'vhd/creator-unknown',
    damage: (e) =>
      e
        .footer('creator', 'mine')
        .footer('cylinders', 65535)
        .footer('heads', 16)
        .footer('sectorsPerTrack', 255),
    nearMiss: (e) => e.footer('creator', 'qem2'),
    severity: 'info',
  },
  {
    rule: 'vhd/creator-tap-version',
    plan: BLKTAP,
    damage: (e) => e.footer('creatorVersion', 0x10004),
    nearMiss: (e) => e.footer('creatorVersion', 0x10002),
  },
  { rule: 'vhd/disk-type', damage: (e) => e.footer('diskType', 5), nearMiss: nothing },
  {
    rule: 'vhd/disk-type-layout-mismatch',
    damage: (e) => e.footer('diskType', 2),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/disk-type-layout-mismatch',
    plan: FIXED,
    damage: (e) => e.footer('diskType', 3),
    nearMiss: nothing,
  },
  { rule: 'vhd/saved-state', damage: (e) => e.footer('savedState', 1), nearMiss: nothing },
  { rule: 'vhd/saved-state', damage: (e) => e.footer('savedState', 7), nearMiss: nothing, severity: 'error' },
  { rule: 'vhd/unique-id-null', damage: (e) => e.footer('uniqueId', new Uint8Array(16)), nearMiss: nothing },
  { rule: 'vhd/reserved-nonzero', damage: (e) => e.footer('hidden', 1), nearMiss: nothing, severity: 'info' },
  {
    rule: 'vhd/hidden',
    plan: BLKTAP,
    damage: (e) => e.footer('hidden', 1),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/hidden',
    plan: BLKTAP,
    damage: (e) => e.footer('hidden', 2),
    nearMiss: nothing,
    severity: 'warning',
  },

  // Sizes
  { rule: 'vhd/current-size-zero', damage: (e) => e.footer('currentSize', 0), nearMiss: nothing },
  {
    rule: 'vhd/current-size-unaligned',
    damage: (e) => e.footer('currentSize', 8 * MIB - 1),
    nearMiss: (e) => e.footer('currentSize', 8 * MIB - 512).footer('originalSize', 8 * MIB - 512),
  },
  {
    rule: 'vhd/current-size-limit',
    damage: (e) => e.footer('currentSize', 0x1fe_0000_0200),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/size-original-mismatch',
    damage: (e) => e.footer('originalSize', 4 * MIB),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/size-original-mismatch',
    damage: (e) => e.footer('originalSize', 16 * MIB),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'vhd/size-geometry-mismatch',
    plan: { creator: 'qemu' },
    damage: (e) => e.footer('cylinders', 100),
    nearMiss: (e) => e.footer('creator', 'qem2').footer('cylinders', 100),
  },
  {
    rule: 'vhd/size-geometry-mismatch',
    plan: { creator: 'vbox' },
    damage: nothing,
    nearMiss: (e) => e.footer('creator', 'win '),
    severity: 'info',
  },
  { rule: 'vhd/geometry-invalid', damage: (e) => e.footer('heads', 0), nearMiss: nothing },
  {
    rule: 'vhd/geometry-invalid',
    damage: (e) => e.footer('heads', 17),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/geometry-invalid',
    damage: (e) => e.footer('heads', 255).footer('cylinders', 1),
    nearMiss: (e) => e.footer('heads', 16).footer('cylinders', 1),
    severity: 'info',
  },
  {
    rule: 'vhd/geometry-too-large',
    damage: (e) => e.footer('cylinders', 241),
    nearMiss: (e) => e.footer('cylinders', 240),
  },
  {
    rule: 'vhd/geometry-too-large',
    damage: (e) => e.footer('cylinders', 65535).footer('heads', 16).footer('sectorsPerTrack', 255),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/geometry-nonstandard',
    damage: (e) => e.footer('cylinders', 239),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/fixed-size-mismatch',
    plan: FIXED,
    damage: (e) => e.footer('currentSize', MIB + 512).footer('originalSize', MIB + 512),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/fixed-size-mismatch',
    plan: FIXED,
    damage: (e) => e.insert(0, new Uint8Array(512)),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'vhd/fixed-probe-hazard',
    plan: FIXED,
    damage: (e) => e.set(0, new TextEncoder().encode('KDMV')),
    nearMiss: (e) => e.set(512, new TextEncoder().encode('KDMV')),
    format: 'vhd',
  },
  {
    // The magic alone does not make a qcow2 of it.
    rule: 'vhd/fixed-probe-hazard',
    plan: FIXED,
    damage: (e) => e.set(0, Uint8Array.of(0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3)),
    nearMiss: (e) => e.set(0, Uint8Array.of(0x51, 0x46, 0x49, 0xfa)),
  },
  {
    rule: 'file/size-not-sector-multiple',
    plan: FIXED,
    damage: (e) => e.insert(MIB, new Uint8Array(100)),
    nearMiss: (e) => e.cut(MIB + 511),
    also: ['vhd/fixed-size-mismatch'],
    severity: 'warning',
  },

  // Dynamic header
  { rule: 'vhd/data-offset-invalid', damage: (e) => e.footer('dataOffset', 513), nearMiss: nothing },
  { rule: 'vhd/data-offset-invalid', damage: (e) => e.footer('dataOffset', 2n ** 63n), nearMiss: nothing },
  { rule: 'vhd/data-offset-invalid', damage: (e) => e.footer('dataOffset', 4096), nearMiss: nothing },
  {
    rule: 'vhd/header-cookie',
    damage: (e) => e.header('cookie', 'cxsparsf'),
    nearMiss: nothing,
    field: 'header.cookie',
  },
  { rule: 'vhd/header-cookie', damage: (e) => e.flip(512), nearMiss: nothing },
  { rule: 'vhd/header-cookie', damage: (e) => e.set(512, new Uint8Array(1024)), nearMiss: nothing },
  { rule: 'vhd/header-checksum', damage: (e) => e.flip(512 + 70), nearMiss: (e) => e.header('reserved', 0) },
  { rule: 'vhd/header-version', damage: (e) => e.header('version', 0x10001), nearMiss: nothing },
  { rule: 'vhd/header-data-offset', damage: (e) => e.header('dataOffset', 0xffff_ffff), nearMiss: nothing },
  {
    rule: 'vhd/header-reserved',
    damage: (e) => e.header('reserved', 1),
    nearMiss: nothing,
    severity: 'info',
  },
  { rule: 'vhd/block-size-invalid', damage: (e) => e.header('blockSize', 3 * MIB), nearMiss: nothing },
  { rule: 'vhd/block-size-invalid', damage: (e) => e.header('blockSize', 256), nearMiss: nothing },
  {
    rule: 'vhd/block-size-unusual',
    plan: SMALL,
    damage: nothing,
    nearMiss: nothing,
    nearPlan: {},
    severity: 'info',
  },
  {
    rule: 'vhd/block-size-unusual',
    plan: { size: 8 * MIB, blockSize: 4 * MIB },
    damage: nothing,
    nearMiss: nothing,
    nearPlan: {},
    severity: 'warning',
  },
  { rule: 'vhd/table-offset-invalid', damage: (e) => e.header('tableOffset', 0), nearMiss: nothing },
  { rule: 'vhd/table-offset-invalid', damage: (e) => e.header('tableOffset', 1024), nearMiss: nothing },
  { rule: 'vhd/table-offset-invalid', damage: (e) => e.header('tableOffset', 1540), nearMiss: nothing },
  { rule: 'vhd/table-offset-invalid', damage: (e) => e.header('tableOffset', 2n ** 60n), nearMiss: nothing },
  {
    rule: 'vhd/bat-out-of-file',
    damage: (e) => e.header('maxTableEntries', 0xffff_ffff),
    nearMiss: (e) => e.header('maxTableEntries', 128),
    plan: {},
    also: [],
  },
  {
    rule: 'vhd/max-entries-too-small',
    damage: (e) => e.header('maxTableEntries', 3),
    nearMiss: (e) => e.header('maxTableEntries', 4),
  },
  {
    rule: 'vhd/max-entries-excess',
    damage: (e) => e.header('maxTableEntries', 5),
    nearMiss: (e) => e.header('maxTableEntries', 4),
    severity: 'info',
  },
  {
    rule: 'vhd/max-entries-excess',
    damage: (e) => e.header('maxTableEntries', 6),
    nearMiss: nothing,
    severity: 'warning',
  },
  {
    rule: 'vhd/parent-fields-on-dynamic',
    damage: (e) => e.header('parentUniqueId', uuid(3)),
    nearMiss: (e) => e.header('parentUniqueId', new Uint8Array(16)),
  },

  // Table and blocks
  {
    rule: 'vhd/bat-entry-out-of-file',
    damage: (e) => e.bat(0, BLOCK_0 / 512 + 1),
    nearMiss: (e) => e.bat(0, BLOCK_0 / 512),
    field: 'bat[0]',
  },
  { rule: 'vhd/bat-entry-out-of-file', damage: (e) => e.bat(0, 0xffff_fffe), nearMiss: nothing },
  {
    rule: 'vhd/bat-entry-in-metadata',
    damage: (e) => e.bat(1, 0),
    nearMiss: nothing,
    plan: { blocks: [[0]] },
  },
  {
    rule: 'vhd/bat-entry-in-metadata',
    damage: (e) => e.bat(0, 3),
    nearMiss: (e) => e.bat(0, 4),
    plan: { blocks: [[0]] },
  },
  {
    rule: 'vhd/bat-entry-duplicate',
    damage: (e) => e.bat(2, BLOCK_0 / 512),
    nearMiss: nothing,
    field: 'bat[2]',
  },
  {
    rule: 'vhd/bat-block-overlap',
    damage: (e) => e.bat(0, BLOCK_0 / 512 - 1),
    nearMiss: nothing,
    field: 'bat[2]',
  },
  {
    rule: 'vhd/bat-entry-beyond-size',
    plan: { ...BLKTAP, entries: 6, blocks: [[0], [5]] },
    damage: nothing,
    nearMiss: nothing,
    nearPlan: { ...BLKTAP, entries: 6, blocks: [[0], [3]] },
  },
  {
    rule: 'vhd/bat-padding',
    damage: (e) => e.set(1536 + 16, [1, 2, 3]),
    nearMiss: (e) => e.set(1536 + 16, new Uint8Array(496)),
    severity: 'info',
  },
  {
    rule: 'vhd/bat-all-zero',
    damage: (e) => e.set(1536, new Uint8Array(16)),
    nearMiss: (e) => e.set(1536, new Uint8Array(16).fill(0xff)).cut(2048).insert(2048, e.bytes.slice(0, 512)),
  },
  {
    rule: 'vhd/block-alignment',
    damage: nothing,
    nearMiss: nothing,
    nearPlan: { ...TWO_BLOCKS, alignment: 4096 },
    severity: 'info',
  },
  { rule: 'vhd/space-unreferenced', damage: (e) => e.bat(2, 0xffff_ffff), nearMiss: nothing },
  { rule: 'vhd/space-unreferenced', damage: (e) => e.bat(0, 0xffff_ffff), nearMiss: nothing },
  {
    rule: 'vhd/space-unreferenced',
    damage: (e) =>
      e
        .insert(2048, new Uint8Array(512))
        .bat(0, BLOCK_0 / 512 + 1)
        .bat(2, 5),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/footer-position',
    damage: (e) => e.insert(e.bytes.length - 512, new Uint8Array(MIB)),
    nearMiss: (e) => e.bat(0, 0xffff_ffff),
    also: ['vhd/space-unreferenced'],
  },
  {
    rule: 'vhd/metadata-overlap',
    plan: BLKTAP,
    damage: (e) => e.set(2048 + 8, [0, 0, 0, 0, 0, 0, 6, 0]),
    nearMiss: nothing,
    also: ['vhd/batmap-checksum'],
  },

  // Sector bitmaps and batmap
  {
    rule: 'vhd/bitmap-padding',
    plan: SMALL,
    damage: (e) => e.flip(2048 + 2),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/bitmap-empty-block',
    plan: SMALL,
    damage: (e) => e.flip(2048),
    nearMiss: (e) => e.flip(2048, 0x7f),
    severity: 'info',
  },
  {
    rule: 'vhd/bitmap-dynamic-partial',
    plan: SMALL,
    damage: (e) => e.flip(2048, 1),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/batmap-cookie',
    plan: BLKTAP,
    damage: (e) => e.flip(2048),
    nearMiss: (e) => e.footer('creatorVersion', 0x10001).flip(2048),
  },
  {
    rule: 'vhd/batmap-header',
    plan: BLKTAP,
    damage: (e) => e.set(2048 + 16, [0, 0, 0, 0]),
    nearMiss: nothing,
    field: 'batmap.batmap_size',
  },
  {
    rule: 'vhd/batmap-header',
    plan: BLKTAP,
    damage: (e) => e.set(2048 + 8, [0, 0, 0, 0, 0, 0, 8, 1]),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/batmap-header',
    plan: BLKTAP,
    damage: (e) => e.set(2048 + 8, [0x7f, 0xff, 0, 0, 0, 0, 0, 0]),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/batmap-checksum',
    plan: BLKTAP,
    damage: (e) => e.flip(2560, 0x40),
    nearMiss: nothing,
    field: 'batmap.checksum',
  },
  {
    rule: 'vhd/batmap-unallocated-full',
    plan: BLKTAP,
    damage: (e) => e.flip(2560, 0x40).set(2048 + 24, [0xff, 0xff, 0xff, 0x1f]),
    nearMiss: nothing,
    field: 'bat[1]',
  },
  {
    rule: 'vhd/batmap-bitmap-mismatch',
    plan: BLKTAP,
    damage: (e) => e.flip(3072, 0x80),
    nearMiss: nothing,
    field: 'bitmap[2]',
  },

  // Locators
  {
    rule: 'vhd/locator-code',
    plan: CHILD,
    damage: (e) => e.locator(1, 'code', 'W2xx'),
    nearMiss: nothing,
    field: 'header.parent_locators[1].platform_code',
  },
  {
    rule: 'vhd/locator-none-nonzero',
    plan: CHILD,
    damage: (e) => e.locator(3, 'length', 4),
    nearMiss: nothing,
    severity: 'info',
  },
  {
    rule: 'vhd/locator-length-odd',
    plan: CHILD,
    damage: (e) => e.locator(0, 'length', 23),
    nearMiss: (e) => e.locator(0, 'length', 24),
  },
  { rule: 'vhd/locator-bounds', plan: CHILD, damage: (e) => e.locator(0, 'offset', 0), nearMiss: nothing },
  { rule: 'vhd/locator-bounds', plan: CHILD, damage: (e) => e.locator(0, 'offset', 2049), nearMiss: nothing },
  {
    rule: 'vhd/locator-bounds',
    plan: CHILD,
    damage: (e) => e.locator(0, 'offset', 2n ** 62n),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/locator-bounds',
    plan: CHILD,
    damage: (e) => e.locator(0, 'offset', 1536),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/locator-space',
    plan: CHILD,
    damage: (e) => e.locator(0, 'space', 0),
    nearMiss: (e) => e.locator(0, 'space', 1),
  },
  { rule: 'vhd/locator-space', plan: CHILD, damage: (e) => e.locator(0, 'space', 513), nearMiss: nothing },
  {
    rule: 'vhd/locator-encoding',
    plan: childOf([{ code: 'W2ru', data: utf16('.\\parent.vhd', 'be') }, W2KU]),
    damage: nothing,
    nearMiss: nothing,
    nearPlan: CHILD,
  },
  {
    rule: 'vhd/locator-encoding',
    plan: childOf([{ code: 'MacX', data: new TextEncoder().encode('./parent.vhd') }, W2RU]),
    damage: nothing,
    nearMiss: nothing,
    nearPlan: childOf([MACX, W2RU]),
  },
  {
    rule: 'vhd/locator-duplicate',
    plan: CHILD,
    damage: (e) => e.locator(1, 'code', 'W2ru'),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/locator-missing',
    plan: childOf([]),
    damage: nothing,
    nearMiss: nothing,
    nearPlan: childOf([MACX]),
  },
  {
    rule: 'vhd/locator-name-mismatch',
    plan: childOf([W2RU, { code: 'W2ku', data: utf16('C:\\disks\\other.vhd', 'le') }]),
    damage: nothing,
    nearMiss: nothing,
    nearPlan: childOf([W2RU, { code: 'W2ku', data: utf16('C:\\disks\\PARENT.VHD', 'le') }]),
  },

  // Parent
  {
    rule: 'vhd/parent-id-null',
    plan: CHILD,
    damage: (e) => e.header('parentUniqueId', new Uint8Array(16)),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/parent-id-mismatch',
    plan: CHILD,
    damage: (e) => e.header('parentUniqueId', uuid(7)),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/parent-timestamp-mismatch',
    plan: CHILD,
    damage: (e) => e.header('parentTimeStamp', 1),
    nearMiss: (e) => e.header('parentTimeStamp', 500_000_000),
  },
  { rule: 'vhd/parent-missing', plan: CHILD, damage: nothing, nearMiss: nothing, parent: null },
  {
    rule: 'vhd/parent-size-mismatch',
    plan: CHILD,
    damage: nothing,
    nearMiss: nothing,
    parent: { size: 16 * MIB },
  },
  {
    rule: 'vhd/parent-size-mismatch',
    plan: CHILD,
    damage: nothing,
    nearMiss: nothing,
    parent: { size: 4 * MIB },
    severity: 'warning',
  },
  {
    rule: 'vhd/parent-block-size-mismatch',
    plan: CHILD,
    damage: nothing,
    nearMiss: nothing,
    parent: { blockSize: 512 * 1024 },
  },
  { rule: 'vhd/parent-cycle', plan: CHILD, damage: (e) => e.footer('uniqueId', uuid(1)), nearMiss: nothing },
  {
    rule: 'vhd/parent-name-malformed',
    plan: CHILD,
    damage: (e) => e.header('parentName', utf16('parent.vhd', 'le')),
    nearMiss: nothing,
  },
  {
    rule: 'vhd/parent-name-malformed',
    plan: CHILD,
    damage: (e) => e.header('parentName', utf16('parent.vhd\0x', 'be')),
    nearMiss: nothing,
  },
];

/** A built image as files, a child with its parent beside it. */
/** A changed image, with its parent where it has one. */
export function filesOf(plan: VhdPlan, change: Change, parent: VhdPlan | null = {}): MemoryFiles {
  const built = buildVhd(plan).damage(change);
  const image = { 'disk.vhd': built.bytes };
  const isAlone = plan.type !== 'differencing' || parent === null;
  return isAlone ? image : { ...image, 'parent.vhd': buildVhd({ ...parent, uniqueId: uuid(1) }).bytes };
}

/** `layer(index)` is the child of `layer(index + 1)`. */
export function layer(index: number): VhdPlan {
  return {
    type: 'differencing',
    uniqueId: uuid(index),
    parent: {
      uniqueId: uuid(index + 1),
      name: `${index + 1}.vhd`,
      locators: [{ code: 'W2ru', data: utf16(`.\\${index + 1}.vhd`, 'le') }],
    },
  };
}

/** A chain of that many layers, the topmost first. */
export function chain(length: number): MemoryFiles {
  return {
    ...Object.fromEntries(
      Array.from({ length: length - 1 }, (_, index) => [`${index}.vhd`, buildVhd(layer(index)).bytes]),
    ),
    [`${length - 1}.vhd`]: buildVhd({ uniqueId: uuid(length - 1) }).bytes,
  };
}

/** A child with a locator that leads to another file than the first, and that file. */
export function twoParents(others: MemoryFiles): MemoryFiles {
  const elsewhere: LocatorPlan = { code: 'W2ku', data: utf16('old/parent.vhd', 'le') };
  const child = buildVhd(childOf([W2RU, elsewhere])).bytes;
  return { 'disk.vhd': child, 'parent.vhd': buildVhd({ uniqueId: uuid(1) }).bytes, ...others };
}

const CHAINS: readonly RuleCase[] = [
  {
    rule: 'vhd/parent-not-opened',
    also: [],
    policyOver: allOutside,
    damaged: () => filesOf(CHILD, nothing),
    near: () => filesOf(CHILD, nothing),
  },
  { rule: 'vhd/parent-chain-depth', also: [], damaged: () => chain(31), near: () => chain(30) },
  {
    rule: 'vhd/parent-type',
    also: [],
    damaged: () => ({ 'disk.vhd': buildVhd(CHILD).bytes, 'parent.vhd': new Uint8Array(8 * MIB) }),
    near: () => filesOf(CHILD, nothing),
  },
  {
    rule: 'vhd/parent-not-opened',
    also: ['vhd/locator-missing'],
    damaged: () => ({
      'disk.vhd': buildVhd({ ...CHILD, parent: { uniqueId: uuid(1), name: '/dev/sda' } }).bytes,
    }),
    near: () => filesOf(CHILD, nothing),
  },
  {
    rule: 'vhd/locator-disagree',
    also: [],
    field: 'header.parent_locators[1].platform_data_offset',
    damaged: () => twoParents({ 'old/parent.vhd': buildVhd({ uniqueId: uuid(1) }).bytes }),
    near: () => twoParents({}),
  },
];

/** Every rule with an image that breaks it and one that nearly does. Nothing else above info may be found in the first. */
export const ruleCases: readonly RuleCase[] = [
  ...PLANS.map(
    ({ plan = TWO_BLOCKS, damage, nearMiss, nearPlan = plan, also = [], parent, ...expected }): RuleCase => ({
      ...expected,
      also,
      damaged: () => filesOf(plan, damage, parent),
      near: () => filesOf(nearPlan, nearMiss),
    }),
  ),
  ...CHAINS,
];
