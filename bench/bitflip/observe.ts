import { memoryDisk } from '../../fuzz/memory-disk.ts';
import { inflate } from '../../src/node/inflate.ts';
import { unpack } from '../../src/node/unpack.ts';
import { checkImage } from '../../src/ops/check.ts';
import { readDisk } from '../../src/ops/disk.ts';
import { openImage } from '../../src/ops/open.ts';
import { guestOffset } from '../../src/model/offsets.ts';

/** Disks that are bigger are another disk than the one we made, and are not read. */
const BIGGEST = 64 << 20;

/** What a check at depth `data` says. */
export interface Told {
  /** Rules with a finding above `info`, those of the sound image left out; the code where it is no image any more. */
  readonly found: readonly string[];
  /** Rules whose findings are `info`, those of the sound image left out. */
  readonly info: readonly string[];
}

/** @param usual rules that tell something of the sound image */
export async function checkFiles(
  files: ReadonlyMap<string, Uint8Array>,
  file: string,
  usual: readonly string[] = [],
): Promise<Told> {
  const { problems, error } = await checkImage(file, { ...memoryDisk(files), depth: 'data', unpack });
  const told = problems.filter(({ rule }) => !usual.includes(rule));
  const rulesOf = (isInfo: boolean): string[] => [
    ...new Set(told.filter(({ severity }) => (severity === 'info') === isInfo).map(({ rule }) => rule)),
  ];
  return { found: [...rulesOf(false), ...(error === null ? [] : [error.code])], info: rulesOf(true) };
}

/** All that the guest sees; `null` where it cannot be read, or has another size by far. */
export async function readGuest(
  files: ReadonlyMap<string, Uint8Array>,
  file: string,
): Promise<Uint8Array | null> {
  try {
    const problems = { add: () => undefined };
    const { image } = await openImage(file, { ...memoryDisk(files), problems });
    try {
      const disk = readDisk(image, { inflate });
      if (disk.size > BIGGEST) return null;
      const bytes = new Uint8Array(disk.size);
      await disk.read(guestOffset(0), bytes);
      return bytes;
    } finally {
      await image.close();
    }
  } catch {
    return null;
  }
}
