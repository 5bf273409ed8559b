import type { SeedImage } from '../../support/seeds.ts';
import { buildCowd, buildHosted, buildSeSparse, buildStream, descriptorFile } from '../../support/vmdk.ts';

const base = descriptorFile({
  cid: '87654321',
  createType: 'monolithicFlat',
  extents: ['RW 8192 FLAT "base-flat.vmdk" 0'],
});

const seed = (name: string, bytes: Uint8Array): SeedImage => ({ name, files: { [name]: bytes } });

/** A descriptor over one extent of 8192 sectors. */
const delta = (createType: string, type: string, extent: Uint8Array): SeedImage => {
  const name = `${createType}.vmdk`;
  const extents = [`RW 8192 ${type} "extent.vmdk"`];
  const descriptor = descriptorFile({ createType, parentCid: '87654321', hint: 'base.vmdk', extents });
  return {
    name,
    files: {
      [name]: descriptor,
      'extent.vmdk': extent,
      'base.vmdk': base,
      'base-flat.vmdk': new Uint8Array(8192 * 512),
    },
  };
};

/** Sound images of every variant. */
export const seeds: readonly SeedImage[] = [
  seed('disk.vmdk', buildHosted({ zero: [7] }).bytes),
  seed('stream.vmdk', buildStream({ name: 'stream.vmdk' }).bytes),
  seed('stream-front.vmdk', buildStream({ name: 'stream-front.vmdk', directory: 'front' }).bytes),
  delta('vmfsSparse', 'VMFSSPARSE', buildCowd({ sectors: 8192 }).bytes),
  delta('seSparse', 'SESPARSE', buildSeSparse({ capacity: 8192 }).bytes),
];
