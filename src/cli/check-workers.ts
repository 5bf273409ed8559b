import { EventEmitter, once } from 'node:events';
import { setImmediate as otherEvents } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { ImageReport } from '../model/report.ts';
import { checkLocalImage } from '../node/local.ts';
import { compileLater, loadFormatsOf } from './many-images.ts';

/** What `checkLocalImage` is told. */
export type LocalCheckOptions = NonNullable<Parameters<typeof checkLocalImage>[1]>;

/** What the threads of one run share. */
export interface Order {
  readonly paths: readonly string[];
  readonly options: LocalCheckOptions;
  /** In shared memory: `WAITING`, then for each stretch how many batches were taken of it, of these from the front, and from the back. */
  readonly cells: Int32Array;
}

/** Images next to each other on the command line, checked. */
export interface CheckedBatch {
  readonly index: number;
  readonly reports: readonly ImageReport[];
}

/** Images that a thread takes at once: few, so that all threads end together; enough that handing over costs little. */
const BATCH_SIZE = 8;

/**
 * Batches that are taken from both ends: from the front by the thread that prints, from the back by the others. Images of one format mostly
 * stand together, and where each thread has formats of its own not every thread has to get warm with all of them.
 */
const STRETCH = 512;

/** The cell for what was found and not given out yet, images and problems together. */
export const WAITING = 0;
/** What may wait, so that memory is bounded whatever the images hold: above it only what is needed next is checked. */
export const MOST_WAITING = 65_536;

/** What the build makes of `src/check-worker.ts`. */
const ENTRY = new URL('../check-worker.js', import.meta.url);

/** Threads of Node 20 cannot be made to run TypeScript: before the build, this thread does everything. */
const IS_BUILT = import.meta.url.endsWith('.js');

/** An order of which nothing was taken. */
export function makeOrder(paths: readonly string[], options: LocalCheckOptions): Order {
  const cells = 1 + 3 * Math.ceil(countBatches(paths) / STRETCH);
  return {
    paths,
    options,
    cells: new Int32Array(new SharedArrayBuffer(cells * Int32Array.BYTES_PER_ELEMENT)),
  };
}

/**
 * Checks images on this thread and as many others as make `threads`, and gives the reports out in the order of the paths. Throws what
 * a thread throws.
 */
export async function* checkOnThreads(
  paths: readonly string[],
  options: LocalCheckOptions,
  threads: number,
): AsyncIterable<ImageReport> {
  const order = makeOrder(paths, options);
  const crew = new Crew(order, IS_BUILT ? threads - 1 : 0);
  try {
    await loadFormatsOf(paths);
    for (let index = 0; index < countBatches(paths); index++) {
      const reports = await Promise.race([crew.finish(index), crew.failure]);
      yield* reports;
      Atomics.sub(order.cells, WAITING, weigh(reports));
      Atomics.notify(order.cells, WAITING);
    }
  } finally {
    await crew.dismiss();
  }
}

/** A worker's share: it takes batches until none is left, as long as not too much waits, and posts what it found. */
export async function checkShare(order: Order, post: (batch: CheckedBatch) => void): Promise<void> {
  await loadFormatsOf(order.paths);
  compileLater();
  for (let stretch = 0; ;) {
    waitForRoom(order);
    const index = take(order, 'back', stretch);
    if (index === null) return;
    post(await checkBatch(order, index));
    stretch = Math.floor(index / STRETCH);
  }
}

/** The workers beside this thread, and the batches that were finished before their turn. */
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
      await this.#work(Math.floor(index / STRETCH));
    }
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** Checks one batch here, of `stretch` or behind it, or waits for one where there is none to take. */
  async #work(stretch: number): Promise<void> {
    const order = this.#order;
    const index = take(order, 'front', stretch, hasRoom(order) ? undefined : stretch + 1);
    if (index === null) {
      await once(this.#arrivals, 'batch');
    } else {
      this.#finished.set(index, (await checkBatch(order, index)).reports);
      await otherEvents();
    }
  }
}

function countBatches(paths: readonly string[]): number {
  return Math.ceil(paths.length / BATCH_SIZE);
}

/** Takes a batch, which no other thread then has, from an end of the first of the stretches `from` to `to - 1` that has any left. */
function take(
  { cells, paths }: Order,
  end: 'front' | 'back',
  from: number,
  to: number = Infinity,
): number | null {
  const batches = countBatches(paths);
  for (let stretch = from; stretch < to && stretch * STRETCH < batches; stretch++) {
    const start = stretch * STRETCH;
    const size = Math.min(STRETCH, batches - start);
    const cell = 1 + 3 * stretch;
    if (Atomics.load(cells, cell) >= size || Atomics.add(cells, cell, 1) >= size) continue;
    return end === 'front'
      ? start + Atomics.add(cells, cell + 1, 1)
      : start + size - 1 - Atomics.add(cells, cell + 2, 1);
  }
  return null;
}

async function checkBatch({ paths, options, cells }: Order, index: number): Promise<CheckedBatch> {
  const reports: ImageReport[] = [];
  for (const path of paths.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE))
    reports.push(await checkLocalImage(path, options));
  Atomics.add(cells, WAITING, weigh(reports));
  return { index, reports };
}

/** How much of what may wait these reports are. */
function weigh(reports: readonly ImageReport[]): number {
  return reports.reduce((sum, { problems }) => sum + 1 + problems.length, 0);
}

function hasRoom({ cells }: Order): boolean {
  return Atomics.load(cells, WAITING) < MOST_WAITING;
}

/** Blocks this thread while too much waits. */
function waitForRoom({ cells }: Order): void {
  for (let waiting = 0; (waiting = Atomics.load(cells, WAITING)) >= MOST_WAITING;)
    Atomics.wait(cells, WAITING, waiting);
}
