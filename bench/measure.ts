import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** One finished process. */
export interface Run {
  /** Wall time in seconds, from spawn to exit. */
  readonly seconds: number;
  /** Peak resident memory in MiB; `NaN` where GNU time is not installed. */
  readonly peakMiB: number;
  readonly exitCode: number;
  readonly stdout: string;
}

/** A command line: program and arguments. */
export type Command = readonly [string, ...string[]];

const GNU_TIME = '/usr/bin/time';

/** Runs a command to its end, its output kept only where `keepOutput`; stops it after `limitSeconds`. */
export function run(command: Command, limitSeconds = 300, keepOutput = false): Run {
  const hasTime = existsSync(GNU_TIME);
  const limited = ['timeout', '-s', 'KILL', String(limitSeconds), ...command];
  const [program, ...args] = hasTime ? [GNU_TIME, '-q', '-f', 'PEAK %M', ...limited] : limited;
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(program ?? '', args, {
    stdio: ['ignore', keepOutput ? 'pipe' : 'ignore', 'pipe'],
    maxBuffer: 1 << 30,
    encoding: 'utf8',
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const peak = /PEAK (\d+)/.exec(stderr)?.[1];
  return {
    seconds,
    peakMiB: peak === undefined ? NaN : Number(peak) / 1024,
    exitCode: status ?? -1,
    stdout: stdout ?? '',
  };
}

/** The middle of the values; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** What alternating runs of two commands came to. */
export interface Comparison {
  /** Median, least and greatest of the wall time ratios, ours to the peer's, taken pair by pair. */
  readonly ratio: number;
  readonly least: number;
  readonly greatest: number;
  /** Median peak memory in MiB. */
  readonly ourPeak: number;
  readonly peerPeak: number;
  /** Median wall time in seconds. */
  readonly ourSeconds: number;
  readonly peerSeconds: number;
}

/** Runs two commands alternately, once unmeasured and `pairs` times measured. */
export function compare(ours: Command, peer: Command, pairs: number, limitSeconds = 300): Comparison {
  run(ours, limitSeconds);
  run(peer, limitSeconds);
  const our: Run[] = [];
  const theirs: Run[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    our.push(run(ours, limitSeconds));
    theirs.push(run(peer, limitSeconds));
  }
  const ratios = our.map(({ seconds }, pair) => seconds / (theirs[pair]?.seconds ?? NaN));
  return {
    ratio: median(ratios),
    least: Math.min(...ratios),
    greatest: Math.max(...ratios),
    ourPeak: median(our.map(({ peakMiB }) => peakMiB)),
    peerPeak: median(theirs.map(({ peakMiB }) => peakMiB)),
    ourSeconds: median(our.map(({ seconds }) => seconds)),
    peerSeconds: median(theirs.map(({ seconds }) => seconds)),
  };
}
