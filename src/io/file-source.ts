import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { SourceError } from '../errors.ts';
import type { FileOffset, Source } from './source.ts';

/** Headers, descriptors and most tables of small VMDKs and VHDs lie here, and are read in many small steps: one read fetches them all. */
const HEAD_BYTES = 16 * 1024;
/** What is read of it first: all that many images are asked for, and every page more costs. */
const FIRST_BYTES = 4096;

/** Buffers of closed sources, for the heads of the next ones: fresh memory costs more than the read into it. */
const spareHeads: Uint8Array[] = [];
const MAX_SPARE_HEADS = 4;

/** Bytes that one read call asks for at most; Linux returns no more than 2 GiB - 4096 at a time. */
const MAX_READ = 1024 * 1024 * 1024;

/**
 * Opens a regular file for reading. Nothing else is ever opened: a FIFO would block and a device has no end.
 *
 * @throws SourceError with the operating system's code (`ENOENT`, `EACCES`), `EISDIR`, or `not-regular`.
 */
export function openFileSource(path: string): Source {
  const before = attempt(path, () => statSync(path));
  if (before.isDirectory()) throw new SourceError('EISDIR', `${path}: is a directory`, { source: path });
  if (!before.isFile())
    throw new SourceError('not-regular', `${path}: is not a regular file`, { source: path });
  const descriptor = attempt(path, () => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
  const stats = fstatSync(descriptor);
  if (!stats.isFile() || stats.size > Number.MAX_SAFE_INTEGER) {
    closeSync(descriptor);
    throw new SourceError('not-regular', `${path}: is not a regular file of a size that can be read`, {
      source: path,
    });
  }
  return new FileSource(path, descriptor, stats);
}

class FileSource implements Source {
  readonly name: string;
  readonly size: number;
  readonly storedSize: number;
  readonly modified: number;
  readonly #descriptor: number;
  readonly #fingerprint: string;
  /** The first bytes of the file, from the first read among them on; `null` where they could not be read in one piece. */
  #head: Uint8Array | null | undefined;
  /** How many of them were read. */
  #headLength = 0;
  #identity: string | undefined;
  #isOpen = true;

  constructor(path: string, descriptor: number, stats: Stats) {
    this.name = path;
    this.size = stats.size;
    this.storedSize = stats.blocks * 512;
    this.modified = Math.floor(stats.mtimeMs);
    this.#descriptor = descriptor;
    this.#fingerprint = fingerprintOf(stats);
  }

  /** Inode numbers have 64 bits; they cost several times what all other facts of a file do, and most images are asked for none. */
  get identity(): string {
    return (this.#identity ??= this.#readIdentity());
  }

  #readIdentity(): string {
    const { dev, ino } = fstatSync(this.#descriptor, { bigint: true });
    return `file:${dev}:${ino}`;
  }

  read(offset: FileOffset, length: number, into?: Uint8Array): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.size)
      throw this.#shortRead(offset, length, this.size - offset);
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
      if (count === 0) throw this.#shortRead(offset, length, done);
      done += count;
    }
    return bytes;
  }

  isUnchanged(): boolean {
    return fingerprintOf(attempt(this.name, () => statSync(this.name))) === this.#fingerprint;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const head = this.#head;
    this.#head = null;
    if (head && spareHeads.length < MAX_SPARE_HEADS) spareHeads.push(head);
    closeSync(this.#descriptor);
  }

  /**
   * The head as far as byte `end` at least. One that cannot be read in one piece, for one over a bad sector, is no reason to refuse what can be
   * read of it.
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

  #shortRead(offset: number, length: number, available: number): SourceError {
    const message = `${this.name}: ${length} bytes wanted at ${offset}, ${Math.max(0, available)} are there`;
    return new SourceError('short-read', message, { source: this.name, offset, length });
  }
}

/** What changes when a file's bytes may have changed. Programs set `mtime` back as they like; `ctime` is the system's own. */
function fingerprintOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}

/** Runs a file system call; its failure becomes a `SourceError`. */
function attempt<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw toSourceError(path, cause);
  }
}

/** A failure of the file system with the system's own code and one plain sentence. */
function toSourceError(path: string, cause: unknown, at?: { offset: number; length: number }): SourceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'EIO';
  const place = at === undefined ? '' : ` (${at.length} bytes at ${at.offset})`;
  return new SourceError(code, `${path}: ${describe(code)}${place}`, { source: path, ...at }, { cause });
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOTDIR: 'a part of the path is not a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  EIO: 'input/output error',
  ENXIO: 'no such device',
};

function describe(code: string): string {
  return DESCRIPTIONS[code] ?? `cannot be read (${code})`;
}
