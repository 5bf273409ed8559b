import { closeSync, existsSync, ftruncateSync, openSync, rmSync, unlinkSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nonZeroRuns } from '../../formats/shared/zero-runs.ts';
import { openFileSource } from '../../io/file-source.ts';
import type { Source } from '../../io/source.ts';
import { closingAlso } from '../../io/window-source.ts';
import { nodeFileSystem } from '../file-system.ts';
import { writeAll } from '../file-target.ts';
import { attemptWrite } from '../output-error.ts';

/** Zeros of this length are left out. */
const HOLE = 64 * 1024;

/**
 * A stream as a source that can be read anywhere: it is stored in a temporary file, with holes for zeros, that has
 * no name any more where the system allows that, and is gone when the source is closed.
 *
 * @param name how messages call it
 * @throws WriteError where the temporary file cannot be written; what the stream throws
 */
export async function spool(chunks: AsyncIterable<Uint8Array>, name: string): Promise<Source> {
  const path = join(tmpdir(), `vdcheck-${randomBytes(8).toString('hex')}`);
  const descriptor = attemptWrite(path, () => openSync(path, 'wx+', 0o600));
  const remove = (): void => {
    closeSync(descriptor);
    rmSync(path, { force: true });
  };
  try {
    let size = 0;
    for await (const bytes of chunks) {
      for (const { from, to } of nonZeroRuns(bytes, size, HOLE))
        writeAll(nodeFileSystem, path, descriptor, bytes.subarray(from, to), size + from);
      size += bytes.length;
    }
    const end = size;
    attemptWrite(path, () => ftruncateSync(descriptor, end));
    return closingAlso(openNameless(path, descriptor, name), remove);
  } catch (error) {
    remove();
    throw error;
  }
}

/** Opens the file by its descriptor, so that its name can go first; by its name where the system has no such door. */
function openNameless(path: string, descriptor: number, name: string): Source {
  const door = `/dev/fd/${descriptor}`;
  if (!existsSync(door)) return openFileSource(path, { name });
  unlinkSync(path);
  return openFileSource(door, { name });
}
