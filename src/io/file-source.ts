import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  read,
  readlinkSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { SourceError } from '../errors.ts';
import { deviceSize } from './device-size.ts';
import { demandInside, shortRead } from './derived-source.ts';
import { attempt, toSourceError } from './file-errors.ts';
import type { FileOffset, ReadCost, Source } from './source.ts';

/**
 * Headers, descriptors and most tables of small VMDKs and VHDs are here, and are read in many small steps: one read
 * fetches them all.
 */
const HEAD_BYTES = 16 * 1024;
/** What is read of it first: all that many images are asked for, and every page more costs. */
const FIRST_BYTES = 4096;

/** A call costs about as much as copying 4 KiB, and as reading 32 KiB too much from the cache of the system. */
const FILE_COST: ReadCost = { unit: 4096, gap: 32 * 1024, lanes: 8 };

/** Buffers of closed sources, for the heads of the next ones: fresh memory costs more than the read into it. */
const spareHeads: Uint8Array[] = [];
const MAX_SPARE_HEADS = 4;

/** Bytes that one read call asks for at most; Linux returns no more than 2 GiB - 4096 at a time. */
const MAX_READ = 1024 * 1024 * 1024;

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

/**
 * Opens a regular file for reading, or a block device where that is allowed. Nothing else is ever opened: a FIFO
 * would block, and a character device has no end.
 *
 * @throws SourceError with the operating system's code (`ENOENT`, `EACCES`), `EISDIR`, `not-regular`, or `replaced`
 *   where the path names another file than was expected
 */
