import type { MemoryFiles } from '../../support/open.ts';
import type { RuleCase } from '../../support/rule-case.ts';
import { buildVdi, FREE, vdiUuid, ZERO, type VdiEditor, type VdiPlan } from '../../support/vdi.ts';

type Change = (editor: VdiEditor) => unknown;

/** What changes a sound image, and what comes near without breaking the rule. */
interface Plan extends Omit<RuleCase, 'damaged' | 'near'> {
  readonly plan?: VdiPlan;
  readonly damage: Change;
  readonly nearMiss?: Change;
  /** For a near miss that takes another image. */
  readonly nearPlan?: VdiPlan;
}

const nothing: Change = () => undefined;
const NULL = new Uint8Array(16);
const BLOCK = 4096;

/** Sixteen blocks of 4 KiB, of which three are stored. */
const SMALL: VdiPlan = { blockSize: BLOCK, size: 16 * BLOCK, blocks: [5, 0, 6] };
const STATIC: VdiPlan = { blockSize: BLOCK, size: 4 * BLOCK, type: 'static' };
const CHILD: VdiPlan = { ...SMALL, type: 'differencing' };
const USUAL: VdiPlan = { blocks: [0], size: 2 * 2 ** 20 };

function filesOf(plan: VdiPlan, change: Change): MemoryFiles {
  return { 'disk.vdi': buildVdi(plan).damage(change).bytes };
}

