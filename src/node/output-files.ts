import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  type BigIntStats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError, VdcheckError } from '../errors.ts';
import type { Image } from '../model/image.ts';
import type { Target } from '../model/target.ts';
import { existingTarget, fileTarget, streamTarget, writeAll } from './file-target.ts';
import { attemptWrite, WriteError } from './output-error.ts';

/** How files are written. */
export interface OutputOptions {
  /** Whether a file that exists is replaced. */
  readonly force: boolean;
}

/** Where the files of an image are being written. */
export interface Output {
  readonly targets: readonly Target[];
  /** Makes what was written be there under its name, safe on the disk. */
  publish(): void;
  /** Removes what was written so far; nothing happens after `publish`. */
  discard(): void;
}

/**
 * Refuses to write over an image that is being read, whatever name it has.
 *
 * @throws UsageError
 */
export function demandOther(path: string, image: Image): void {
  const found = statOf(path);
  if (found === null) return;
  const identity = `file:${found.dev}:${found.ino}`;
  for (let layer: Image | null = image; layer !== null; layer = layer.parent?.image ?? null)
    for (const { source, path: part } of layer.files)
      if (source?.identity === identity)
        throw new UsageError(
          layer === image && source === layer.files[0]?.source
            ? `${path} is the source itself: it is only read`
            : `${path} belongs to the source (${part}): it is only read`,
        );
}

/**
 * Refuses what is there already, before any work is done.
 *
 * @throws UsageError where a file exists and may not be replaced, or what exists is no regular file
 */
export function demandFree(path: string, { force }: OutputOptions): void {
  const found = statOf(path);
  if (found === null) return;
  if (found.isDirectory()) throw new UsageError(`${path} is a directory`);
  if (found.isBlockDevice()) throw new UsageError(`${path} is a block device: -n writes into it`);
  if (found.isFile() && !force) throw new UsageError(`${path} exists; --force replaces it`);
}

/** Whether a path is a pipe, a terminal or the like, which takes bytes in order and is never replaced. */
export function isStream(path: string): boolean {
  const found = statOf(path);
  return found !== null && (found.isFIFO() || found.isCharacterDevice() || found.isSocket());
}

function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new WriteError(path, error);
  }
}

/** A new file under a name of its own beside the one it will have. */
interface PendingFile {
  readonly path: string;
  readonly pending: string;
  readonly descriptor: number;
}

/**
 * Opens new files: each is written under a temporary name beside its own, and has its own only when all are complete. The last path to be
 * published is the first one, which names the others.
 */
export function createFiles(paths: readonly string[], options: OutputOptions): Output {
  const files: PendingFile[] = [];
  const discard = (): void => {
    for (const { descriptor, pending } of files.splice(0)) {
      closeSync(descriptor);
      unlinkSync(pending);
    }
  };
  try {
    for (const path of paths) files.push(createPending(path, options));
  } catch (error) {
    discard();
    throw error;
  }
  return {
    targets: files.map(({ path, descriptor }) => fileTarget(path, descriptor)),
    publish() {
      for (const { path, descriptor } of files) attemptWrite(path, () => fsyncSync(descriptor));
      for (let file = files.pop(); file !== undefined; file = files.pop()) publishOne(file, options);
    },
    discard,
  };
}

function createPending(path: string, { force }: OutputOptions): PendingFile {
  // A link that exists goes on to name the file that is replaced.
  const final = force && isLink(path) ? realpathSync(path) : path;
  const pending = join(dirname(final), `.${basename(final)}.${randomBytes(6).toString('hex')}.part`);
  return { path: final, pending, descriptor: attemptWrite(path, () => openSync(pending, 'wx+')) };
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink() && statOf(path) !== null;
  } catch {
    return false;
  }
}

function publishOne({ path, pending, descriptor }: PendingFile, { force }: OutputOptions): void {
  closeSync(descriptor);
  try {
    if (force) renameSync(pending, path);
    else rename(pending, path);
  } catch (error) {
    unlinkSync(pending);
    throw new WriteError(path, error);
  }
  syncFolder(dirname(path));
}

/** Renames, unless a file of that name has come to be. */
function rename(pending: string, path: string): void {
  try {
    linkSync(pending, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Some file systems have no second names: there the name is taken first, then replaced.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'].includes(code)) throw error;
    closeSync(openSync(path, 'wx'));
    renameSync(pending, path);
    return;
  }
  unlinkSync(pending);
}

/** Makes a new name in a folder safe; not every system lets folders be opened. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file itself is safe; its name will be soon.
  }
}

/**
 * Opens a file or device that exists, to be written over from its first byte on.
 *
 * @param size bytes that will be written
 * @throws UsageError where it does not exist or is too small
 */
export function openExisting(path: string, size: number): Output {
  const found = statOf(path);
  if (found === null) throw new UsageError(`${path} does not exist; without -n it is made`);
  if (found.isDirectory()) throw new UsageError(`${path} is a directory`);
  const descriptor = attemptWrite(path, () => openSync(path, 'r+'));
  const stats = fstatSync(descriptor);
  if (stats.isFile() && stats.size < size) {
    closeSync(descriptor);
    throw new UsageError(`${path} has ${stats.size} bytes, and ${size} are to be written`);
  }
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  return {
    targets: [existingTarget(path, descriptor)],
    publish() {
      attemptWrite(path, () => fsyncSync(descriptor));
      close();
    },
    discard: close,
  };
}

/**
 * Writes into a pipe that is open already.
 *
 * @param isClosed whether its reader went away, so that there is no use in going on
 */
export function openStream(write: (bytes: Uint8Array) => void, isClosed: () => boolean): Output {
  const target = streamTarget((bytes) => {
    write(bytes);
    if (isClosed()) throw new ReaderGoneError();
  });
  return { targets: [target], publish: () => undefined, discard: () => undefined };
}

/** The reader of a pipe went away before it had everything. */
export class ReaderGoneError extends VdcheckError {
  constructor() {
    super('EPIPE', 'standard output was closed before everything was written (EPIPE)');
  }
}

/** The same for a path that names one. */
export function openStreamFile(path: string): Output {
  const descriptor = attemptWrite(path, () => openSync(path, 'w'));
  const close = (): void => closeSync(descriptor);
  return {
    targets: [streamTarget((bytes) => writeAll(path, descriptor, bytes, null))],
    publish: close,
    discard: close,
  };
}
