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
  parentValues: { subformat: 'monolithicSparse' },
  values: { subformat: 'monolithicSparse', zeroed_grain: true },
  isStreamable: true,
});
describeDeltas('a child that is split', {
  ...KIND,
  parentValues: { subformat: 'streamOptimized' },
  values: { subformat: 'twoGbMaxExtentSparse' },
  isStreamable: false,
});
describeDeltas('a snapshot of ESX', {
  ...KIND,
  parentValues: { subformat: 'monolithicSparse' },
  values: { subformat: 'vmfsSparse' },
  isStreamable: false,
});
describeDeltas('a seSparse snapshot', {
  ...KIND,
  parentValues: { subformat: 'monolithicSparse' },
  values: { subformat: 'seSparse' },
  context: { experimental: true },
  isStreamable: false,
});
