import { randomBytes } from 'node:crypto';
import { fstatSync, lstatSync, openSync, realpathSync, statSync, type BigIntStats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError, VdcheckError } from '../errors.ts';
import type { Image } from '../model/image.ts';
import type { Target } from '../model/target.ts';
import { nodeFileSystem, type FileSystem } from './file-system.ts';
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
      if (source !== null && (isOf(source.identity, identity) || isArchive(part, found)))
        throw new UsageError(
          layer === image && source === layer.files[0]?.source
            ? `${path} is the source itself: it is only read`
            : `${path} belongs to the source (${part}): it is only read`,
        );
}

/** Whether a source is a file, or a part of it. */
function isOf(identity: string, file: string): boolean {
  return identity === file || identity.startsWith(`${file}@`) || identity.startsWith(`${file}+`);
}

/**
 * Whether a packed file, which is read as a stream and has no identity, or the archive of a member is the file
 * that was found.
 */
function isArchive(part: string, found: BigIntStats): boolean {
  const end = part.indexOf('!');
  try {
    const stats = statSync(end < 0 ? part : part.slice(0, end), { bigint: true });
    return stats.dev === found.dev && stats.ino === found.ino;
  } catch {
    return false;
  }
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
 * Opens new files: each is written under a temporary name beside its own, and has its own only when all are
 * complete. The first path, which names the others, is published last; where it replaces a file among several, that
 * is removed before the others change under it.
 */
export function createFiles(
  paths: readonly string[],
  { force }: OutputOptions,
  files: FileSystem = nodeFileSystem,
): Output {
  const open: PendingFile[] = [];
  const discard = (): void => {
    for (const { descriptor, pending } of open.splice(0)) remove(files, descriptor, pending);
  };
  try {
    for (const path of paths) open.push(createPending(path, force, files));
  } catch (error) {
    discard();
    throw error;
  }
  return {
    targets: open.map(({ path, descriptor }) => fileTarget(path, descriptor, files)),
    publish() {
      for (const { path, descriptor } of open) attemptWrite(path, () => files.sync(descriptor));
      const [first] = open;
      if (force && open.length > 1 && first !== undefined) removeOld(files, first.path);
      const published: string[] = [];
      try {
        for (let file = open.at(-1); file !== undefined; file = open.at(-1)) {
          const { path, pending, descriptor } = file;
          attemptWrite(path, () => (force ? files.rename(pending, path) : rename(files, pending, path)));
          open.pop();
          published.push(path);
          attemptWrite(path, () => files.syncDir(dirname(path)));
          attemptWrite(path, () => files.close(descriptor));
        }
      } catch (error) {
        // Parts of an image whose first file is missing are of no use to anybody.
        if (!force) for (const path of published) quietly(() => files.unlink(path));
        throw error;
      }
    },
    discard,
  };
}

function createPending(path: string, force: boolean, files: FileSystem): PendingFile {
  // A link that exists goes on to name the file that is replaced.
  const final = force && isLink(path) ? realpathSync(path) : path;
  const pending = join(
    dirname(final),
    `.${basename(final).slice(0, 200)}.${randomBytes(6).toString('hex')}.part`,
  );
  return { path: final, pending, descriptor: attemptWrite(path, () => files.create(pending)) };
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink() && statOf(path) !== null;
  } catch {
    return false;
  }
}

function remove(files: FileSystem, descriptor: number, path: string): void {
  quietly(() => files.close(descriptor));
  quietly(() => files.unlink(path));
}

/** What goes wrong while something is cleared away says less than why it is. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    return;
  }
}

function removeOld(files: FileSystem, path: string): void {
  attemptWrite(path, () => {
    try {
      files.unlink(path);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ENOENT') throw error;
    }
    files.syncDir(dirname(path));
  });
}

/** Renames, unless a file of that name has come to be. */
function rename(files: FileSystem, pending: string, path: string): void {
  try {
    files.link(pending, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Some file systems have no second names: there the name is taken first, then replaced.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK'].includes(code)) throw error;
    files.close(files.create(path));
    files.rename(pending, path);
    return;
  }
  files.unlink(pending);
}

/**
 * Opens a file or device that exists, to be written over from its first byte on.
 *
 * @param size bytes that will be written
 * @throws UsageError where it does not exist or is too small
 */
export function openExisting(path: string, size: number, files: FileSystem = nodeFileSystem): Output {
  const found = statOf(path);
  if (found === null) throw new UsageError(`${path} does not exist; without -n it is made`);
  if (found.isDirectory()) throw new UsageError(`${path} is a directory`);
  const descriptor = attemptWrite(path, () => files.open(path));
  const stats = fstatSync(descriptor);
  if (stats.isFile() && stats.size < size) {
    files.close(descriptor);
    throw new UsageError(`${path} has ${stats.size} bytes, and ${size} are to be written`);
  }
  let isOpen = true;
  const close = (): void => {
    if (isOpen) files.close(descriptor);
    isOpen = false;
  };
  return {
    targets: [existingTarget(path, descriptor, files)],
    publish() {
      attemptWrite(path, () => files.sync(descriptor));
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
  const close = (): void => nodeFileSystem.close(descriptor);
  return {
    targets: [streamTarget((bytes) => writeAll(nodeFileSystem, path, descriptor, bytes, null))],
    publish: close,
    discard: close,
  };
}
