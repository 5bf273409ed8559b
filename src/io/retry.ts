import { SourceError } from '../errors.ts';

/** When a failed read is tried again. */
export interface RetryOptions {
  /** Tries at most, the first one counted; default 5. */
  readonly attempts?: number;
  /** Milliseconds before the second try; each further one waits twice as long, up to 30 s. Default 500. */
  readonly delay?: number;
}

const MAX_DELAY = 30_000;

/** Codes of failures that pass: of connections, and of name servers that are busy. */
const TRANSIENT: ReadonlySet<string> = new Set([
  'timeout',
  'broken-off',
  'server-busy',
  'EAGAIN',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Whether the same read may well succeed a moment later. */
export function isTransient(error: unknown): boolean {
  return error instanceof SourceError && TRANSIENT.has(error.code);
}

/**
 * Counts the tries of one read. Progress starts the count anew: a long transfer over a bad line ends where a server
 * sends nothing at all, not after so many breaks.
 */
export class Tries {
  readonly #attempts: number;
  readonly #delay: number;
  #failed = 0;

  constructor({ attempts = 5, delay = 500 }: RetryOptions = {}) {
    this.#attempts = attempts;
    this.#delay = delay;
  }

  progressed(): void {
    this.#failed = 0;
  }

  /**
   * Waits before the next try.
   *
   * @param error what the last one failed with; thrown where there is no further one
   * @param demanded milliseconds that a server asked for (`Retry-After`); followed up to 30 s
   * @param signal ends the wait; its reason is thrown
   */
  async next(error: unknown, signal?: AbortSignal, demanded?: number): Promise<void> {
    if (!isTransient(error) || ++this.#failed >= this.#attempts) throw error;
    const backoff = this.#delay * 2 ** (this.#failed - 1) * (0.75 + Math.random() / 2);
    await wait(Math.min(MAX_DELAY, demanded ?? backoff), signal);
  }
}

/** Resolves after so many milliseconds; rejects with the signal's reason when that comes first. */
function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
