import { UsageError } from '../errors.ts';
import type { Chunk } from '../model/disk.ts';
import { guestOffset, type GuestRange } from '../model/offsets.ts';
import { watchDisk } from '../ops/watched-disk.ts';
import { streamTarget } from '../node/file-target.ts';
import { openByteProgress } from './byte-progress.ts';
import type { Invocation, RunCommand } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { openDisk } from './open-disk.ts';
import { parseSize } from './sizes.ts';

/** `vdcheck read`. */
export const runRead: RunCommand = async (invocation, terminal) => {
  const opened = await openDisk(invocation, terminal, invocation.operand(0), invocation.text('format'));
  const { disk, losses } = opened;
  try {
    const range = rangeOf(invocation, disk.size);
    const progress = openByteProgress(invocation, terminal, range.length);
    const { stdout } = terminal;
    const target = streamTarget((bytes) => stdout.write(bytes));
    const watched = watchDisk(disk, (end) => progress.at(end - range.start));
    for await (const chunk of watched.chunks(range)) {
      await writeChunk(chunk, range.start, target.write.bind(target));
      if (stdout.isClosed) break;
    }
    if (!stdout.isClosed) await target.end(range.length);
    progress.end();
    losses.end();
    return losses.bytes > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    await opened.close();
  }
};

async function writeChunk(
  chunk: Chunk,
  start: number,
  write: (at: number, bytes: Uint8Array) => void | Promise<void>,
): Promise<void> {
  if (chunk.kind === 'data') await write(chunk.start - start, chunk.bytes);
}

/** The range that is asked for: inside the disk, or nothing is written. */
function rangeOf(invocation: Invocation, size: number): GuestRange {
  const offset = parseSize(invocation.text('offset') ?? '0', '--offset');
  const length = parseSize(invocation.text('length') ?? String(Math.max(0, size - offset)), '--length');
  if (offset > size || offset + length > size)
    throw new UsageError(
      `the range of ${length} bytes from byte ${offset} on is not inside the disk, which has ${size} bytes`,
    );
  return { start: guestOffset(offset), length };
}
