import { closeSync, read, readSync, statSync, type Stats } from 'node:fs';
import { SourceError } from '../errors.ts';
import { PooledDescriptor, type Reopening } from './descriptor-pool.ts';
import { deviceSize } from './device-size.ts';
import { demandInside, shortRead } from './derived-source.ts';
import { attempt, toSourceError } from './file-errors.ts';
import {
  markOf,
  openFile,
  reopenFile,
  type FileMark,
  type FileOptions,
  type OpenedFile,
} from './open-file.ts';
import type { FileOffset, ReadCost, Source } from './source.ts';
import { Turns } from './turns.ts';

export type { FileOptions } from './open-file.ts';

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

/** Reads that go on in the background, of all files together: as many as one has lanes, for each keeps its file open. */
const background = new Turns(FILE_COST.lanes);

/** Bytes that one read call asks for at most; Linux returns no more than 2 GiB - 4096 at a time. */
const MAX_READ = 1024 * 1024 * 1024;

/**
 * Opens a regular file for reading, or a block device where that is allowed. Nothing else is ever opened: a FIFO
 * would block, and a character device has no end.
 *
 * Only some files are really open at once: a source whose descriptor was closed opens its file again when it is read,
 * and throws a SourceError `changed` where its path does not name that file any more.
 *
 * @throws SourceError with the operating system's code (`ENOENT`, `EACCES`), `EISDIR`, `not-regular`, or `replaced`
 *   where the path names another file than was expected
 */
export function openFileSource(path: string, options: FileOptions = {}): Source {
  const { name = path } = options;
  const { descriptor, stats } = openFile(path, options);
  try {
    const size = stats.isFile() ? stats.size : deviceSize(path, descriptor, stats.rdev);
    if (size > Number.MAX_SAFE_INTEGER)
      throw new SourceError('not-regular', `${name}: its size does not fit 2^53 bytes`, { source: name });
    return new FileSource({ name, path, options, descriptor, stats, size });
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** What a source is made of. */
interface SourceParts extends OpenedFile {
  readonly name: string;
  readonly path: string;
  readonly options: FileOptions;
  readonly size: number;
}

class FileSource implements Source, Reopening {
  readonly name: string;
  readonly size: number;
  readonly storedSize: number | null;
  readonly modified: number | null;
  readonly cost: ReadCost = FILE_COST;
  readonly #path: string;
  readonly #options: FileOptions;
  readonly #file: PooledDescriptor;
  readonly #fingerprint: string;
  /**
   * The first bytes of the file, from the first read among them on; `null` where they could not be read in one piece.
   */
  #head: Uint8Array | null | undefined;
  /** How many of them were read. */
  #headLength = 0;
  #mark: FileMark | undefined;

  constructor({ name, path, options, descriptor, stats, size }: SourceParts) {
    this.name = name;
    this.#path = path;
    this.size = size;
    this.storedSize = stats.isFile() ? stats.blocks * 512 : null;
    this.modified = stats.isFile() ? Math.floor(stats.mtimeMs) : null;
    this.#options = options;
    this.#fingerprint = fingerprintOf(stats);
    // A device may be given other bytes while nobody has it open, and /dev/stdin and /dev/fd/3 are other descriptors.
    this.#file = new PooledDescriptor(descriptor, this, stats.isFile() && !path.startsWith('/dev/'));
  }

  /**
   * Inode numbers have 64 bits; they cost several times what all other facts of a file do, and most images are asked
   * for none.
   */
  get identity(): string {
    const { dev, ino } = (this.#mark ??= markOf(this.name, this.#file.get()));
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
      const [from, most] = [done, Math.min(length - done, MAX_READ)];
      const count = await background.take(() => this.#readOnceLater(bytes, from, most, offset + from));
      if (count === 0) throw shortRead(this.name, offset, length, done);
      done += count;
    }
    return bytes;
  }

  isUnchanged(): boolean {
    return fingerprintOf(attempt(this.name, () => statSync(this.#path))) === this.#fingerprint;
  }

  close(): void {
    this.#file.close();
    const head = this.#head;
    this.#head = null;
    if (head && spareHeads.length < MAX_SPARE_HEADS) spareHeads.push(head);
  }

  remember(descriptor: number): void {
    this.#mark ??= markOf(this.name, descriptor);
  }

  reopen(): number {
    const mark = this.#mark;
    if (mark === undefined) throw this.closed();
    return reopenFile(this.#path, this.#options, mark);
  }

  closed(): SourceError {
    return new SourceError('closed', `${this.name}: was closed before it was read`, { source: this.name });
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
      if (readSync(this.#file.get(), head, from, length, from) !== length) this.#head = null;
    } catch {
      // The reads one by one say what is wrong.
      this.#head = null;
    }
    this.#headLength = from + length;
    return this.#head;
  }

  #readOnce(bytes: Uint8Array, at: number, length: number, position: number): number {
    const descriptor = this.#file.get();
    try {
      return readSync(descriptor, bytes, at, length, position);
    } catch (cause) {
      throw toSourceError(this.name, cause, { offset: position, length });
    }
  }

  /** By the callback: a `FileHandle` costs half as much again for each read. */
  #readOnceLater(bytes: Uint8Array, at: number, length: number, position: number): Promise<number> {
    const descriptor = this.#file.borrow();
    return new Promise((resolve, reject) => {
      read(descriptor, bytes, at, length, position, (cause, count) => {
        this.#file.giveBack();
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
