import { vmdkWriter } from '../../../src/formats/vmdk/writer.ts';
import { describeWriter } from '../../support/describe-writer.ts';

const KIND = { writer: vmdkWriter, name: 'disk.vmdk', qemu: 'vmdk' } as const;
const SPARSE = { ...KIND, hasQemuCheck: true, most: 2 ** 41 } as const;

describeWriter('monolithicSparse', { ...SPARSE, values: {}, isStreamable: true });
describeWriter('monolithicFlat', {
  ...KIND,
  values: { subformat: 'monolithicFlat' },
  isStreamable: false,
  isFlat: true,
});
describeWriter('vmfs', { ...KIND, values: { subformat: 'vmfs' }, isStreamable: false, isFlat: true });
describeWriter('twoGbMaxExtentSparse', {
  ...SPARSE,
  values: { subformat: 'twoGbMaxExtentSparse' },
  isStreamable: false,
});
describeWriter('twoGbMaxExtentFlat', {
  ...KIND,
  values: { subformat: 'twoGbMaxExtentFlat' },
  isStreamable: false,
  isFlat: true,
  most: 2 ** 41,
});
describeWriter('vmfsSparse', {
  ...SPARSE,
  values: { subformat: 'vmfsSparse' },
  warnings: ['vmdk3/no-parent'],
  isStreamable: false,
});
describeWriter('seSparse', {
  ...KIND,
  hasQemuCheck: true,
  values: { subformat: 'seSparse' },
  context: { experimental: true },
  warnings: ['sesparse/no-parent'],
  isStreamable: false,
});
