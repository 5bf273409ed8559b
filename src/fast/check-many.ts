import { fileURLToPath } from 'node:url';
import type { ImageReport } from '../model/report.ts';
import { brokenOff, type LocalCheckOptions } from './check-safely.ts';
import { WorkerProcess, type Budget, type Ended } from './worker-process.ts';

/** How many images are checked. */
export interface Crew {
  /** How many processes check. */
  readonly jobs: number;
  readonly budget: Budget;
  /** The script that workers run; the default is what the build makes of `check-worker.ts`. */
  readonly entry?: string;
}

/** Milliseconds between two looks at the budgets. */
const LOOK_EVERY = 10;

/**
 * Images that a worker is given ahead, so that it never waits for the next; what it has not begun when it ends is
 * given to another.
 */
const MOST_AHEAD = 16;

/** What may wait for its turn to be printed, images and problems together: above it no further image is begun. */
const MOST_WAITING = 65_536;

/** Workers in a row that end before they are ready: the machine is to blame, and no further one is tried. */
const MOST_FALSE_STARTS = 3;

/**
 * Checks images in processes of their own and gives the reports out in the order of the paths, one for each
 * whatever happens: an image that exhausts its budget or ends its process is reported so, and a new process goes on
 * with the others.
 */
export async function* checkMany(
  paths: readonly string[],
  options: LocalCheckOptions,
  crew: Crew,
): AsyncIterable<ImageReport> {
  const run = new Run(paths, options, crew);
  const release = onSignals(() => run.dismiss());
  try {
    for (let index = 0; index < paths.length; index++) yield await run.report(index);
  } finally {
    run.dismiss();
    release();
  }
}

/** One worker and what it was given: indexes of paths in the order in which it reports them. */
interface Post {
  readonly worker: WorkerProcess;
  readonly given: number[];
  /** Images that it has reported. */
  finished: number;
}

/** All that goes on while many images are checked. */
class Run {
  readonly #paths: readonly string[];
  readonly #options: LocalCheckOptions;
  readonly #crew: Required<Crew>;
  readonly #posts = new Set<Post>();
  readonly #reports = new Map<number, ImageReport>();
  /** Images that a worker took with it before it had begun with them, and those that are tried a second time. */
  #again: readonly number[] = [];
  readonly #tried = new Set<number>();
  readonly #ahead: number;
  readonly #clock: NodeJS.Timeout;
  #next = 0;
  #waiting = 0;
  #falseStarts = 0;
  #lastLook = performance.now();
  #wake: () => void = () => undefined;

  constructor(paths: readonly string[], options: LocalCheckOptions, crew: Crew) {
    this.#paths = paths;
    this.#options = options;
    this.#crew = { entry: builtEntry(), ...crew };
    this.#ahead = Math.max(1, Math.min(MOST_AHEAD, Math.floor(paths.length / crew.jobs / 4)));
    this.#clock = setInterval(() => this.#look(), LOOK_EVERY);
    this.#distribute();
  }

  /** The report of one image, which is not kept any longer. */
  async report(index: number): Promise<ImageReport> {
    for (;;) {
      const report = this.#reports.get(index);
      if (report !== undefined) {
        this.#reports.delete(index);
        this.#waiting -= weigh(report);
        this.#distribute();
        return report;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  dismiss(): void {
    clearInterval(this.#clock);
    for (const { worker } of this.#posts) worker.dismiss();
    this.#posts.clear();
  }

  /** Gives out what is left, to workers that have room first, then to new ones. */
  #distribute(): void {
    for (const post of this.#posts) while (post.given.length < this.#ahead && this.#giveOne(post));
    while (this.#posts.size < this.#crew.jobs && this.#hasWork()) {
      const post = this.#hire();
      while (post.given.length < this.#ahead && this.#giveOne(post));
    }
  }

  #hasWork(): boolean {
    return this.#again.length > 0 || (this.#next < this.#paths.length && this.#waiting < MOST_WAITING);
  }

  #giveOne(post: Post): boolean {
    if (!this.#hasWork()) return false;
    const index = this.#takeNext();
    post.given.push(index);
    post.worker.give(this.#paths[index] ?? '');
    return true;
  }

  #takeNext(): number {
    const [again, ...rest] = this.#again;
    if (again === undefined) return this.#next++;
    this.#again = rest;
    return again;
  }

  #hire(): Post {
    const { entry, budget } = this.#crew;
    const worker: WorkerProcess = new WorkerProcess(entry, this.#options, budget, {
      report: (report) => {
        post.finished++;
        this.#falseStarts = 0;
        this.#settle(post.given.shift(), report);
        this.#distribute();
      },
      ended: (how) => this.#replace(post, how),
    });
    const post: Post = { worker, given: [], finished: 0 };
    this.#posts.add(post);
    return post;
  }

  #settle(index: number | undefined, report: ImageReport): void {
    if (index === undefined) return;
    this.#reports.set(index, report);
    this.#waiting += weigh(report);
    this.#wake();
  }

  /** A worker has ended: the image that it was at is to blame, and what it had not begun goes to others. */
  #replace(post: Post, how: Ended): void {
    this.#posts.delete(post);
    if (!how.wasReady) this.#falseStarts++;
    if (this.#falseStarts >= MOST_FALSE_STARTS) {
      const rest = [...post.given, ...this.#again];
      this.#again = [];
      while (this.#next < this.#paths.length) rest.push(this.#next++);
      for (const index of rest) this.#settle(index, this.#brokenOff(index, how));
      return;
    }
    if (how.wasReady) this.#blame(post, how);
    this.#again = [...post.given, ...this.#again];
    this.#distribute();
  }

  /** Memory may be what earlier images left in use: what a fresh worker cannot do either is the image's own fault. */
  #blame(post: Post, how: Ended): void {
    const culprit = post.given[0];
    if (culprit === undefined) return;
    if (how.code === 'memory' && post.finished > 0 && !this.#tried.has(culprit)) {
      this.#tried.add(culprit);
      return;
    }
    post.given.shift();
    this.#settle(culprit, this.#brokenOff(culprit, how));
  }

  #brokenOff(index: number, { code, reason }: Ended): ImageReport {
    return brokenOff(this.#paths[index] ?? '', code, reason);
  }

  /** Time in which this process itself was delayed, for one by a slow reader, is not time that images took. */
  #look(): void {
    const now = performance.now();
    const elapsed = Math.min(now - this.#lastLook, 2 * LOOK_EVERY);
    this.#lastLook = now;
    for (const { worker } of this.#posts) worker.watch(elapsed);
  }
}

function builtEntry(): string {
  return fileURLToPath(new URL('../check-worker.js', import.meta.url));
}

function weigh({ problems }: ImageReport): number {
  return 1 + problems.length;
}

/**
 * Runs `action` when a signal ends this process, which then ends by that very signal. Returns what takes this back.
 */
function onSignals(action: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const handlers = signals.map((signal) => {
    const handler = (): void => {
      action();
      release();
      process.kill(process.pid, signal);
    };
    process.once(signal, handler);
    return [signal, handler] as const;
  });
  const release = (): void => handlers.forEach(([signal, handler]) => process.off(signal, handler));
  return release;
}