export function openFileSource(path: string, options: FileOptions = {}): Source {
  const { name = path, expect } = options;
  if (expect === undefined)
    demandKind(
      name,
      attempt(name, () => statSync(path)),
      options,
    );
  const noFollow = expect === undefined ? 0 : (constants.O_NOFOLLOW ?? 0);
  const descriptor = attempt(name, () =>
    openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | noFollow),
  );
  try {
    const stats = attempt(name, () => fstatSync(descriptor));
    if (expect !== undefined) demandSame(name, descriptor, expect);
    demandKind(name, stats, options);
    const size = stats.isFile() ? stats.size : deviceSize(path, descriptor, stats.rdev);
    if (size > Number.MAX_SAFE_INTEGER)
      throw new SourceError('not-regular', `${name}: its size does not fit 2^53 bytes`, { source: name });
    return new FileSource({ name, path, descriptor, stats, size });
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function demandKind(path: string, stats: Stats, { allowDevice = false }: FileOptions): void {
  if (stats.isFile() || (allowDevice && stats.isBlockDevice())) return;
  if (stats.isDirectory()) throw new SourceError('EISDIR', `${path}: is a directory`, { source: path });
  throw new SourceError('not-regular', `${path}: is not a regular file`, { source: path });
}

/** What was opened is what was looked at: between the two a path may come to name another file. */
function demandSame(name: string, descriptor: number, expect: NonNullable<FileOptions['expect']>): void {
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  if (dev === expect.dev && ino === expect.ino && isStillWithin(descriptor, expect.within)) return;
  throw new SourceError('replaced', `${name}: was replaced by another file while it was opened`, {
    source: name,
  });
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

/** What a source is made of. */
interface OpenedFile {
  readonly name: string;
  readonly path: string;
  readonly descriptor: number;
  readonly stats: Stats;
  readonly size: number;
}

class FileSource implements Source {
  readonly name: string;
  readonly size: number;
  readonly storedSize: number | null;
  readonly modified: number | null;
  readonly cost: ReadCost = FILE_COST;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #fingerprint: string;
  /**
   * The first bytes of the file, from the first read among them on; `null` where they could not be read in one piece.
   */
  #head: Uint8Array | null | undefined;
  /** How many of them were read. */
  #headLength = 0;
  #identity: string | undefined;
  #isOpen = true;
  /** Reads that the system is at work on: its descriptor must not become that of another file meanwhile. */
  #pending = 0;

  constructor({ name, path, descriptor, stats, size }: OpenedFile) {
    this.name = name;
    this.#path = path;
    this.size = size;
    this.storedSize = stats.isFile() ? stats.blocks * 512 : null;
    this.modified = stats.isFile() ? Math.floor(stats.mtimeMs) : null;
    this.#descriptor = descriptor;
    this.#fingerprint = fingerprintOf(stats);
  }

  /**
   * Inode numbers have 64 bits; they cost several times what all other facts of a file do, and most images are asked
   * for none.
   */
  get identity(): string {
    return (this.#identity ??= this.#readIdentity());
  }

  #readIdentity(): string {
    const { dev, ino } = fstatSync(this.#descriptor, { bigint: true });
    return `file:${dev}:${ino}`;
  }

  read(offset: FileOffset, length: number, into?: Uint8Array): Uint8Array {
    demandInside(this, offset, length);
    const bytes = into === undefined ? new Uint8Array(length) : into.subarray(0, length);
    if (offset + length <= HEAD_BYTES) {
      const head = this.#headTo(offset + length);
      if (head !== null) {
        bytes.set(head.subarray(offset, offset + length));
        return bytes;
      }
    }
    for (let done = 0; done < length;) {
      const count = this.#readOnce(bytes, done, Math.min(length - done, MAX_READ), offset + done);
      if (count === 0) throw shortRead(this.name, offset, length, done);
      done += count;
    }
    return bytes;
  }

  async readLater(offset: FileOffset, length: number, into?: Uint8Array): Promise<Uint8Array> {
    demandInside(this, offset, length);
    const bytes = into === undefined ? new Uint8Array(length) : into.subarray(0, length);
    for (let done = 0; done < length;) {
      if (!this.#isOpen)
        throw new SourceError('closed', `${this.name}: was closed while it was read`, {
          source: this.name,
          offset,
          length,
        });
      const count = await this.#readOnceLater(bytes, done, Math.min(length - done, MAX_READ), offset + done);
      if (count === 0) throw shortRead(this.name, offset, length, done);
      done += count;
    }
    return bytes;
  }

  isUnchanged(): boolean {
    return fingerprintOf(attempt(this.name, () => statSync(this.#path))) === this.#fingerprint;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const head = this.#head;
    this.#head = null;
    if (head && spareHeads.length < MAX_SPARE_HEADS) spareHeads.push(head);
    if (this.#pending === 0) closeSync(this.#descriptor);
  }

  /**
   * The head as far as byte `end` at least. One that cannot be read in one piece, for one over a bad sector, is no
   * reason to refuse what can be read of it.
   */
  #headTo(end: number): Uint8Array | null {
    if (this.#head === null || end <= this.#headLength) return this.#head ?? null;
    const head = (this.#head ??= spareHeads.pop() ?? new Uint8Array(HEAD_BYTES));
    const from = this.#headLength;
    const length = Math.min(end <= FIRST_BYTES ? FIRST_BYTES : HEAD_BYTES, this.size) - from;
    try {
      if (readSync(this.#descriptor, head, from, length, from) !== length) this.#head = null;
    } catch {
      // The reads one by one say what is wrong.
      this.#head = null;
    }
    this.#headLength = from + length;
    return this.#head;
  }

  #readOnce(bytes: Uint8Array, at: number, length: number, position: number): number {
    try {
      return readSync(this.#descriptor, bytes, at, length, position);
    } catch (cause) {
      throw toSourceError(this.name, cause, { offset: position, length });
    }
  }

  /** By the callback: a `FileHandle` costs half as much again for each read. */
  #readOnceLater(bytes: Uint8Array, at: number, length: number, position: number): Promise<number> {
    this.#pending++;
    return new Promise((resolve, reject) => {
      read(this.#descriptor, bytes, at, length, position, (cause, count) => {
        if (--this.#pending === 0 && !this.#isOpen) closeSync(this.#descriptor);
        if (cause === null) resolve(count);
        else reject(toSourceError(this.name, cause, { offset: position, length }));
      });
    });
  }
}

/**
 * What changes when a file's bytes may have changed. Programs set `mtime` back as they like; `ctime` is the system's
 * own.
 */
function fingerprintOf({ ino, size, mtimeMs, ctimeMs, rdev }: Stats): string {
  return `${ino}:${rdev}:${size}:${mtimeMs}:${ctimeMs}`;
}
