import { writeSync } from 'node:fs';
import { VdcheckError } from '../errors.ts';

/** Where text goes: standard output or standard error. */
export interface Output {
  /** Text, or bytes of text in UTF-8, which are not kept. */
  write(text: string | Uint8Array): void;
  /** Whether the reader went away (`| head`), so that there is no use in going on. */
  readonly isClosed: boolean;
}

/**
 * Writes to a descriptor at once and whole. Unlike a stream it costs nothing at start-up, keeps nothing back when
 * the program ends, and lets a slow reader slow the writer down instead of filling the memory.
 */
export class DescriptorOutput implements Output {
  readonly #descriptor: number;
  #isClosed = false;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  write(text: string | Uint8Array): void {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    for (let done = 0; done < bytes.length && !this.#isClosed;) done += this.#writeSome(bytes, done);
  }

  #writeSome(bytes: Uint8Array, from: number): number {
    try {
      return writeSync(this.#descriptor, bytes, from);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EAGAIN') {
        waitForReader();
        return 0;
      }
      if (code !== 'EPIPE') throw this.#failure(String(code), error);
      this.#isClosed = true;
      return 0;
    }
  }

  #failure(code: string, cause: unknown): OutputError {
    // What could not be written once is not tried again.
    this.#isClosed = true;
    const name = this.#descriptor === 2 ? 'standard error' : 'standard output';
    return new OutputError(code, `${name} cannot be written to: ${REASONS[code] ?? code}`, { cause });
  }
}

/** The machine did not take what was to be written; `code` is the operating system's. */
export class OutputError extends VdcheckError {}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device (ENOSPC)',
  EDQUOT: 'the disk quota is used up (EDQUOT)',
  EFBIG: 'the file would grow too large (EFBIG)',
  EIO: 'input/output error (EIO)',
  EBADF: 'it is closed (EBADF)',
};

/** Sleeps for a moment: the pipe is full, and another program has set it not to block. */
function waitForReader(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