const PLANS: readonly Plan[] = [
  // Header
  { rule: 'vdi/header-truncated', damage: (e) => e.cut(471), nearMiss: (e) => e.header('comment', 0) },
  { rule: 'vdi/header-truncated', plan: { ...SMALL, headerSize: 384 }, damage: (e) => e.cut(455) },
  {
    rule: 'vdi/signature',
    damage: (e) => e.header('signature', 0xbeda107e),
    nearMiss: (e) => e.header('fileInfo', new Uint8Array(64)),
    field: 'header.signature',
  },
  { rule: 'vdi/version', damage: (e) => e.header('version', 0x10000), field: 'header.version' },
  { rule: 'vdi/version', damage: (e) => e.header('version', 0x20001) },
  { rule: 'vdi/version', damage: (e) => e.header('version', 0xffff_ffff).header('headerSize', 0) },
  {
    rule: 'vdi/header-size',
    damage: (e) => e.header('headerSize', 383),
    nearPlan: { ...SMALL, headerSize: 384 },
  },
  {
    rule: 'vdi/header-size-unusual',
    damage: (e) => e.header('headerSize', 404),
    nearPlan: { ...SMALL, headerSize: 384 },
  },
  { rule: 'vdi/image-type', damage: (e) => e.header('imageType', 5) },
  { rule: 'vdi/image-type', damage: (e) => e.header('imageType', 0), field: 'header.image_type' },
  { rule: 'vdi/image-type-undo', plan: { ...SMALL, type: 'undo' }, damage: nothing, nearPlan: CHILD },
  {
    rule: 'vdi/flags-unknown',
    damage: (e) => e.header('flags', 2),
    nearMiss: (e) => e.header('flags', 0x301),
    field: 'header.flags.unknown_low',
  },
  { rule: 'vdi/flags-unknown', damage: (e) => e.header('flags', 0x8000_0000) },
  {
    rule: 'vdi/comment-malformed',
    damage: (e) => e.header('comment', Uint8Array.of(0xff, 0)),
    nearMiss: (e) => e.header('comment', new TextEncoder().encode('Grüße')),
  },
  { rule: 'vdi/comment-malformed', damage: (e) => e.header('comment', new Uint8Array(256).fill(65)) },
  { rule: 'vdi/comment-malformed', damage: (e) => e.header('comment', Uint8Array.of(65, 0, 66)) },
  {
    rule: 'vdi/uuid-create-null',
    damage: (e) => e.header('uuidCreate', NULL),
    nearMiss: (e) => e.header('uuidCreate', Uint8Array.of(...NULL.subarray(1), 1)),
  },
  {
    rule: 'vdi/uuid-modify-null',
    damage: (e) => e.header('uuidModify', NULL),
    nearMiss: (e) => e.header('uuidModify', Uint8Array.of(1)),
  },
  { rule: 'vdi/uuids-equal', damage: (e) => e.header('uuidModify', vdiUuid(1)) },

  // Sizes
  {
    rule: 'vdi/disk-size-zero',
    plan: { ...SMALL, blocks: [] },
    damage: (e) => e.header('diskSize', 0),
    nearMiss: (e) => e.header('diskSize', 1),
  },
  {
    rule: 'vdi/disk-size-unaligned',
    damage: (e) => e.header('diskSize', 16 * BLOCK - 1),
    nearMiss: (e) => e.header('diskSize', 16 * BLOCK - 512),
  },
  {
    rule: 'vdi/disk-size-limit',
    damage: (e) => e.header('diskSize', 2n ** 53n),
    nearMiss: (e) => e.header('diskSize', 2n ** 53n - 512n),
  },
  {
    rule: 'vdi/block-size-invalid',
    damage: (e) => e.header('blockSize', 4095),
    nearMiss: (e) => e.header('blockSize', 2048),
  },
  { rule: 'vdi/block-size-invalid', damage: (e) => e.header('blockSize', 256) },
  { rule: 'vdi/block-size-invalid', damage: (e) => e.header('blockSize', 0) },
  { rule: 'vdi/block-size-unusual', damage: nothing, nearPlan: USUAL },
  {
    rule: 'vdi/block-extra-invalid',
    damage: (e) => e.header('blockExtra', 3),
    nearPlan: { ...SMALL, extra: 512 },
  },
  { rule: 'vdi/block-extra-invalid', damage: (e) => e.header('blockExtra', 1) },
  { rule: 'vdi/block-extra-used', plan: { ...SMALL, extra: 512 }, damage: nothing, nearPlan: SMALL },
  { rule: 'vdi/block-extra-used', plan: { ...SMALL, extra: 4096 }, damage: nothing, nearPlan: SMALL },
  { rule: 'vdi/block-extra-used', plan: { ...SMALL, extra: 16 }, damage: nothing, nearPlan: SMALL },
  {
    rule: 'vdi/blocks-too-few',
    damage: (e) => e.header('blocks', 15),
    nearMiss: (e) => e.header('blocks', 16),
    field: 'header.num_blocks',
  },
  {
    rule: 'vdi/blocks-too-few',
    damage: (e) => e.header('diskSize', 16 * BLOCK + 512),
    nearMiss: (e) => e.header('diskSize', 15 * BLOCK + 512),
  },
  {
    rule: 'vdi/blocks-excess',
    damage: (e) => e.header('diskSize', 15 * BLOCK),
    nearMiss: (e) => e.header('diskSize', 15 * BLOCK + 512),
  },
  {
    rule: 'vdi/sector-size',
    damage: (e) => e.header('legacySectorSize', 4096),
    field: 'header.legacy_geometry.sector_size',
  },
  { rule: 'vdi/sector-size', damage: (e) => e.header('logicalSectorSize', 0), severity: 'info' },
  {
    rule: 'vdi/sector-size',
    damage: (e) => e.header('logicalSectorSize', 0).header('heads', 1),
    nearPlan: { ...SMALL, headerSize: 384 },
  },
  {
    rule: 'vdi/geometry-too-large',
    damage: (e) => e.header('cylinders', 2).header('heads', 4).header('sectorsPerTrack', 17),
    nearMiss: (e) => e.header('cylinders', 2).header('heads', 4).header('sectorsPerTrack', 16),
  },

  // Layout
  {
    rule: 'vdi/blocks-offset-invalid',
    damage: (e) => e.header('blocksOffset', 455),
    field: 'header.blocks_offset',
  },
  { rule: 'vdi/blocks-offset-invalid', damage: (e) => e.header('blocksOffset', 0xffff_fe00) },
  {
    rule: 'vdi/blocks-offset-unaligned',
    plan: { ...SMALL, mapOffset: 520 },
    damage: nothing,
    nearPlan: { ...SMALL, mapOffset: 1024 },
  },
  {
    rule: 'vdi/map-out-of-file',
    plan: { ...SMALL, blocks: [] },
    damage: (e) => e.cut(512 + 15 * 4),
    nearMiss: (e) => e.cut(512 + 16 * 4),
    field: 'header.num_blocks',
  },
  { rule: 'vdi/map-out-of-file', damage: (e) => e.header('blocks', 0x3fff_ffff) },
  {
    rule: 'vdi/data-offset-invalid',
    damage: (e) => e.header('dataOffset', 512),
    field: 'header.data_offset',
  },
  { rule: 'vdi/data-offset-invalid', damage: (e) => e.header('dataOffset', 512 + 63) },
  {
    rule: 'vdi/data-offset-unaligned',
    plan: { ...SMALL, dataOffset: 1000 },
    damage: nothing,
    nearPlan: { ...SMALL, dataOffset: 1536 },
  },

  // Blocks
  {
    rule: 'vdi/map-all-zero',
    damage: (e) => e.set(512, new Uint8Array(64)),
    nearPlan: { ...SMALL, size: BLOCK, blocks: [0] },
  },
  {
    rule: 'vdi/entry-out-of-file',
    damage: (e) => e.entry(3, 3),
    nearMiss: (e) => e.entry(3, 2).entry(6, FREE),
    field: 'map[3]',
    offset: 512 + 12,
  },
  { rule: 'vdi/entry-out-of-file', damage: (e) => e.cut(e.bytes.length - 1), count: 1 },
  { rule: 'vdi/entry-out-of-file', plan: STATIC, damage: (e) => e.cut(1024 + BLOCK), count: 3 },
  {
    rule: 'vdi/entry-out-of-file',
    plan: { ...STATIC, size: 4 * BLOCK - 512 },
    damage: (e) => e.cut(e.bytes.length - 513),
    nearMiss: (e) => e.cut(e.bytes.length - 512),
    count: 1,
  },
  { rule: 'vdi/entry-out-of-file', damage: (e) => e.entry(4, ZERO - 1) },
  {
    rule: 'vdi/entry-duplicate',
    damage: (e) =>
      e
        .entry(9, 0)
        .entry(6, FREE)
        .header('blocksAllocated', 2)
        .cut(e.bytes.length - BLOCK),
    nearMiss: (e) => e.entry(9, ZERO),
    field: 'map[9]',
  },
  {
    rule: 'vdi/entry-out-of-range',
    damage: (e) => e.append(16 * BLOCK).entry(3, 17),
    nearMiss: (e) => e.append(BLOCK).entry(3, 3).header('blocksAllocated', 4),
    field: 'map[3]',
  },
  {
    rule: 'vdi/entry-beyond-disk',
    damage: (e) => e.header('diskSize', 5 * BLOCK),
    nearMiss: (e) => e.header('diskSize', 6 * BLOCK + 512),
    field: 'map[5]',
  },
  {
    rule: 'vdi/static-block-missing',
    plan: STATIC,
    damage: (e) => e.entry(3, FREE),
    nearPlan: STATIC,
    also: ['vdi/space-unreferenced'],
    field: 'map[3]',
  },
  {
    rule: 'vdi/static-block-missing',
    damage: (e) => e.header('imageType', 2),
    nearMiss: (e) => e.header('imageType', 1),
    count: 2,
  },
  {
    rule: 'vdi/allocated-exceeds-blocks',
    damage: (e) => e.header('blocksAllocated', 17),
    field: 'header.num_blocks_allocated',
  },
  { rule: 'vdi/allocated-too-small', damage: (e) => e.header('blocksAllocated', 2) },
  {
    rule: 'vdi/allocated-too-small',
    damage: (e) => e.entry(0, FREE).header('blocksAllocated', 2),
    nearMiss: (e) => e.entry(0, FREE),
    also: ['vdi/space-unreferenced'],
  },
  {
    rule: 'vdi/allocated-too-large',
    damage: (e) => e.header('blocksAllocated', 4),
    nearMiss: (e) => e.header('blocksAllocated', 4).append(BLOCK).entry(1, 3),
  },
  {
    rule: 'vdi/space-unreferenced',
    damage: (e) => e.append(BLOCK),
    nearMiss: (e) => e.append(BLOCK - 1),
  },
  {
    rule: 'vdi/space-unreferenced',
    damage: (e) => e.entry(0, FREE),
    nearMiss: (e) =>
      e
        .entry(6, FREE)
        .cut(e.bytes.length - BLOCK)
        .header('blocksAllocated', 2),
    offset: 1024 + BLOCK,
  },
  {
    rule: 'vdi/trailing-data',
    damage: (e) => e.append(1),
    nearPlan: { ...STATIC, size: 4 * BLOCK - 512 },
    nearMiss: (e) => e.cut(e.bytes.length - 512),
  },

  // Parents
  {
    rule: 'vdi/parent-uuid-null',
    plan: CHILD,
    damage: (e) => e.header('uuidLinkage', NULL),
    field: 'header.uuid_linkage',
  },
  { rule: 'vdi/parent-uuid-on-base', damage: (e) => e.header('uuidLinkage', vdiUuid(3)), nearPlan: CHILD },
  {
    rule: 'vdi/parent-uuid-on-base',
    damage: (e) => e.header('uuidParentModify', vdiUuid(3)),
    nearPlan: CHILD,
  },
  {
    rule: 'vdi/parent-modify-null',
    plan: CHILD,
    damage: (e) => e.header('uuidParentModify', NULL),
    nearPlan: SMALL,
  },
  {
    rule: 'vdi/parent-is-itself',
    plan: CHILD,
    damage: (e) => e.header('uuidLinkage', vdiUuid(1)),
    nearMiss: (e) => e.header('uuidLinkage', vdiUuid(2)),
  },
  { rule: 'vdi/parent-not-named', plan: CHILD, damage: nothing, nearPlan: SMALL },
];

/** Every rule with an image that breaks it and one that nearly does. Nothing else above info may be found in the first. */
export const ruleCases: readonly RuleCase[] = PLANS.map(
  ({ plan = SMALL, damage, nearMiss = nothing, nearPlan = plan, also = [], ...expected }) => ({
    ...expected,
    also,
    damaged: () => filesOf(plan, damage),
    near: () => filesOf(nearPlan, nearMiss),
  }),
);
