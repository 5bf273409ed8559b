import { derive } from './derived-source.ts';
import type { MaybePromise, Source } from './source.ts';

/**
 * `source` with at most `lanes` reads in flight; more wait for their turn in the order in which they came. For servers that count
 * connections. A stream is not counted.
 */
export function limited(source: Source, lanes: number): Source {
  const turns = new Turns(Math.max(1, Math.floor(lanes)));
  const { readLater, stream } = source;
  return derive(source, {
    cost: { ...source.cost, lanes: Math.min(source.cost.lanes, turns.lanes) },
    read: (offset, length, into) => turns.take(() => source.read(offset, length, into)),
    ...(readLater && {
      readLater: async (offset, length, into) =>
        turns.take(() => readLater.call(source, offset, length, into)),
    }),
    ...(stream && { stream: (start, end, signal) => stream.call(source, start, end, signal) }),
  });
}

class Turns {
  readonly lanes: number;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(lanes: number) {
    this.lanes = lanes;
  }

  /** Runs `work` when a lane is free: at once where one is, so that what is synchronous stays so. */
  take<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    if (this.#busy < this.lanes) return this.#run(work);
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#run(work));
  }

  #run<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    this.#busy++;
    let value: MaybePromise<T>;
    try {
      value = work();
    } catch (error) {
      this.#leave();
      throw error;
    }
    if (value instanceof Promise) return value.finally(() => this.#leave());
    this.#leave();
    return value;
  }

  #leave(): void {
    this.#busy--;
    this.#waiting.shift()?.();
  }
}
