import type { Disk } from '../../../model/disk.ts';
import type { Part, Plan, WriteContext } from '../../../model/writer.ts';
import { describeDisk, drawContentIds, type ListedExtent } from './descriptor.ts';
import { sectorsOf, type ExtentPlan } from './extent-plan.ts';
import type { VmdkOptions } from './options.ts';
import { findParent } from './parent.ts';
import { planStream } from './stream.ts';

/** Plans the files of a disk: one with the descriptor inside, or a descriptor and the extents that it names. */
export async function planFiles(disk: Disk, options: VmdkOptions, context: WriteContext): Promise<Plan> {
  const { name, backing } = context;
  const parent = backing === null ? null : findParent(backing);
  const ids = drawContentIds(context.identity);
  const describe = (extents: readonly ListedExtent[]): Uint8Array =>
    describeDisk({ options, ids, parent, extents });
  const sectors = sectorsOf(disk.size);
  const descriptor = describe([{ access: 'RDONLY', sectors, type: 'SPARSE', name }]);
  return joinFiles([{ name, plan: planStream(disk, descriptor, context) }]);
}

interface NamedExtent {
  readonly name: string;
  readonly plan: ExtentPlan;
}

function joinFiles(files: readonly NamedExtent[]): Plan {
  return {
    files: files.map(({ name, plan: { size } }) => ({ name, size })),
    isStreamable: files.every(({ plan }) => plan.isStreamable),
    async *parts(signal): AsyncGenerator<Part, void, undefined> {
      for (const [file, { plan }] of files.entries())
        for await (const { at, bytes } of plan.parts(signal)) yield { file, at, bytes };
    },
  };
}
