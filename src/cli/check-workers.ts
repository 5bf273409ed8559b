import { EventEmitter, once } from 'node:events';
import { setImmediate as otherEvents } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ImageReport } from '../model/report.ts';
import { checkLocalImage } from '../ops/local.ts';

/** What `checkLocalImage` is told. */
export type LocalCheckOptions = NonNullable<Parameters<typeof checkLocalImage>[1]>;

/** What the threads of one run share. */
export interface Order {
  readonly paths: readonly string[];
  readonly options: LocalCheckOptions;
  /** In shared memory: how many batches were taken by some thread, and how many were given out. */
  readonly cells: Int32Array;
  /** How many batches may be taken and not given out yet, which bounds the reports that wait for a slow image before them. */
  readonly ahead: number;
}

/** Images next to each other on the command line, checked. */
export interface CheckedBatch {
  readonly index: number;
  readonly reports: readonly ImageReport[];
}

/** Images that a thread takes at once: few, so that all threads end together; enough that handing over costs little. */
const BATCH_SIZE = 4;

/** Batches of each thread that may wait for those before them. */
const AHEAD_OF_EACH = 16;

const TAKEN = 0;
const GIVEN_OUT = 1;

/** What the build makes of `src/check-worker.ts`. */
const ENTRY = new URL('../check-worker.js', import.meta.url);

/** Threads of Node 20 cannot be made to run TypeScript: before the build, this thread does everything. */
const IS_BUILT = import.meta.url.endsWith('.js');

/**
 * Checks images on this thread and as many others as make `threads`, and gives the reports out in the order of the paths. Throws what
 * a thread throws.
 */
export async function* checkOnThreads(
  paths: readonly string[],
  options: LocalCheckOptions,
  threads: number,
): AsyncIterable<ImageReport> {
  const cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const order: Order = { paths, options, cells, ahead: threads * AHEAD_OF_EACH };
  const crew = new Crew(order, IS_BUILT ? threads - 1 : 0);
  try {
    for (let index = 0; index < countBatches(order); index++) {
      yield* await Promise.race([crew.finish(index), crew.failure]);
      Atomics.store(cells, GIVEN_OUT, index + 1);
      Atomics.notify(cells, GIVEN_OUT);
    }
  } finally {
    await crew.dismiss();
  }
}

/** A worker's share: it takes batches until none is left, never far ahead of what was given out, and posts what it found. */
export async function checkShare(order: Order, post: (batch: CheckedBatch) => void): Promise<void> {
  for (let index = take(order); index < countBatches(order); index = take(order)) {
    waitForTurn(order, index);
    post(await checkBatch(order, index));
  }
}

/** The workers beside this thread, and the batches that came from them before their turn. */
class Crew {
  /** Rejects with what a worker threw. */
  readonly failure: Promise<never>;
  readonly #order: Order;
  readonly #finished = new Map<number, readonly ImageReport[]>();
  readonly #arrivals = new EventEmitter();
  readonly #workers: readonly Worker[];

  constructor(order: Order, size: number) {
    this.#order = order;
    this.#workers = Array.from({ length: size }, () => new Worker(ENTRY, { workerData: order }));
    for (const worker of this.#workers)
      worker.on('message', (batch: CheckedBatch) => {
        this.#finished.set(batch.index, batch.reports);
        this.#arrivals.emit('batch');
      });
    this.failure = new Promise((_, reject) => {
      for (const worker of this.#workers) worker.on('error', reject);
    });
  }

  /** Works on whatever batch is next until the one at `index` is finished, by whomever. */
  async finish(index: number): Promise<readonly ImageReport[]> {
    for (;;) {
      const reports = this.#finished.get(index);
      this.#finished.delete(index);
      if (reports !== undefined) return reports;
      await this.#work(index);
    }
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** Checks one batch here, or waits for one where there is none to take. */
  async #work(givenOut: number): Promise<void> {
    const order = this.#order;
    const taken = Atomics.load(order.cells, TAKEN);
    const mayTake = taken < countBatches(order) && taken < givenOut + order.ahead;
    const index = mayTake ? take(order) : Infinity;
    if (index < countBatches(order)) {
      this.#finished.set(index, (await checkBatch(order, index)).reports);
      await otherEvents();
    } else {
      await once(this.#arrivals, 'batch');
    }
  }
}

function countBatches({ paths }: Order): number {
  return Math.ceil(paths.length / BATCH_SIZE);
}

/** Takes the next batch, which no other thread then has; past the last where all are taken. */
function take({ cells }: Order): number {
  return Atomics.add(cells, TAKEN, 1);
}

/** Blocks this thread while a batch is too far ahead of what was given out. */
function waitForTurn({ cells, ahead }: Order, index: number): void {
  for (let givenOut = 0; index >= (givenOut = Atomics.load(cells, GIVEN_OUT)) + ahead;)
    Atomics.wait(cells, GIVEN_OUT, givenOut);
}

async function checkBatch({ paths, options }: Order, index: number): Promise<CheckedBatch> {
  const reports: ImageReport[] = [];
  for (const path of paths.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE))
    reports.push(await checkLocalImage(path, options));
  return { index, reports };
}
