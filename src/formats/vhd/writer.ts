import type { Disk } from '../../model/disk.ts';
import type { Plan, WriteContext, Writer } from '../../model/writer.ts';
import { joinFiles, type FilePlan } from '../shared/writing/file-plan.ts';
import type { FilePart } from '../shared/writing/unit-writer.ts';
import { FOOTER_SIZE } from './probe.ts';
import { planDifferencing, planDynamic } from './write/dynamic.ts';
import { writeFixed } from './write/fixed.ts';
import { readVhdOptions, vhdOptions, type VhdOptions } from './write/options.ts';
import { findParent } from './write/parent.ts';
import { makeFooter } from './write/structures.ts';

/** Writes fixed, dynamic and differencing disks. */
export const vhdWriter: Writer = {
  options: vhdOptions,
  async plan(disk: Disk, context: WriteContext): Promise<Plan> {
    const options = readVhdOptions(disk.size, context);
    return joinFiles([{ name: context.name, plan: await planKind(disk, options, context) }]);
  },
};

async function planKind(disk: Disk, options: VhdOptions, context: WriteContext): Promise<FilePlan> {
  const { kind, size } = options;
  const { backing, sparse, identity } = context;
  const footer = makeFooter(options, identity);
  if (backing !== null) return planDifferencing(disk, options, footer, context, findParent(backing, size));
  if (kind === 'dynamic') return planDynamic(disk, options, footer, context);
  const parts = (signal: AbortSignal | undefined): AsyncIterable<FilePart> =>
    writeFixed(disk, size, footer, { sparse, signal });
  return { size: size + FOOTER_SIZE, isStreamable: true, parts };
}
