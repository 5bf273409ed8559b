import { SourceError } from '../../errors.ts';
import type { Loss } from '../../model/disk.ts';
import { guestOffset } from '../../model/offsets.ts';
import { unreadable } from '../pieces.ts';

/**
 * What becomes of guest bytes that cannot be read: an error, or, where there is a listener, zeros that it is told
 * of.
 */
export class Losses {
  readonly #listener: ((loss: Loss) => void) | null;

  constructor(listener: ((loss: Loss) => void) | null) {
    this.#listener = listener;
  }

  /** Whether reading goes on after a loss. */
  get areAllowed(): boolean {
    return this.#listener !== null;
  }

  /**
   * `length` guest bytes from `start` on are lost.
   *
   * @throws UnreadableImageError where losses are not allowed
   */
  add(start: number, length: number, reason: string, cause?: unknown): void {
    if (this.#listener === null) throw unreadable(start, length, reason, cause);
    this.#listener({ start: guestOffset(start), length, reason });
  }

  /** Whether a failed read is a loss, which may be taken; everything else that is thrown has to end the reading. */
  covers(error: unknown): error is SourceError {
    return this.areAllowed && error instanceof SourceError;
  }
}
