import { UsageError } from '../../errors.ts';
import type { Disk } from '../../model/disk.ts';
import type { Plan, WriteContext, Writer } from '../../model/writer.ts';
import { readVmdkOptions, vmdkOptions } from './write/options.ts';
import { planFiles } from './write/subformats.ts';

/** Writes VMware disks of every kind that a file can be. */
export const vmdkWriter: Writer = {
  options: vmdkOptions,
  async plan(disk: Disk, context: WriteContext): Promise<Plan> {
    const options = readVmdkOptions(context);
    if (disk.size === 0) throw new UsageError('a VMDK has at least one sector, and the disk has none');
    return planFiles(disk, options, context);
  },
};
