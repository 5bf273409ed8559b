import { spawn, type ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import type { ImageReport } from '../model/report.ts';
import type { BrokenOff, LocalCheckOptions } from './check-safely.ts';
import { KNOWS_MEMORY, residentBytes } from './process-memory.ts';
import { LineSplitter, ORDERS, READY } from './protocol.ts';

/** What one image may cost; `null`: as much as it likes. */
export interface Budget {
  readonly milliseconds: number | null;
  /** Memory of the process that checks it, all in all. */
  readonly bytes: number | null;
}

/** Why a worker came to its end. */
interface Cause {
  /** A `BrokenOff`, or the operating system's code. */
  readonly code: string;
  /** As the message of an image's report goes on after its path. */
  readonly reason: string;
}

/** How a worker came to its end. */
export interface Ended extends Cause {
  /** Whether it had said that it is ready. */
  readonly wasReady: boolean;
}

/** What a worker tells. */
export interface WorkerListener {
  /** The report of the image that was given first of those not yet reported. */
  report(report: ImageReport): void;
  /** The worker is gone, and with it what was not reported. */
  ended(how: Ended): void;
}

/** Bytes of standard error that are kept: they are only looked at for what V8 says when it ends a process. */
const KEPT_ERRORS = 16 * 1024;

/** A process that checks images, one after the other. What happens to it happens to no other. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #orders: Writable | null;
  readonly #budget: Budget;
  readonly #listener: WorkerListener;
  /** Time that the image at hand has taken so far. */
  #milliseconds = 0;
  #pending = 0;
  #isReady = false;
  /** Why this process was ended by `watch`. */
  #verdict: Cause | null = null;
  #errors = '';
  #hasEnded = false;

  constructor(entry: string, options: LocalCheckOptions, budget: Budget, listener: WorkerListener) {
    this.#budget = budget;
    this.#listener = listener;
    this.#child = spawn(process.execPath, [...heapOption(budget), entry, JSON.stringify(options)], {
      // Standard input stays what it is: an image may be `-`. Orders go through a pipe of their own.
      stdio: ['inherit', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const { stdout, stderr } = this.#child;
    this.#orders = pipeOf(this.#child, ORDERS);
    // A worker that is gone takes no more orders; that it is gone is told below.
    this.#orders?.on('error', () => undefined);
    const lines = new LineSplitter();
    stdout?.on('data', (bytes: Uint8Array) => lines.push(bytes).forEach((line) => this.#take(line)));
    stderr?.on('data', (bytes: Uint8Array) => {
      if (this.#errors.length < KEPT_ERRORS) this.#errors += Buffer.from(bytes).toString('latin1');
    });
    this.#child.on('error', (error) => this.#end(notStarted(error)));
    this.#child.on('close', (code, signal) => this.#end(this.#explain(code, signal)));
  }

  /** How many images were given to it and not reported yet. */
  get pending(): number {
    return this.#pending;
  }

  give(path: string): void {
    this.#pending++;
    this.#orders?.write(`${JSON.stringify(path)}\n`);
  }

  /** Holds the image at hand to its budget; called again and again, `elapsed` milliseconds apart. */
  watch(elapsed: number): void {
    if (!this.#isReady || this.#pending === 0 || this.#verdict !== null) return;
    this.#milliseconds += elapsed;
    const { milliseconds, bytes } = this.#budget;
    if (milliseconds !== null && this.#milliseconds > milliseconds)
      this.#stop('timeout', `the check was stopped after ${milliseconds / 1000} s (--timeout)`);
    else if (bytes !== null && (residentBytes(this.#child.pid ?? 0) ?? 0) > bytes)
      this.#stop('memory', outOfMemory(bytes));
  }

  /** Ends the process, whatever it is doing; nothing is told of it any more. */
  dismiss(): void {
    this.#hasEnded = true;
    this.#child.kill('SIGKILL');
  }

  #take(line: string): void {
    if (this.#hasEnded || this.#verdict !== null) return;
    if (line === READY) {
      this.#isReady = true;
      return;
    }
    this.#pending--;
    this.#milliseconds = 0;
    this.#listener.report(JSON.parse(line) as ImageReport);
  }

  #stop(code: BrokenOff, reason: string): void {
    this.#verdict = { code, reason };
    this.#child.kill('SIGKILL');
  }

  #explain(code: number | null, signal: NodeJS.Signals | null): Cause {
    if (this.#verdict !== null) return this.#verdict;
    if (/out of memory/i.test(this.#errors))
      return { code: 'memory', reason: outOfMemory(this.#budget.bytes) };
    if (signal === 'SIGKILL')
      return { code: 'memory', reason: 'the system ended the check, as it does when memory runs out' };
    return internal(`the process that checked it ended with ${signal ?? code}`);
  }

  #end(cause: Cause): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#listener.ended({ ...cause, wasReady: this.#isReady });
  }
}

/** Where too many files are open there is a child without any pipe, whatever the types say. */
function pipeOf(child: { readonly stdio?: ChildProcess['stdio'] }, descriptor: number): Writable | null {
  return (child.stdio?.[descriptor] ?? null) as Writable | null;
}

/** The machine is to blame, with the operating system's own code. */
function notStarted(error: Error): Cause {
  const code = 'code' in error ? String(error.code) : 'internal';
  return { code, reason: `no process could be started to check it: ${error.message}` };
}

function internal(what: string): Cause {
  return { code: 'internal', reason: `internal error in vdcheck: ${what}` };
}

/**
 * Where the memory of a process cannot be asked for, V8 keeps the larger part of it within the budget. Only there:
 * code that was compiled ahead counts only under the options that it was compiled with.
 */
function heapOption({ bytes }: Budget): string[] {
  return KNOWS_MEMORY || bytes === null ? [] : [`--max-old-space-size=${Math.ceil(bytes / 2 ** 20)}`];
}

function outOfMemory(bytes: number | null): string {
  return bytes === null
    ? 'the check ran out of memory'
    : `the check was stopped when it took more than ${Math.round(bytes / 2 ** 20)} MiB of memory (--max-memory)`;
}
