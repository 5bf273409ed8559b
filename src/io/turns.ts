import type { MaybePromise } from './source.ts';

/** Lets so much work run at once; the rest waits for its turn in the order in which it came. */
export class Turns {
  /** Pieces of work that run at once. */
  readonly lanes: number;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(lanes: number) {
    this.lanes = Math.max(1, Math.floor(lanes));
  }

  /** Runs `work` when a lane is free: at once where one is, so that what is synchronous stays so. */
  take<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    if (this.#busy < this.lanes) return this.#run(work);
    return new Promise<void>((resolve) => this.#waiting.push(resolve)).then(() => this.#finish(work));
  }

  #run<T>(work: () => MaybePromise<T>): MaybePromise<T> {
    this.#busy++;
    return this.#finish(work);
  }

  #finish<T>(work: () => MaybePromise<T>): MaybePromise<T> {
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

  /** A lane goes straight to who waits longest, so that no later one is faster. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy--;
    else next();
  }
}
