import type { Target } from '../model/target.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
import { attemptWrite } from './output-error.ts';

/** Bytes of zeros that are written into a pipe at once. */
const ZEROS = new Uint8Array(64 * 1024);

/** A new, empty file, open for writing: what is not written is a hole. */
export function fileTarget(path: string, descriptor: number, files: FileSystem = nodeFileSystem): Target {
  let end = 0;
  return {
    write(at, bytes) {
      writeAll(files, path, descriptor, bytes, at);
      end = Math.max(end, at + bytes.length);
    },
    end: (size) => {
      // A file that is as long already needs no call.
      if (size !== null && size !== end) attemptWrite(path, () => files.truncate(descriptor, size));
    },
  };
}

/** A file or device that exists and keeps its size: every byte has to be written. */
export function existingTarget(path: string, descriptor: number, files: FileSystem): Target {
  return {
    write: (at, bytes) => writeAll(files, path, descriptor, bytes, at),
    end: () => undefined,
  };
}

/** Bytes that go forward only: holes are written as zeros. */
export function streamTarget(write: (bytes: Uint8Array) => void): Target {
  let position = 0;
  const fillTo = (at: number): void => {
    if (at < position) throw new RangeError(`byte ${at} comes after byte ${position} was written`);
    while (position < at) {
      const length = Math.min(ZEROS.length, at - position);
      write(ZEROS.subarray(0, length));
      position += length;
    }
  };
  return {
    write(at, bytes) {
      fillTo(at);
      write(bytes);
      position += bytes.length;
    },
    end: (size) => fillTo(size ?? position),
  };
}

/** Writes all of `bytes`, from byte `at` on or, for `null`, where the last write ended. */
export function writeAll(
  files: FileSystem,
  path: string,
  descriptor: number,
  bytes: Uint8Array,
  at: number | null,
): void {
  for (let done = 0; done < bytes.length;) {
    const rest = done === 0 ? bytes : bytes.subarray(done);
    done += attemptWrite(path, () => files.write(descriptor, rest, at === null ? null : at + done));
  }
}
