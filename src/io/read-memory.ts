import type { FileRange } from './plan.ts';
import type { ReadResult } from './planned-reads.ts';
import type { MaybePromise, Source } from './source.ts';

/**
 * From this length on a file is read beside other work rather than at once: the system copies longer than the call
 * costs.
 */
const LATER_BYTES = 64 * 1024;

/** Memory that big reads use by turns. */
export class ReadMemory {
  readonly #length: number;
  readonly #spare: Uint8Array[] = [];
  /** What was made here: a source may return memory of its own, which is not ours to write to. */
  readonly #ours = new Set<ArrayBufferLike>();

  constructor(length: number) {
    this.#length = length;
  }

  /** Memory for a read; none for a short one, of which there may be thousands in a window. */
  take(length: number): Uint8Array | undefined {
    if (length <= this.#length / 2) return undefined;
    const bytes = this.#spare.pop() ?? new Uint8Array(this.#length);
    this.#ours.add(bytes.buffer);
    return bytes;
  }

  giveBack(result: ReadResult): void {
    if ('bytes' in result && this.#ours.delete(result.bytes.buffer))
      this.#spare.push(new Uint8Array(result.bytes.buffer));
  }
}

/** Reads beside other work where that is worth it. */
export function readBulk(
  source: Source,
  { offset, length }: FileRange,
  into: Uint8Array | undefined,
): MaybePromise<Uint8Array> {
  return source.readLater && length >= LATER_BYTES
    ? source.readLater(offset, length, into)
    : source.read(offset, length, into);
}
