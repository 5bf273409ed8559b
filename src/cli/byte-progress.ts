import type { Invocation } from './command.ts';
import { formatBytes } from './sizes.ts';
import type { Terminal } from './terminal.ts';

/** Tells on standard error how far work on a disk has come. */
export interface ByteProgress {
  /** So many of the bytes are done; fewer than before where they are gone through once more. */
  at(done: number): void;
  /** Takes the line off the screen again. */
  end(): void;
}

/** Milliseconds between two drawings: more often is only flicker. */
const REDRAW_AFTER = 200;

/**
 * Progress as the options and the terminal ask for it: drawn over itself on a terminal, a line for every tenth
 * elsewhere with `-p`.
 */
export function openByteProgress(
  invocation: Invocation,
  { stderr, isInteractive }: Terminal,
  total: number,
): ByteProgress {
  if (!isInteractive && !invocation.isSet('progress')) return { at: () => undefined, end: () => undefined };
  let start = performance.now();
  let shownAt = start;
  let shownTenth = 0;
  let last = 0;
  let pass = 1;
  return {
    at(done) {
      const now = performance.now();
      if (done < last) [pass, start, shownTenth] = [pass + 1, now, 0];
      last = done;
      const tenth = total === 0 ? 10 : Math.floor((10 * done) / total);
      if (isInteractive ? now - shownAt < REDRAW_AFTER : tenth === shownTenth) return;
      [shownAt, shownTenth] = [now, tenth];
      const prefix = pass === 1 ? '' : `pass ${pass}: `;
      const line = prefix + describe(done, total, (now - start) / 1000);
      stderr.write(isInteractive ? `\r\x1b[K${line}` : `${line}\n`);
    },
    end() {
      if (isInteractive) stderr.write('\r\x1b[K');
    },
  };
}

/** How much is done, how fast it goes, and how long the rest will take. */
function describe(done: number, total: number, seconds: number): string {
  const percent = total === 0 ? 100 : (100 * done) / total;
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? (total - done) / rate : 0;
  const facts = [`${percent.toFixed(1)} % of ${formatBytes(total)}`, `${formatBytes(Math.round(rate))}/s`];
  if (done < total) facts.push(`${formatTime(left)} left`);
  return facts.join(', ');
}

function formatTime(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6000 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
