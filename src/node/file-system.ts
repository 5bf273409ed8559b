import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/**
 * Everything that changes files: the one door for writing images, so that tests can record it, cut it off and let
 * it fail.
 */
export interface FileSystem {
  /** Makes a file, which must not exist, and returns its descriptor. */
  create(path: string): number;
  /** Opens a file or device that exists for writing. */
  open(path: string): number;
  /** Writes some of `bytes` at a place and returns how many; `null`: where the last write ended. */
  write(descriptor: number, bytes: Uint8Array, at: number | null): number;
  truncate(descriptor: number, size: number): void;
  /** Makes the bytes of a file safe. */
  sync(descriptor: number): void;
  close(descriptor: number): void;
  rename(from: string, to: string): void;
  /** Gives a file a second name; fails where that exists. */
  link(existing: string, path: string): void;
  unlink(path: string): void;
  /** Makes the names in a folder safe. */
  syncDir(folder: string): void;
}

/** The files of this machine. */
export const nodeFileSystem: FileSystem = {
  create: (path) => openSync(path, 'wx+'),
  open: (path) => openSync(path, 'r+'),
  write: (descriptor, bytes, at) => writeSync(descriptor, bytes, 0, bytes.length, at),
  truncate: ftruncateSync,
  sync: fdatasyncSync,
  close: closeSync,
  rename: renameSync,
  link: linkSync,
  unlink: unlinkSync,
  syncDir(folder) {
    let descriptor: number;
    try {
      descriptor = openSync(folder, 'r');
    } catch {
      // Not every system lets folders be opened; there names are safe as they are made.
      return;
    }
    try {
      fsyncSync(descriptor);
    } catch (error) {
      // Some file systems have nothing to make safe.
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EIO' || code === 'ENOSPC') throw error;
    } finally {
      closeSync(descriptor);
    }
  },
};
