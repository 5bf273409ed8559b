import { expect, it } from 'vitest';
import { vdiWriter } from '../../../src/formats/vdi/writer.ts';
import { describeWriter } from '../../support/describe-writer.ts';
import { sparseDisk } from '../../support/sparse-disk.ts';
import { planOf } from '../../support/writing.ts';

const KIND = { writer: vdiWriter, name: 'disk.vdi', qemu: 'vdi', hasQemuCheck: true } as const;

describeWriter('dynamic VDI', { ...KIND, values: {}, isStreamable: true });
describeWriter('static VDI', { ...KIND, values: { static: true }, isStreamable: true, isFlat: true });

it('refuses what does not fit', async () => {
  const disk = sparseDisk(2 ** 20, []);
  await expect(planOf(vdiWriter, disk, 'd.vdi', {}, { compress: { level: 1 } })).rejects.toThrow('-c');
  await expect(planOf(vdiWriter, sparseDisk(0, []), 'd.vdi', {})).rejects.toThrow('at least one sector');
  await expect(planOf(vdiWriter, sparseDisk(2 ** 51, []), 'd.vdi', {})).rejects.toThrow('at most');
});
