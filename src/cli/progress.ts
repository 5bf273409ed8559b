import type { Invocation } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Tells on standard error how far a run over several images has come. */
export interface Progress {
  /** One more image is done. */
  step(): void;
  /** Takes the line off the screen again. */
  end(): void;
}

/** Milliseconds between two drawings: more often is only flicker. */
const REDRAW_AFTER = 100;

const silent: Progress = { step: () => undefined, end: () => undefined };

/** Progress as the options and the terminal ask for it: drawn over itself on a terminal, a line for every tenth elsewhere with `-p`. */
export function openProgress(invocation: Invocation, terminal: Terminal, total: number): Progress {
  if (terminal.isInteractive && (total > 1 || invocation.isSet('progress'))) return drawn(terminal, total);
  return invocation.isSet('progress') ? logged(terminal, total) : silent;
}

function drawn({ stderr }: Terminal, total: number): Progress {
  let done = 0;
  let drawnAt = -Infinity;
  const draw = (): void => {
    const now = performance.now();
    if (now - drawnAt < REDRAW_AFTER) return;
    drawnAt = now;
    stderr.write(`\r\x1b[K${done} of ${total} images checked`);
  };
  return {
    step: () => {
      done++;
      draw();
    },
    end: () => stderr.write('\r\x1b[K'),
  };
}

function logged({ stderr }: Terminal, total: number): Progress {
  let done = 0;
  return {
    step: () => {
      done++;
      const isTenth = Math.floor((done * 10) / total) > Math.floor(((done - 1) * 10) / total);
      if (isTenth) stderr.write(`${done} of ${total} images checked\n`);
    },
    end: () => undefined,
  };
}
