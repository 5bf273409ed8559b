import { vmdkWriter } from '../../../src/formats/vmdk/writer.ts';
import { describeDeltas } from '../../support/deltas.ts';

const KIND = { writer: vmdkWriter, extension: 'vmdk', qemu: 'vmdk' } as const;

describeDeltas('a child in one file', {
  ...KIND,
  parentValues: { subformat: 'monolithicSparse' },
  values: { subformat: 'monolithicSparse' },
  isStreamable: true,
});
describeDeltas('a child with zeroed grains', {
  ...KIND,
  parentValues: { subformat: 'monolithicFlat' },
  values: { subformat: 'monolithicSparse', zeroed_grain: true },
  isStreamable: true,
});
describeDeltas('a child that is split', {
  ...KIND,
  parentValues: { subformat: 'streamOptimized' },
  values: { subformat: 'twoGbMaxExtentSparse' },
  isStreamable: false,
});
