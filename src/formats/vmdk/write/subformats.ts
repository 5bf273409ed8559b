import { UsageError } from '../../../errors.ts';
import type { Disk } from '../../../model/disk.ts';
import { SECTOR_SIZE } from '../../../model/offsets.ts';
import type { Plan, WriteContext } from '../../../model/writer.ts';
import { sliceDisk } from '../../shared/writing/slice-disk.ts';
import { planCowd } from './cowd.ts';
import { describeDisk, drawContentIds, type ListedExtent } from './descriptor.ts';
import { joinFiles, type FilePlan } from '../../shared/writing/file-plan.ts';
import { sectorsOf } from './sectors.ts';
import { planFlat } from './flat.ts';
import { planHosted } from './hosted.ts';
import type { Subformat, VmdkOptions } from './options.ts';
import { findParent } from './parent.ts';
import { planSeSparse } from './sesparse.ts';
import { planStream } from './stream.ts';

/** Sectors of one file of a disk that is split: with its tables it stays below 2 GiB. */
const SPLIT_SECTORS = 2047 * 2048;
/** VirtualBox reads no descriptor of more than 1100 lines, and few systems let a program open more files. */
const MOST_EXTENTS = 1000;
/** What VMware calls the extent of a stream that has no name. */
const UNNAMED = 'generated-stream.vmdk';

/** A file and what is written into it. */
interface PlannedExtent {
  readonly name: string;
  readonly plan: FilePlan;
}

/** A disk that is to be written. */
interface NewDisk {
  readonly disk: Disk;
  /** The parent's disk; `null` for none. */
  readonly below: Disk | null;
  readonly options: VmdkOptions;
  readonly context: WriteContext;
  /** Name of the first file. */
  readonly name: string;
  /** The descriptor of such extents. */
  describe(extents: readonly ListedExtent[]): Uint8Array;
}

/**
 * Plans the files of a disk: one with the descriptor inside, or a descriptor and the extents that it names.
 *
 * @throws UsageError where parent, names or size do not fit
 */
export async function planFiles(disk: Disk, options: VmdkOptions, context: WriteContext): Promise<Plan> {
  const parent = context.backing === null ? null : findParent(context.backing);
  const ids = drawContentIds(context.identity, options.subformat === 'streamOptimized');
  const name = context.isPipe && context.name === '-' ? UNNAMED : context.name;
  const describe = (extents: readonly ListedExtent[]): Uint8Array =>
    describeDisk({ options, ids, parent, extents });
  return joinFiles(
    await PLANNERS[options.subformat]({
      disk,
      below: parent?.disk ?? null,
      options,
      context,
      name,
      describe,
    }),
  );
}

const PLANNERS: Readonly<Record<Subformat, (what: NewDisk) => Promise<readonly PlannedExtent[]>>> = {
  monolithicSparse: async (what) => {
    const { disk, below, options, context, name } = what;
    const descriptor = what.describe([{ access: 'RW', sectors: sectorsOf(disk.size), type: 'SPARSE', name }]);
    const { hasZeroedGrains } = options;
    return [{ name, plan: await planHosted({ disk, below, descriptor, hasZeroedGrains }, context) }];
  },
  streamOptimized: async (what) => {
    const { disk, context, name } = what;
    const descriptor = what.describe([
      { access: 'RDONLY', sectors: sectorsOf(disk.size), type: 'SPARSE', name },
    ]);
    return [{ name, plan: planStream(disk, descriptor, context) }];
  },
  monolithicFlat: (what) => planSingle(what, 'flat', 'FLAT'),
  vmfs: (what) => planSingle(what, 'flat', 'VMFS'),
  twoGbMaxExtentFlat: (what) => planSplit(what, 'f', 'FLAT'),
  twoGbMaxExtentSparse: (what) => planSplit(what, 's', 'SPARSE'),
  vmfsSparse: (what) => planSingle(what, 'delta', 'VMFSSPARSE'),
  seSparse: (what) => planSingle(what, 'sesparse', 'SESPARSE'),
};

/** A descriptor and one extent. */
async function planSingle(
  what: NewDisk,
  suffix: string,
  type: ListedExtent['type'],
): Promise<readonly PlannedExtent[]> {
  const { disk, name } = what;
  const extent = {
    access: 'RW',
    sectors: sectorsOf(disk.size),
    type,
    name: withSuffix(name, suffix),
  } as const;
  return [
    { name, plan: planText(what.describe([extent])) },
    { name: extent.name, plan: await planExtent(what, type, 0, disk.size) },
  ];
}

/** A descriptor and as many extents as the size asks for. */
async function planSplit(
  what: NewDisk,
  letter: 'f' | 's',
  type: 'FLAT' | 'SPARSE',
): Promise<readonly PlannedExtent[]> {
  const { disk, name } = what;
  const listed: ListedExtent[] = [];
  const files: PlannedExtent[] = [];
  const all = sectorsOf(disk.size);
  if (all > MOST_EXTENTS * SPLIT_SECTORS)
    throw new UsageError(
      `a disk that is split has at most ${MOST_EXTENTS} files, which is ${MOST_EXTENTS * SPLIT_SECTORS * SECTOR_SIZE} bytes, and the disk has ${disk.size}`,
    );
  for (let first = 0; first < all; first += SPLIT_SECTORS) {
    const sectors = Math.min(SPLIT_SECTORS, all - first);
    const number = String(listed.length + 1).padStart(3, '0');
    const extent = { access: 'RW', sectors, type, name: withSuffix(name, `${letter}${number}`) } as const;
    listed.push(extent);
    const plan = await planExtent(what, type, first * SECTOR_SIZE, sectors * SECTOR_SIZE);
    files.push({ name: extent.name, plan });
  }
  return [{ name, plan: planText(what.describe(listed)) }, ...files];
}

async function planExtent(
  { disk: whole, below, options, context }: NewDisk,
  type: ListedExtent['type'],
  start: number,
  length: number,
): Promise<FilePlan> {
  const disk = sliceDisk(whole, start, length);
  const { hasZeroedGrains } = options;
  const parent = below === null ? null : sliceDisk(below, start, length);
  if (type === 'SPARSE')
    return planHosted({ disk, below: parent, descriptor: null, hasZeroedGrains }, context);
  if (type === 'VMFSSPARSE') return planCowd(disk, parent, context);
  return type === 'SESPARSE' ? planSeSparse(disk, parent, context) : planFlat(disk, context);
}

function planText(bytes: Uint8Array): FilePlan {
  return {
    size: bytes.length,
    isStreamable: true,
    async *parts() {
      yield { at: 0, bytes };
    },
  };
}

/** `disk-flat.vmdk` for `disk.vmdk`. */
function withSuffix(name: string, suffix: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? `${name}-${suffix}` : `${name.slice(0, dot)}-${suffix}${name.slice(dot)}`;
}
