import { closeSync, constants, fstatSync, openSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { SourceError } from '../errors.ts';
import { withRoom } from './descriptor-pool.ts';
import { attempt } from './file-errors.ts';

/** What may be opened, and what it must be. */
export interface FileOptions {
  /** How messages name it; default: its path. */
  readonly name?: string;
  /**
   * The file that the path must name, as it was found when it was decided that it may be opened: its device and
   * inode, and the folder without links that it has to be below. The path then has no links itself, and one that has
   * come there since is not followed.
   */
  readonly expect?: { readonly dev: bigint; readonly ino: bigint; readonly within?: string };
  /**
   * Whether a block device may be opened too: only for a path that the user gave himself, never for one from an
   * image.
   */
  readonly allowDevice?: boolean;
}

/** A file that is open. */
export interface OpenedFile {
  readonly descriptor: number;
  readonly stats: Stats;
}

/** What tells a file from every other, also from one that was given its inode after it was removed. */
export interface FileMark {
  readonly dev: bigint;
  readonly ino: bigint;
  /** When it was created; where the file system does not tell that, when it was last changed. */
  readonly born: bigint;
}

/** @throws SourceError see `openFileSource` */
export function openFile(path: string, options: FileOptions): OpenedFile {
  const { name = path, expect } = options;
  if (expect === undefined)
    demandKind(
      name,
      attempt(name, () => statSync(path)),
      options,
    );
  const descriptor = openDescriptor(path, name, expect);
  try {
    const stats = attempt(name, () => fstatSync(descriptor));
    if (expect !== undefined && !isExpected(descriptor, expect))
      throw new SourceError('replaced', `${name}: was replaced by another file while it was opened`, {
        source: name,
      });
    demandKind(name, stats, options);
    return { descriptor, stats };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/**
 * Opens a regular file again that was closed meanwhile.
 *
 * @param mark what it was
 * @throws SourceError `changed` where the path does not name it any more; else the operating system's code
 */
export function reopenFile(path: string, options: FileOptions, mark: FileMark): number {
  const { name = path, expect } = options;
  const changed = (cause?: unknown): SourceError =>
    new SourceError(
      'changed',
      `${name}: was removed or replaced while it was read`,
      { source: name },
      { cause },
    );
  try {
    // A pipe or device that has come there is not even opened.
    if (expect === undefined && !isSame(markOf(name, path), mark)) throw changed();
    const descriptor = openDescriptor(path, name, expect);
    try {
      if (!isSame(markOf(name, descriptor), mark) || !isStillWithin(descriptor, expect?.within))
        throw changed();
      return descriptor;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  } catch (error) {
    if (error instanceof SourceError && GONE.has(error.code)) throw changed(error);
    throw error;
  }
}

/** What opening says where a path has come to name something else than a file that could be opened. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO']);

/**
 * The mark of an open file, or of what a path names.
 *
 * @param name how messages call it
 */
export function markOf(name: string, file: number | string): FileMark {
  const { dev, ino, birthtimeNs, ctimeNs } = attempt(name, () =>
    typeof file === 'number' ? fstatSync(file, { bigint: true }) : statSync(file, { bigint: true }),
  );
  return { dev, ino, born: birthtimeNs === 0n ? ctimeNs : birthtimeNs };
}

function isSame(a: FileMark, b: FileMark): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.born === b.born;
}

function openDescriptor(path: string, name: string, expect: FileOptions['expect']): number {
  const noFollow = expect === undefined ? 0 : (constants.O_NOFOLLOW ?? 0);
  return attempt(name, () =>
    withRoom(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | noFollow)),
  );
}

function demandKind(path: string, stats: Stats, { allowDevice = false }: FileOptions): void {
  if (stats.isFile() || (allowDevice && stats.isBlockDevice())) return;
  if (stats.isDirectory()) throw new SourceError('EISDIR', `${path}: is a directory`, { source: path });
  throw new SourceError('not-regular', `${path}: is not a regular file`, { source: path });
}

/** What was opened is what was looked at: between the two a path may come to name another file. */
function isExpected(descriptor: number, expect: NonNullable<FileOptions['expect']>): boolean {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return dev === expect.dev && ino === expect.ino && isStillWithin(descriptor, expect.within);
}

/** Where the system tells it, by which path it opened a file: no folder on the way was turned into a link. */
function isStillWithin(descriptor: number, folder: string | undefined): boolean {
  if (folder === undefined) return true;
  try {
    const path = readlinkSync(`/proc/self/fd/${descriptor}`);
    return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
  } catch {
    return true;
  }
}
