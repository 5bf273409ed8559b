import type { Disk } from '../../model/disk.ts';
import type { Plan, WriteContext, Writer } from '../../model/writer.ts';
import type { FilePart } from '../shared/writing/unit-writer.ts';
import { FOOTER_SIZE } from './probe.ts';
import { planDifferencing, planDynamic, type DynamicPlan } from './write/dynamic.ts';
import { writeFixed } from './write/fixed.ts';
import { readVhdOptions, vhdOptions, type VhdOptions } from './write/options.ts';
import { findParent } from './write/parent.ts';
import { makeFooter } from './write/structures.ts';

/** Writes fixed, dynamic and differencing disks. */
export const vhdWriter: Writer = {
  options: vhdOptions,
  async plan(disk: Disk, context: WriteContext): Promise<Plan> {
    const options = readVhdOptions(disk.size, context);
    const { size, isStreamable, parts } = await planKind(disk, options, context);
    return {
      files: [{ name: context.name, size }],
      isStreamable,
      async *parts(signal) {
        for await (const { at, bytes } of parts(signal)) yield { file: 0, at, bytes };
      },
    };
  },
};

async function planKind(disk: Disk, options: VhdOptions, context: WriteContext): Promise<DynamicPlan> {
  const { kind, size } = options;
  const { backing, sparse, identity } = context;
  const footer = makeFooter(options, identity);
  if (backing !== null) return planDifferencing(disk, options, footer, context, findParent(backing, size));
  if (kind === 'dynamic') return planDynamic(disk, options, footer, context);
  const parts = (signal: AbortSignal | undefined): AsyncIterable<FilePart> =>
    writeFixed(disk, size, footer, { sparse, signal });
  return { size: size + FOOTER_SIZE, isStreamable: true, parts };
}
