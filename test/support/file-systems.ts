import { posix } from 'node:path';
import type { FileSystem } from '../../src/node/file-system.ts';

/** One call that changes something. */
export type Operation =
  | { readonly kind: 'create'; readonly file: number; readonly path: string }
  | { readonly kind: 'write'; readonly file: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  | { readonly kind: 'sync'; readonly file: number }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'unlink'; readonly path: string }
  | { readonly kind: 'syncDir'; readonly folder: string };

/** What is on the disk after a crash: bytes by path. */
export type DiskState = ReadonlyMap<string, Uint8Array>;

/** Files in memory that remember every call. Files that are there from the start are safe on the disk. */
export class RecordingFileSystem implements FileSystem {
  readonly log: Operation[] = [];
  readonly #names = new Map<string, number>();
  readonly #before: DiskState;
  #files = 0;

  constructor(before: DiskState = new Map()) {
    this.#before = before;
    for (const path of before.keys()) this.#names.set(path, this.#files++);
  }

  create(path: string): number {
    if (this.#names.has(path)) throw failure('EEXIST');
    const file = this.#files++;
    this.#names.set(path, file);
    this.log.push({ kind: 'create', file, path });
    return file;
  }

  open(path: string): number {
    return this.#find(path);
  }

  write(file: number, bytes: Uint8Array, at: number | null): number {
    this.log.push({ kind: 'write', file, at: at ?? 0, bytes: bytes.slice() });
    return bytes.length;
  }

  truncate(file: number, size: number): void {
    this.log.push({ kind: 'truncate', file, size });
  }

  sync(file: number): void {
    this.log.push({ kind: 'sync', file });
  }

  close(): void {
    return;
  }

  rename(from: string, to: string): void {
    this.#names.set(to, this.#find(from));
    this.#names.delete(from);
    this.log.push({ kind: 'rename', from, to });
  }

  link(from: string, to: string): void {
    if (this.#names.has(to)) throw failure('EEXIST');
    this.#names.set(to, this.#find(from));
    this.log.push({ kind: 'link', from, to });
  }

  unlink(path: string): void {
    this.#find(path);
    this.#names.delete(path);
    this.log.push({ kind: 'unlink', path });
  }

  syncDir(folder: string): void {
    this.log.push({ kind: 'syncDir', folder });
  }

  /**
   * What may be on the disk where the machine stops after any of the calls. Of the changes that were not made safe by then, all may be there, none, all but one,
   * only one, or all with the last write cut at a sector: bytes and names each for themselves.
   */
  *crashes(): Iterable<{ readonly after: number; readonly state: DiskState }> {
    for (let after = 0; after <= this.log.length; after++) {
      const done = this.log.slice(0, after);
      const loose = looseOf(done);
      const subsets: ReadonlySet<number>[] = [new Set(), new Set(loose)];
      for (const index of loose) {
        subsets.push(new Set(loose.filter((other) => other !== index)));
        subsets.push(new Set([index]));
      }
      for (const kept of subsets) yield { after, state: this.#replay(done, loose, kept, null) };
      const last = done.at(-1);
      if (last?.kind === 'write')
        for (let cut = 512; cut < last.bytes.length; cut += Math.max(512, last.bytes.length >> 3))
          yield { after, state: this.#replay(done, loose, new Set(loose), cut) };
    }
  }

  /** The state where every call before is there for good. */
  get end(): DiskState {
    return this.#replay(this.log, [], new Set(), null);
  }

  #find(path: string): number {
    const file = this.#names.get(path);
    if (file === undefined) throw failure('ENOENT');
    return file;
  }

  /** @param cut bytes that are there of the last write; `null`: all */
  #replay(
    done: readonly Operation[],
    loose: readonly number[],
    kept: ReadonlySet<number>,
    cut: number | null,
  ): DiskState {
    const contents = new Map<number, Uint8Array>();
    const names = new Map<string, number>();
    let count = 0;
    for (const [path, bytes] of this.#before) {
      contents.set(count, bytes);
      names.set(path, count++);
    }
    const isLoose = new Set(loose);
    for (const [index, operation] of done.entries()) {
      if (isLoose.has(index) && !kept.has(index)) continue;
      const isCut = cut !== null && index === done.length - 1;
      apply(operation, contents, names, isCut ? cut : Infinity);
    }
    return new Map([...names].map(([path, file]) => [path, contents.get(file) ?? new Uint8Array(0)]));
  }
}

/** The calls that no later one made safe. */
function looseOf(done: readonly Operation[]): readonly number[] {
  return [...done.keys()].filter((index) => {
    const operation = done[index];
    const later = done.slice(index + 1);
    switch (operation?.kind) {
      case 'write':
      case 'truncate':
        return !later.some((other) => other.kind === 'sync' && other.file === operation.file);
      case 'create':
      case 'unlink':
        return !later.some((other) => isSyncOf(other, operation.path));
      case 'rename':
      case 'link':
        return !later.some((other) => isSyncOf(other, operation.to));
      default:
        return false;
    }
  });
}

function isSyncOf(operation: Operation, path: string): boolean {
  return operation.kind === 'syncDir' && operation.folder === posix.dirname(path);
}

function apply(
  operation: Operation,
  contents: Map<number, Uint8Array>,
  names: Map<string, number>,
  most: number,
): void {
  switch (operation.kind) {
    case 'create':
      names.set(operation.path, operation.file);
      return;
    case 'write': {
      const bytes = operation.bytes.subarray(0, most);
      const old = contents.get(operation.file) ?? new Uint8Array(0);
      const grown = new Uint8Array(Math.max(old.length, operation.at + bytes.length));
      grown.set(old);
      grown.set(bytes, operation.at);
      contents.set(operation.file, grown);
      return;
    }
    case 'truncate': {
      const sized = new Uint8Array(operation.size);
      sized.set((contents.get(operation.file) ?? new Uint8Array(0)).subarray(0, operation.size));
      contents.set(operation.file, sized);
      return;
    }
    case 'rename':
    case 'link': {
      const file = names.get(operation.from);
      if (file === undefined) return;
      names.set(operation.to, file);
      if (operation.kind === 'rename') names.delete(operation.from);
      return;
    }
    case 'unlink':
      names.delete(operation.path);
      return;
    case 'sync':
    case 'syncDir':
  }
}

/** `files`, of which one call fails, counted from 1; the call before may have written less than it was given. */
export function failingFileSystem(
  files: FileSystem,
  { at, code, isShort = false }: { readonly at: number; readonly code: string; readonly isShort?: boolean },
): FileSystem & { readonly calls: number } {
  let calls = 0;
  const count = <T>(call: () => T): T => {
    if (++calls === at) throw failure(code);
    return call();
  };
  return {
    get calls() {
      return calls;
    },
    create: (path) => count(() => files.create(path)),
    open: (path) => count(() => files.open(path)),
    write: (file, bytes, place) =>
      count(() => files.write(file, isShort ? bytes.subarray(0, Math.ceil(bytes.length / 2)) : bytes, place)),
    truncate: (file, size) => count(() => files.truncate(file, size)),
    sync: (file) => count(() => files.sync(file)),
    // Closing and clearing away are not let fail: what they would leave behind is nobody's fault.
    close: (file) => files.close(file),
    unlink: (path) => files.unlink(path),
    rename: (from, to) => count(() => files.rename(from, to)),
    link: (existing, path) => count(() => files.link(existing, path)),
    syncDir: (folder) => count(() => files.syncDir(folder)),
  };
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
