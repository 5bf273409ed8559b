import type { Invocation } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Tells on standard error how far a run over images has come. */
export interface Progress {
  /** One more image is done. */
  step(): void;
  /** So many of an image's compressed units are unpacked. */
  units(done: number, total: number): void;
  /** Takes the line off the screen again. */
  end(): void;
}

/** Milliseconds between two drawings: more often is only flicker. */
const REDRAW_AFTER = 100;

const silent: Progress = { step: () => undefined, units: () => undefined, end: () => undefined };

/**
 * Progress as the options and the terminal ask for it: drawn over itself on a terminal, a line for every tenth
 * elsewhere with `-p`.
 */
export function openProgress(invocation: Invocation, terminal: Terminal, total: number): Progress {
  const isLong = total > 1 || invocation.text('depth') === 'data' || invocation.isSet('progress');
  if (terminal.isInteractive && isLong) return drawn(terminal, total);
  return invocation.isSet('progress') ? logged(terminal, total) : silent;
}

function drawn({ stderr }: Terminal, total: number): Progress {
  let done = 0;
  let drawnAt = -Infinity;
  const pace = new Pace();
  const draw = (line: () => string): void => {
    const now = performance.now();
    if (now - drawnAt < REDRAW_AFTER) return;
    drawnAt = now;
    stderr.write(`\r\x1b[K${line()}`);
  };
  return {
    step: () => {
      done++;
      draw(() => `${done} of ${total} images checked`);
    },
    units: (unpacked, units) => draw(() => pace.describe(unpacked, units)),
    end: () => stderr.write('\r\x1b[K'),
  };
}

function logged({ stderr }: Terminal, total: number): Progress {
  let done = 0;
  const pace = new Pace();
  const isTenth = (count: number, all: number): boolean =>
    Math.floor((count * 10) / all) > Math.floor(((count - 1) * 10) / all);
  return {
    step: () => {
      done++;
      if (isTenth(done, total)) stderr.write(`${done} of ${total} images checked\n`);
    },
    units: (unpacked, units) => {
      if (isTenth(unpacked, units)) stderr.write(`${pace.describe(unpacked, units)}\n`);
    },
    end: () => undefined,
  };
}

/** How fast units are unpacked, from the first on. */
class Pace {
  readonly #start = performance.now();

  describe(done: number, total: number): string {
    const seconds = (performance.now() - this.#start) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const left = rate > 0 && done < total ? `, ${Math.ceil((total - done) / rate)} s left` : '';
    return `${done} of ${total} compressed units unpacked, ${Math.round(rate)}/s${left}`;
  }
}
