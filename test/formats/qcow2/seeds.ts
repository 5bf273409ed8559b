import type { MemoryFiles } from '../../support/open.ts';
import { buildQcow2, type Qcow2Plan } from '../../support/qcow2.ts';
import type { SeedImage } from '../../support/seeds.ts';

const seed = (name: string, plan: Qcow2Plan, others: MemoryFiles = {}): SeedImage => ({
  name,
  files: { [name]: buildQcow2(plan).bytes, ...others },
});

/** Sound images of every variant. */
export const seeds: readonly SeedImage[] = [
  seed('v3.qcow2', {
    clusters: { 0: 'data', 1: 'data', 5: 'zero', 6: 'preallocated', 9: 'compressed' },
    featureNames: true,
  }),
  seed('v2.qcow2', { version: 2, clusters: { 0: 'data', 3: 'compressed' } }),
  seed('extended.qcow2', { extendedL2: true, clusterBits: 14, clusters: { 0: 'data', 2: 'zero' } }),
  seed('narrow.qcow2', {
    clusterBits: 9,
    refcountOrder: 0,
    size: 65536,
    clusters: { 0: 'data', 100: 'data' },
  }),
  seed('snapshot.qcow2', { clusters: { 0: 'data' }, snapshots: [{ id: '1', name: 'first' }] }),
  seed('bitmap.qcow2', { clusters: { 0: 'data' }, bitmaps: [{ name: 'daily' }] }),
  seed('luks.qcow2', { clusters: { 0: 'data' }, luks: true }),
  seed(
    'data-file.qcow2',
    { clusters: { 0: 'data' }, dataFile: 'data.raw' },
    { 'data.raw': new Uint8Array(1024 * 1024) },
  ),
  seed('overlay.qcow2', { backing: 'v3.qcow2', backingFormat: 'qcow2' }, { 'v3.qcow2': buildQcow2().bytes }),
];
