import { UsageError } from '../../errors.ts';
import type { Disk } from '../../model/disk.ts';
import type { Plan, WriteContext, Writer } from '../../model/writer.ts';
import { joinFiles, planKnownUnits, planUnits, type FilePlan } from '../shared/writing/file-plan.ts';
import { UnitRuns } from '../shared/writing/unit-runs.ts';
import { drawIds } from './write/header.ts';
import { BLOCK_SIZE, VdiFile } from './write/vdi-file.ts';

/** Writes dynamic and static images of VirtualBox. */
export const vdiWriter: Writer = {
  options: {
    static: {
      type: 'boolean',
      default: 'off',
      doc: 'all blocks have their place from the start; those without data are holes of the file',
    },
  },
  async plan(disk: Disk, context: WriteContext): Promise<Plan> {
    const { values, compress, backing, isPipe, sparse, name, identity } = context;
    if (compress !== undefined) throw new UsageError('VDI cannot be compressed (-c)');
    if (backing !== null) throw new UsageError('VDI is written without a parent (-B)');
    if (disk.size === 0) throw new UsageError('a VDI has at least one sector, and the disk has none');
    const isStatic = values['static'] === true;
    const file = new VdiFile(disk.size, isStatic, drawIds(identity));
    return joinFiles([{ name, plan: await planFile(disk, file, isStatic, { isPipe, sparse }) }]);
  },
};

async function planFile(
  disk: Disk,
  file: VdiFile,
  isStatic: boolean,
  { isPipe, sparse }: Pick<WriteContext, 'isPipe' | 'sparse'>,
): Promise<FilePlan> {
  if (!isStatic) return planUnits(disk, () => file, { isPipe, sparse, unitSize: BLOCK_SIZE });
  const all = new UnitRuns();
  all.add(0, Math.ceil(disk.size / BLOCK_SIZE));
  return planKnownUnits(disk, () => file, all, sparse);
}
