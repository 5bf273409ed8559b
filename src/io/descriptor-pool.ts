import { closeSync } from 'node:fs';

/**
 * Descriptors that stay open at once, those in use by reads that go on not counted. A disk may be split into a
 * thousand files, and systems let a process open 256 (macOS) or 1024 (most Linux distributions).
 */
const MAX_OPEN = 64;
/** What the number above sinks to at least, where the system allows less. */
const MIN_OPEN = 8;

let limit = MAX_OPEN;
let uses = 0;
const opened = new Set<PooledDescriptor>();

/** What a descriptor in the pool needs to be closed for a while. */
export interface Reopening {
  /** Notes what was opened, right before it is closed; what it throws keeps the file open. */
  remember(descriptor: number): void;
  /** Opens the same file again, or throws. */
  reopen(): number;
  /** What is thrown where a closed file is to be read. */
  closed(): Error;
}

/** The descriptor of an open file: it may be closed while nobody reads through it, and is opened again by the next. */
export class PooledDescriptor {
  /** `null` while it is closed. */
  #descriptor: number | null;
  readonly #reopening: Reopening;
  #canRest: boolean;
  #lastUse = ++uses;
  /** Reads that the system is at work on: the descriptor must not become that of another file meanwhile. */
  #borrowed = 0;
  #isOpen = true;

  /** @param canRest whether it may be closed for a while; else it stays open, and does not count */
  constructor(descriptor: number, reopening: Reopening, canRest: boolean) {
    this.#descriptor = descriptor;
    this.#reopening = reopening;
    this.#canRest = canRest;
    if (canRest) this.#enter();
  }

  /** The descriptor for a call that returns before anything else is opened. */
  get(): number {
    this.#lastUse = ++uses;
    return this.#descriptor ?? this.#open();
  }

  /** The descriptor for a call that goes on in the background: open until it is given back. */
  borrow(): number {
    const descriptor = this.get();
    this.#borrowed++;
    return descriptor;
  }

  giveBack(): void {
    if (--this.#borrowed === 0 && !this.#isOpen) this.#release();
  }

  /** Closes it for good, as soon as nothing is read through it. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#borrowed === 0) this.#release();
  }

  /** Closes the one that was not used for the longest time; whether there was one that could be. */
  static restOne(): boolean {
    let oldest: PooledDescriptor | null = null;
    for (const file of opened)
      if (file.#borrowed === 0 && (oldest === null || file.#lastUse < oldest.#lastUse)) oldest = file;
    if (oldest === null) return false;
    return oldest.#rest() || PooledDescriptor.restOne();
  }

  #open(): number {
    if (!this.#isOpen) throw this.#reopening.closed();
    this.#descriptor = this.#reopening.reopen();
    this.#enter();
    return this.#descriptor;
  }

  #enter(): void {
    while (opened.size >= limit && PooledDescriptor.restOne());
    opened.add(this);
  }

  #rest(): boolean {
    try {
      if (this.#descriptor !== null) this.#reopening.remember(this.#descriptor);
    } catch {
      // What cannot be told from another file afterwards stays open.
      this.#canRest = false;
      opened.delete(this);
      return false;
    }
    this.#release();
    return true;
  }

  #release(): void {
    if (this.#canRest) opened.delete(this);
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) closeSync(descriptor);
  }
}

/**
 * Opens a file; where the process or the system has too many open, half of those that nobody reads are closed first,
 * and no more than that are kept from then on: other parts of the program open files too.
 */
export function withRoom<T>(open: () => T): T {
  for (;;)
    try {
      return open();
    } catch (error) {
      if (!isTooMany(error) || !makeRoom()) throw error;
    }
}

function makeRoom(): boolean {
  const wanted = Math.floor(opened.size / 2);
  const before = opened.size;
  while (opened.size > wanted && PooledDescriptor.restOne());
  limit = Math.min(limit, Math.max(MIN_OPEN, opened.size));
  return opened.size < before;
}

function isTooMany(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
}
