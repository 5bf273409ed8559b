import {
  buildCowd,
  buildHosted,
  buildSeSparse,
  buildStream,
  descriptorFile,
  type CowdPlan,
  type DescriptorPlan,
  type HostedPlan,
  type SeSparsePlan,
  type StreamPlan,
} from '../../support/vmdk.ts';
import type { MemoryFiles } from '../../support/open.ts';

/** One rule: files that trigger it, and files that come near without doing so. */
export interface RuleCase {
  readonly rule: string;
  readonly damaged: MemoryFiles;
  readonly near: MemoryFiles;
  readonly severity?: string;
  /** Field that the finding must name. */
  readonly field?: string;
  /** Byte position that the finding must name. */
  readonly offset?: number;
  /** Forces the format where the damage hides it. */
  readonly format?: string;
}

type Hosted = ReturnType<typeof buildHosted>;
type Stream = ReturnType<typeof buildStream>;
type Cowd = ReturnType<typeof buildCowd>;
type SeSparse = ReturnType<typeof buildSeSparse>;

/** A monolithic sparse disk, changed. */
export function hosted(
  change: (file: Hosted) => unknown = () => undefined,
  plan: HostedPlan = {},
): MemoryFiles {
  const file = buildHosted(plan);
  change(file);
  return { 'disk.vmdk': file.bytes };
}

/** A streamOptimized disk, changed. */
export function stream(
  change: (file: Stream) => unknown = () => undefined,
  plan: StreamPlan = {},
): MemoryFiles {
  const file = buildStream(plan);
  change(file);
  return { 'disk.vmdk': file.bytes };
}

/** A parent of `sectors` whose content id is aaaaaaaa. */
export function base(sectors: number, plan: DescriptorPlan = {}): MemoryFiles {
  const extents = [`RW ${sectors} FLAT "base-flat.vmdk" 0`];
  return {
    'base.vmdk': descriptorFile({ cid: 'aaaaaaaa', extents, ...plan }),
    'base-flat.vmdk': new Uint8Array(sectors * 512),
  };
}

const CHILD: DescriptorPlan = { parentCid: 'aaaaaaaa', hint: 'base.vmdk' };

/** A vmfsSparse snapshot with its base, changed. */
export function cowd(
  change: (file: Cowd) => unknown = () => undefined,
  plan: CowdPlan = {},
  descriptor: DescriptorPlan = {},
): MemoryFiles {
  const file = buildCowd(plan);
  change(file);
  const sectors = plan.sectors ?? 4096;
  const extents = [`RW ${sectors} VMFSSPARSE "disk-delta.vmdk"`];
  return {
    'disk.vmdk': descriptorFile({ createType: 'vmfsSparse', ...CHILD, extents, ...descriptor }),
    'disk-delta.vmdk': file.bytes,
    ...base(sectors),
  };
}

/** A seSparse snapshot with its base, changed. */
export function seSparse(
  change: (file: SeSparse) => unknown = () => undefined,
  plan: SeSparsePlan = {},
  descriptor: DescriptorPlan = {},
): MemoryFiles {
  const file = buildSeSparse(plan);
  change(file);
  const sectors = plan.capacity ?? 8192;
  const extents = [`RW ${sectors} SESPARSE "disk-sesparse.vmdk"`];
  return {
    'disk.vmdk': descriptorFile({ createType: 'seSparse', ...CHILD, extents, ...descriptor }),
    'disk-sesparse.vmdk': file.bytes,
    ...base(sectors),
  };
}

/** A flat disk of 4032 sectors, four whole cylinders. */
export function flat(plan: DescriptorPlan = {}, extra: MemoryFiles = {}): MemoryFiles {
  return {
    'disk.vmdk': descriptorFile({ extents: ['RW 4032 FLAT "disk-flat.vmdk" 0'], ...plan }),
    'disk-flat.vmdk': new Uint8Array(4032 * 512),
    ...extra,
  };
}

/** A descriptor of exactly this text, with a flat file beside it. */
export function text(lines: string): MemoryFiles {
  return { ...flat(), 'disk.vmdk': new TextEncoder().encode(lines) };
}
