import { buildQcow2, type Qcow2Plan } from '../test/support/qcow2.ts';
import { buildVhd, utf16, uuid, type VhdPlan } from '../test/support/vhd.ts';
import { buildCowd, buildHosted, buildSeSparse, buildStream, descriptorFile } from '../test/support/vmdk.ts';

/** A sound image to damage: its files by name, the one to check first. */
export interface SeedImage {
  readonly name: string;
  readonly format: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

function image(
  format: string,
  name: string,
  bytes: Uint8Array,
  others: Readonly<Record<string, Uint8Array>> = {},
): SeedImage {
  return { name, format, files: new Map([[name, bytes], ...Object.entries(others)]) };
}

const vhd = (name: string, plan: VhdPlan, others?: Readonly<Record<string, Uint8Array>>): SeedImage =>
  image('vhd', name, buildVhd(plan).bytes, others);

const qcow2 = (name: string, plan: Qcow2Plan, others?: Readonly<Record<string, Uint8Array>>): SeedImage =>
  image('qcow2', name, buildQcow2(plan).bytes, others);

/** A descriptor over one extent of 8192 sectors. */
const delta = (createType: string, type: string, extent: Uint8Array): SeedImage =>
  image(
    'vmdk',
    `${createType}.vmdk`,
    descriptorFile({
      createType,
      parentCid: '87654321',
      hint: 'base.vmdk',
      extents: [`RW 8192 ${type} "extent.vmdk"`],
    }),
    { 'extent.vmdk': extent, 'base.vmdk': base, 'base-flat.vmdk': new Uint8Array(8192 * 512) },
  );

const base = descriptorFile({
  cid: '87654321',
  createType: 'monolithicFlat',
  extents: ['RW 8192 FLAT "base-flat.vmdk" 0'],
});

const SMALL = { size: 1024 * 1024, blockSize: 256 * 1024 };
const PARENT_ID = uuid(9);

/** At least one sound image of every variant; small, so that much of each is structure. */
export const seedImages: readonly SeedImage[] = [
  vhd('fixed.vhd', { type: 'fixed', size: 65536 }),
  vhd('dynamic.vhd', { ...SMALL, blocks: [[2], [0]] }),
  vhd('batmap.vhd', { ...SMALL, blocks: [[1]], batmap: true, creator: 'tap\0', creatorVersion: 0x10003 }),
  vhd(
    'differencing.vhd',
    {
      ...SMALL,
      type: 'differencing',
      blocks: [[1, [[3, 17]]]],
      parent: {
        uniqueId: PARENT_ID,
        name: 'parent.vhd',
        locators: [{ code: 'W2ru', data: utf16('.\\parent.vhd', 'le') }],
      },
    },
    { 'parent.vhd': buildVhd({ ...SMALL, uniqueId: PARENT_ID }).bytes },
  ),
  image('vmdk', 'disk.vmdk', buildHosted({ zero: [7] }).bytes),
  image('vmdk', 'stream.vmdk', buildStream({ name: 'stream.vmdk' }).bytes),
  image('vmdk', 'stream-front.vmdk', buildStream({ name: 'stream-front.vmdk', directory: 'front' }).bytes),
  delta('vmfsSparse', 'VMFSSPARSE', buildCowd({ sectors: 8192 }).bytes),
  delta('seSparse', 'SESPARSE', buildSeSparse({ capacity: 8192 }).bytes),
  qcow2('v3.qcow2', {
    clusters: { 0: 'data', 1: 'data', 5: 'zero', 6: 'preallocated', 9: 'compressed' },
    featureNames: true,
  }),
  qcow2('v2.qcow2', { version: 2, clusters: { 0: 'data', 3: 'compressed' } }),
  qcow2('extended.qcow2', { extendedL2: true, clusterBits: 14, clusters: { 0: 'data', 2: 'zero' } }),
  qcow2('narrow.qcow2', {
    clusterBits: 9,
    refcountOrder: 0,
    size: 65536,
    clusters: { 0: 'data', 100: 'data' },
  }),
  qcow2('snapshot.qcow2', { clusters: { 0: 'data' }, snapshots: [{ id: '1', name: 'first' }] }),
  qcow2('bitmap.qcow2', { clusters: { 0: 'data' }, bitmaps: [{ name: 'daily' }] }),
  qcow2('luks.qcow2', { clusters: { 0: 'data' }, luks: true }),
  qcow2(
    'data-file.qcow2',
    { clusters: { 0: 'data' }, dataFile: 'data.raw' },
    { 'data.raw': new Uint8Array(1024 * 1024) },
  ),
  qcow2('overlay.qcow2', { backing: 'v3.qcow2', backingFormat: 'qcow2' }, { 'v3.qcow2': buildQcow2().bytes }),
];
